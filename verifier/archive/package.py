"""Use case: the archive package of a case, or of a decision outside any case.

Below ``data/``: ``metadata.json``, and for each acceptance record a directory ``records/{sequence}`` with ``record.json`` (the
exported record, which proves itself), ``credentials/{query}-{n}.txt`` (what was shown), ``report.json``, ``use.json`` (who asked for
what, why and when, and what was decided) and ``report.html`` (the same for people).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import orjson

from standards.bagit import build_bag, write_zip
from standards.documents.metadata import MEMBERS
from verifier.acceptance.export_record import export_record
from verifier.acceptance.record import AcceptanceRecord
from verifier.archive.report_page import report_page
from verifier.archive.signature import Stamp, sign_bag
from verifier.departments.department import Department
from verifier.window.presentation import ShownLicence
from verifier.window.relying_party import signer_of

if TYPE_CHECKING:
    from verifier.node import VerifierNode

PROFILE: Final = "elicence-archive/1"

_OPTIONS: Final = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS
_NOT_USE: Final = frozenset({"report", "lists"})


@dataclass(frozen=True, slots=True)
class ArchivePackage:
    """Attributes: name: of the file, the same whenever it is made; content: ZIP."""

    name: str
    content: bytes = field(repr=False)


def package_name(department: Department, records: Sequence[AcceptanceRecord]) -> str:
    """Department and place of the first record in its chain: sorts by time, tells nothing about people."""
    return f"{department.uscc}-{records[0].sequence:08d}"


def make_package(
    node: VerifierNode,
    department: Department,
    records: Sequence[AcceptanceRecord],
    at: datetime,
    stamp: Stamp | None = None,
) -> ArchivePackage:
    """Package records of one case in their order, found with what was shown; stamped by ``stamp``.

    Raises:
        DepartmentNotCertifiedError: nobody can sign for the department.
        EvidenceMissingError: a list that a record stands on is not kept any more.
        TimeStampAuthorityUnavailableError: nobody stamps now.
    """
    signer = signer_of(node.keys, department)
    name = package_name(department, records)
    payload: dict[str, bytes] = {
        "metadata.json": orjson.dumps(_metadata(department, records), option=_OPTIONS)
    }
    for record in records:
        payload |= {
            f"records/{record.sequence:08d}/{path}": content
            for path, content in _record_files(node, department, record, at).items()
        }
    info = [
        ("Source-Organization", department.name.zh),
        ("Organization-Identifier", department.uscc),
        ("External-Identifier", name),
        ("Bagging-Date", at.date().isoformat()),
        ("Internal-Sender-Description", PROFILE),
    ]
    signed = sign_bag(build_bag(payload, info), department.uscc, signer, at, stamp)
    return ArchivePackage(f"{name}.zip", write_zip(signed, name))


def _record_files(
    node: VerifierNode, department: Department, record: AcceptanceRecord, at: datetime
) -> dict[str, bytes]:
    facts = record.to_json()
    files = {
        "record.json": export_record(node, department, record, at),
        "report.json": orjson.dumps(facts["report"], option=_OPTIONS),
        "report.html": report_page(facts, department).encode(),
        "use.json": orjson.dumps(
            {name: value for name, value in facts.items() if name not in _NOT_USE}, option=_OPTIONS
        ),
    }
    shown = record.evidence.vp_token if record.evidence else {}
    return files | {
        credential_path(query, number): text.encode()
        for query, texts in shown.items()
        for number, text in enumerate(texts, start=1)
    }


def credential_path(query: str, number: int) -> str:
    """Where the ``number``-th presentation for a query stands, below its record."""
    return f"credentials/{query}-{number}.txt"


def _metadata(department: Department, records: Sequence[AcceptanceRecord]) -> dict[str, Any]:
    """What an archive files it under: provenance, dates, the item, what it holds, licences under the names of GB/T 36903. No
    names of people, nor numbers that lead to them.
    """
    first, last = records[0].facts(), records[-1].facts()
    return {
        "profile": PROFILE,
        "fonds": {"name": department.name.to_json(), "uscc": department.uscc},
        "service_item": first["service_item"],
        "service_item_name": first["service_item_name"],
        "item_version": first["item_version"],
        "case": first["case"],
        "began": first["decided_at"],
        "ended": last["decided_at"],
        "decision": last["decision"],
        "licences": [_licence(shown) for record in records for shown in _shown(record)],
        "records": [
            {"sequence": record.sequence, "id": record.record_id, "hash": record.hash} for record in records
        ],
    }


def _shown(record: AcceptanceRecord) -> Iterator[ShownLicence]:
    if record.evidence is not None:
        for shown in record.evidence.licences.values():
            yield from shown


def _licence(shown: ShownLicence) -> dict[str, str]:
    """Which licence it was; the identifier only where the item asked for it."""
    known = {
        MEMBERS["identifier"]: shown.claims.get("licence_identifier"),
        MEMBERS["type_code"]: shown.type_code,
        MEMBERS["authority"]: shown.issuer.zh,
        MEMBERS["authority_code"]: shown.issuer_uscc,
        MEMBERS["division"]: shown.issuer_division,
    }
    return {name: value for name, value in known.items() if isinstance(value, str)}
