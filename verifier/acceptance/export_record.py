"""A record as one file that proves itself: what was asked, shown, found and decided, the lists of that moment, the seal.

JSON with the members:
``elicence_record`` (1) · ``body`` (base64 of the exact bytes under the hash) · ``sequence``, ``previous``, ``hash`` · ``shown``
(base64 of the sealed part opened; the body names its digest) · ``seal`` (see ``verifier.acceptance.seal``) · ``trust``
(the JSON of a trust bundle: anchor, lists, revocations, status lists; the body names the digest of each).
"""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import orjson
from flask import Response

from keys.trust_list.bundle import TrustBundle, build_trust_bundle
from verifier.acceptance.errors import EvidenceMissingError
from verifier.acceptance.kept_evidence import digests_named
from verifier.acceptance.record import AcceptanceRecord
from verifier.acceptance.seal_waiting import seal_waiting
from verifier.departments.department import Department

if TYPE_CHECKING:
    from verifier.node import VerifierNode

FORMAT: Final = 1


def export_record(
    node: VerifierNode, department: Department, record: AcceptanceRecord, at: datetime
) -> bytes:
    """The file of a record that was found with what was shown. A record that waits for its seal gets it now.

    Raises:
        DepartmentNotCertifiedError: nobody can sign for the department.
        EvidenceMissingError: a list that the record stands on is not kept any more.
    """
    seal = node.seals.of(department.uscc, record.sequence)
    if seal is None:
        seal_waiting(node, department, at)
        seal = node.seals.of(department.uscc, record.sequence)
    content = {
        "elicence_record": FORMAT,
        "body": b64encode(record.body).decode(),
        "sequence": record.sequence,
        "previous": record.previous,
        "hash": record.hash,
        "shown": b64encode(node.records.shown_bytes(department.uscc, record.record_id)).decode(),
        "seal": seal,
        "trust": _trust(node, record.facts()["lists"]),
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2)


def record_file(record: AcceptanceRecord, content: bytes) -> Response:
    """The file as a download."""
    answer = Response(content, mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="record-{record.sequence}.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _trust(node: VerifierNode, lists: list[dict[str, Any]]) -> dict[str, Any] | None:
    named = [one for one in lists if one.get("digest")]
    if not named:
        return None  # nothing was shown, or the record is older than this software's keeping of lists
    contents = node.evidence.read(digests_named(named))
    missing = [one["uri"] for one in named if one["digest"] not in contents]
    if missing:
        raise EvidenceMissingError(
            "核验所依据的名单已不完整，无法导出。",
            "A list that the record stands on is missing, so it cannot be exported.",
            where=missing[0],
        )
    by_kind: dict[str, dict[str, bytes]] = {}
    for one in named:
        by_kind.setdefault(one["kind"], {})[one["uri"]] = contents[one["digest"]]
    nation = by_kind.get("nation", {})
    if not nation:
        return None
    return build_trust_bundle(
        TrustBundle(
            anchor=node.trust.current().validator.anchors[0],
            nation_list=next(iter(nation.values())).decode(),
            region_lists={name: text.decode() for name, text in by_kind.get("region", {}).items()},
            revocation_lists=tuple(by_kind.get("revocation", {}).values()),
            status_lists={uri: text.decode() for uri, text in by_kind.get("status", {}).items()},
            issuer_certificates=tuple(by_kind.get("certificate", {}).values()),
        )
    )
