"""Licences as sealed PDF documents: made by an issuer over its store, and checked with everything in hand. CPU of this process.

Each document is a new one: a status entry, a credential, a print code, a page and a seal of its own. Keys are in software; the
time stamps are the node's own, in the same process, and are counted.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from time import process_time

from benchmarks.issuance import found_trust
from benchmarks.row import Row
from issuer.catalogue.examples import example_body
from issuer.documents.make_document import DocumentOrder, sealed_document
from issuer.library.event import Actor
from issuer.library.licence import IssuingAuthority, local_day
from issuer.library.licence_input import parse_licence_draft
from issuer.library.record_licence import record_licence
from issuer.node import IssuerNode, open_node
from keys.master_key import MasterKey
from keys.pdf_check import read_sealed
from keys.sealing import SealLevel
from service.clock import SystemClock
from service.embedded_store.server import EmbeddedStore
from service.settings import Settings
from service.store import disconnect
from standards.documents import Annotation
from standards.qr import build_qr, write_png
from standards.verification_report import Indication
from tests.support.document_world import DocumentWorld
from tests.support.trust_world import AT
from verifier.checking import Evidence, VerificationPolicy
from verifier.documents import check_document

_TYPE = "11100000MB0143028R001"
_WARM_UP = 5
_ROUNDS = 5
_EACH = 20


def run() -> list[Row]:
    """The rows of the sealed document."""
    with (
        tempfile.TemporaryDirectory(prefix="elicence-bench-") as folder,
        EmbeddedStore(Path(folder)) as store,
    ):
        environment = {
            "ELICENCE_DATA": folder,
            "ELICENCE_STORE_URI": store.uri,
            "ELICENCE_ISSUER_URL": "http://localhost:1",
            "ELICENCE_MASTER_KEY_FILE": f"{folder}/master.key",
        }
        MasterKey.load_or_create(Path(folder) / "master.key")
        node = open_node(Settings.from_environment(environment), SystemClock())
        try:
            made = _make(node)
        finally:
            disconnect("issuer")
    return [*made, *_check(), _code()]


def _make(node: IssuerNode) -> list[Row]:
    order = _order(node)
    numbers = count()

    def one(level: SealLevel, annotated: bool = False) -> bytes:
        at = node.clock.now()
        name = f"yj-{next(numbers):08}"
        note = _annotation(name, at) if annotated else None
        return sealed_document(node.documents, order, name, note, level, at=at)

    basic = _cpu(lambda: one(SealLevel.BASIC))
    copy = _cpu(lambda: one(SealLevel.TIMESTAMPED, annotated=True))
    archived = _cpu(lambda: one(SealLevel.ARCHIVED))
    return [
        Row("PDF/A-3 licence with QR and B-B seal", 1 / basic, "1/CPU-s", goal=65, at_least=True),
        Row("annotated copy with watermark, B-T", 1 / copy, "1/CPU-s"),
        Row("original, B-LTA with kept keys", 1 / archived, "1/CPU-s", goal=16, at_least=True),
        Row("size of an original, B-LTA", len(one(SealLevel.ARCHIVED)) / 1024, "KB"),
    ]


def _order(node: IssuerNode) -> DocumentOrder:
    """A licence of ten fields or so, entered as a department does it."""
    at = node.clock.now()
    authority = node.authorities.find(found_trust(node, "http://localhost:1"))
    if authority is None:
        raise RuntimeError("the authority is not there")
    licence_type = node.catalogue.by_code(_TYPE)
    draft = parse_licence_draft(
        example_body(licence_type, local_day(at)), node.catalogue, today=local_day(at)
    )
    licence, _ = record_licence(
        node.licences,
        draft,
        IssuingAuthority(authority.uscc, authority.name.zh, authority.division),
        authority.licence_types,
        actor=Actor("bench"),
        system="bench",
        at=at,
    )
    return DocumentOrder(authority, licence, licence_type, "bench")


def _annotation(document_id: str, at: datetime) -> Annotation:
    return Annotation(
        document_id, "办理购房资格审核", "杭州市房管局（示例）", at, at + timedelta(days=30), "某局（示例）"
    )


def _check() -> list[Row]:
    """All nine steps over a document: structure, seal, path, licence, status, and the page against the licence."""
    world = DocumentWorld()
    rows = []
    for level, goal in ((SealLevel.BASIC, 60), (SealLevel.ARCHIVED, None)):
        pdf, evidence = world.document(level), world.evidence()

        def check(pdf: bytes = pdf, evidence: Evidence = evidence) -> None:
            checked = check_document(read_sealed(pdf), evidence, policy=VerificationPolicy(), at=AT)
            if checked.report.indication is not Indication.PASSED:
                raise RuntimeError(str(checked.report.to_json()))

        name = f"check a document of our own, {level}, everything in hand"
        rows.append(Row(name, 1 / _cpu(check), "1/CPU-s", goal=goal, at_least=True))
    return rows


def _code() -> Row:
    """A code of 600 characters, as PNG."""
    text = "ELD1:" + "7C*1YF6$Z" * 66
    return Row(
        "QR of 600 characters, as PNG", 1e3 * _cpu(lambda: write_png(build_qr(text[:600]))), "ms", goal=3.5
    )


def _cpu(work: Callable[[], object]) -> float:
    """Seconds of CPU that one takes, in the best of some rounds."""
    for _ in range(_WARM_UP):
        work()
    best = float("inf")
    for _ in range(_ROUNDS):
        began = process_time()
        for _ in range(_EACH):
            work()
        best = min(best, (process_time() - began) / _EACH)
    return best
