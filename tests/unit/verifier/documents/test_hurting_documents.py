"""Files that are made to hurt: each gets an answer within its time, and the next document is read as if nothing had been."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from keys.pdf_check import PdfFacts, Unreadable
from standards.verification_report import Indication
from tests.support.hurting_pdfs import HURTING
from tests.support.sealing_world import plain_pdf
from tests.support.trust_world import AT
from tests.unit.verifier.documents.test_check_document import world
from verifier.checking import VerificationPolicy
from verifier.documents import check_document
from verifier.documents.reading import DocumentReaders

SECONDS = 2
SPARE = 4.0
"""For a busy machine."""


@pytest.fixture(scope="module")
def readers() -> Iterator[DocumentReaders]:
    kept = DocumentReaders(1, SECONDS)
    kept.read(plain_pdf())
    yield kept
    kept.close()


@pytest.mark.parametrize("name", HURTING)
def test_it_is_answered_in_time_and_never_passes(name: str, readers: DocumentReaders) -> None:
    pdf = HURTING[name]()
    begun = time.monotonic()
    read = readers.read(pdf)
    assert time.monotonic() - begun < SECONDS + SPARE
    assert isinstance(read, PdfFacts | Unreadable)
    checked = check_document(read, world().evidence(), policy=VerificationPolicy(), at=AT)
    assert checked.report.indication is Indication.FAILED
    assert isinstance(readers.read(plain_pdf()), PdfFacts)
