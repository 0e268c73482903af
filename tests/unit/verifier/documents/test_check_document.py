"""A document as a window sees it: seals, attached licence, page; each test changes one thing and looks at the verdict."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from keys.pdf_check import Unreadable, read_sealed
from keys.sealing import SealLevel
from standards.verification_report import Indication
from tests.support import pdf_attacks as attack
from tests.support.document_world import CLAIMS, DocumentWorld, annotation
from tests.support.trust_world import AT, UNTIL
from verifier.checking import VerificationPolicy
from verifier.documents import CheckedDocument, check_document, read_document
from verifier.documents.reading import DocumentReaders, _understood


@cache
def world() -> DocumentWorld:
    return DocumentWorld()


def codes(checked: CheckedDocument) -> set[str]:
    return {finding.code for finding in checked.report.findings}


def verdict(checked: CheckedDocument) -> tuple[Indication, str | None]:
    decisive = checked.report.decisive
    return checked.report.indication, decisive.code if decisive else None


PASSED = (Indication.PASSED, None)


@pytest.mark.parametrize("level", list(SealLevel))
def test_an_original(level: SealLevel) -> None:
    checked = world().check(world().document(level))
    assert verdict(checked) == PASSED
    assert {"seal-intact", "face-agrees", "sealed-by-issuer", "sealer-on-trust-list"} <= codes(checked)
    assert ("seal-time-proven" in codes(checked)) == level.is_timestamped
    assert checked.licence is not None
    assert checked.licence.claims["holder_name"] == "张小明"
    assert all(one.agrees for one in checked.fields)


def test_a_copy_says_for_whom_and_ends() -> None:
    copy = world().document(annotation=annotation())
    checked = world().check(copy)
    assert verdict(checked) == PASSED
    assert checked.annotation is not None
    assert checked.annotation.purpose == "子女入学报名"
    assert "annotated-copy-for" in codes(checked)
    assert verdict(world().check(copy, recipient="成都市青羊区教育局")) == PASSED
    other = world().check(copy, recipient="某银行")
    assert verdict(other) == (Indication.INDETERMINATE, "annotated-copy-for-another")
    late = AT + timedelta(days=30)
    assert "annotated-copy-expired" in codes(world().check(copy, at=late))


def test_a_page_that_says_something_else_than_the_licence() -> None:
    checked = world().check(world().document(printed={**CLAIMS, "valid_until": "2099-01-02"}))
    assert verdict(checked) == (Indication.FAILED, "face-differs")
    (wrong,) = [one for one in checked.fields if not one.agrees]
    assert (wrong.name, wrong.licence, wrong.page) == ("valid_until", "2036年1月2日", "2099年1月2日")


def test_the_licence_of_another_in_a_strangers_document() -> None:
    """A genuine licence, attached by somebody who seals with a key of his own, on the list even."""
    checked = world().check(world().document(by=world().other))
    assert verdict(checked) == (Indication.FAILED, "sealed-by-another")


def test_a_seal_that_nobody_certified() -> None:
    stranger = DocumentWorld()
    checked = world().check(world().document(by=stranger.sealing.authority))
    assert checked.report.indication is not Indication.PASSED
    assert {"sealer-unknown", "sealer-not-certified"} & codes(checked)


def test_a_seal_that_is_not_on_the_list() -> None:
    checked = world().check(world().document(), world().evidence(seal_listed=False))
    assert verdict(checked) == (Indication.FAILED, "sealer-not-on-trust-list")


def test_the_signing_key_of_a_licence_is_no_seal() -> None:
    checked = world().check(world().document(by=world().issuer))
    assert verdict(checked) == (Indication.FAILED, "sealer-not-on-trust-list")


def test_metadata_of_another_licence() -> None:
    checked = world().check(world().document(identifier="1.2.156.3005.2.another"))
    assert verdict(checked) == (Indication.FAILED, "metadata-differs")


def test_no_seal_at_all() -> None:
    assert verdict(world().check(world().unsealed())) == (Indication.FAILED, "seal-missing")


def test_revoked_and_unknown() -> None:
    document = world().document()
    assert verdict(world().check(document, world().evidence(status=1))) == (Indication.FAILED, "status-ended")
    unknown = world().check(document, world().evidence(with_status=False))
    assert verdict(unknown) == (Indication.INDETERMINATE, "status-list-unavailable")


@pytest.mark.parametrize(
    "change",
    [attack.annotation("/FreeText"), attack.annotation("/Stamp"), attack.add_script, attack.rotate, attack.forget_seal],
)  # fmt: skip
def test_changed_afterwards(change: Any) -> None:
    checked = world().check(attack.updated(world().document(), change))
    assert checked.report.indication is Indication.FAILED
    assert {"changed-after-seal", "seal-missing"} & codes(checked)


def test_an_attachment_that_is_no_licence() -> None:
    checked = world().check(world().seal(attack.document()))
    assert checked.report.indication is Indication.FAILED
    assert {"seal-intact", "form-unreadable"} <= codes(checked)


def test_a_document_of_somebody_else() -> None:
    """A valid seal of the nation's over a page without a licence: exactly that is said."""
    from tests.support.sealing_world import plain_pdf

    checked = world().check(world().seal(plain_pdf()))
    assert verdict(checked) == (Indication.INDETERMINATE, "document-without-licence")
    assert {"seal-intact", "sealer-on-trust-list"} <= codes(checked)
    assert checked.licence is None


def test_long_after_nothing_is_taken_for_granted() -> None:
    checked = world().check(world().document(SealLevel.ARCHIVED), at=UNTIL + timedelta(days=1))
    assert checked.report.indication is not Indication.PASSED
    assert "sealer-certificate-ended-unproven" in codes(checked)


@pytest.mark.parametrize("why", [*Unreadable, None])
def test_what_cannot_be_read(why: Unreadable | None) -> None:
    checked = check_document(why, world().evidence(), policy=VerificationPolicy(), at=AT)
    wanted = Indication.INDETERMINATE if why is None else Indication.FAILED
    assert checked.report.indication is wanted
    assert len(checked.report.findings) == 9


def test_reading_apart_gives_the_same() -> None:
    document = world().document(SealLevel.ARCHIVED)
    assert read_document(document) == read_sealed(document)


def test_a_document_that_hurts_its_reader_hurts_nobody_else() -> None:
    readers = DocumentReaders(1)
    assert readers.read(b"%PDF-1.7\nnothing") is Unreadable.DAMAGED
    assert readers.read(bytes(17 * 1024 * 1024)) is Unreadable.TOO_LARGE
    good = world().document()
    assert readers.read(good) == read_sealed(good)
    readers.close()
    assert readers.read(good) == read_sealed(good), "started again at the next document"
    readers.close()


def test_a_reader_that_was_overcome_cannot_make_bytes_be_sealed() -> None:
    """Its answer speaks of another, genuine document: the bytes in hand do not bear it out."""
    genuine = read_sealed(world().document())
    forged = world().document(printed={**CLAIMS, "valid_until": "2099-01-02"})
    answer = json.dumps({"facts": genuine.to_json()}).encode()
    assert _understood(answer, forged) is Unreadable.DAMAGED
    for level in SealLevel:
        document = world().document(level)
        facts = read_sealed(document)
        assert _understood(json.dumps({"facts": facts.to_json()}).encode(), document) == facts
    assert _understood(b"{}", forged) is Unreadable.DAMAGED
    assert _understood(b'{"unreadable": "no-such-word"}', forged) is Unreadable.DAMAGED
