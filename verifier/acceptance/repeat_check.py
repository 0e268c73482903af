"""The check that a record tells of, gone through again: the same texts, lists, limits and instant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509

from keys.trust_list import issuer_chains
from standards.dcql import parse_dcql
from standards.show_code.errors import ShowCodeError
from standards.verification_report import VerificationReport
from verifier.acceptance.circumstances import LICENCE
from verifier.acceptance.record_file import RecordFile
from verifier.checking import VerificationPolicy
from verifier.checking.check_code import Scan, check_code
from verifier.checking.check_presentation import check_presentation
from verifier.checking.checked import ExpectedPresentation
from verifier.checking.evidence import Evidence
from verifier.checking.scanned_code import is_code, parse_scanned
from verifier.items import ItemRegister, ServiceItem
from verifier.offline.policy import limits_cut_off
from verifier.window.cut_off_answer import report_of_unredeemed
from verifier.window.material_rule_of import material_rule_of

CASE_AGE: Final = timedelta(hours=25)
"""Longest that something shown in a case may have been shown before it was judged."""


def shows_codes(file: RecordFile) -> bool:
    """Whether what was shown was a code: a window that was cut off took it without its wallet service."""
    return any(is_code(text) for texts in file.vp_token.values() for text in texts)


def can_be_repeated(file: RecordFile) -> bool:
    """Whether all is there that the check rested on. Records of a code made before its issuer's certificate was kept lack that."""
    if file.facts.get("report") is None or file.bundle is None or not file.vp_token:
        return False
    return not shows_codes(file) or (bool(file.bundle.issuer_certificates) and _only_text(file) is not None)


def repeated_checks(
    file: RecordFile, anchors: tuple[x509.Certificate, ...], items: ItemRegister
) -> Iterator[tuple[bool, VerificationReport]]:
    """The report under each limits that can have held: the usual ones, then those of a window that is cut off.

    Args:
        file: of which :func:`can_be_repeated`.
        anchors: whom the caller trusts.
        items: knows the item in the version of that day, or step 9 is left out.

    Yields:
        Whether the limits are those of a cut-off window; the report.

    Raises:
        KeyError, TypeError, ValueError: the body lacks what belongs there.
        ElicenceError: a list does not verify.
    """
    facts, asked = file.facts, file.facts["asked"]
    # What was shown before a visit was judged again at it: with the lists of then, and as fresh as the case allows.
    at = max(datetime.fromisoformat(facts["received_at"]), datetime.fromisoformat(asked["asked_at"]))
    code = facts.get("service_item")
    item = items.find(code, version=facts.get("item_version")) if code else None
    usual = VerificationPolicy(key_binding_max_age=CASE_AGE) if facts.get("case") else VerificationPolicy()
    if shows_codes(file):
        yield True, _repeat_code(file, anchors, item, limits_cut_off(item, usual), at)
        return
    yield False, _repeat_presentation(file, anchors, item, usual, at)
    if item is not None:
        yield True, _repeat_presentation(file, anchors, item, limits_cut_off(item, usual), at)


def _repeat_presentation(
    file: RecordFile,
    anchors: tuple[x509.Certificate, ...],
    item: ServiceItem | None,
    policy: VerificationPolicy,
    at: datetime,
) -> VerificationReport:
    facts, asked = file.facts, file.facts["asked"]
    return check_presentation(
        file.vp_token,
        ExpectedPresentation(
            nonce=asked["nonce"],
            audience=asked["client_id"],
            query=parse_dcql(asked["dcql_query"]),
            item=facts.get("service_item"),
            division=facts.get("division"),
        ),
        _evidence(file, anchors, at),
        policy=policy,
        at=at,
        material_rule=material_rule_of(item if _stands_alone(file, item) else None),
    ).report


def _repeat_code(
    file: RecordFile,
    anchors: tuple[x509.Certificate, ...],
    item: ServiceItem | None,
    policy: VerificationPolicy,
    at: datetime,
) -> VerificationReport:
    try:
        scanned = parse_scanned(_only_text(file) or "")
    except ShowCodeError as cause:
        raise ValueError("no code") from cause
    checked = check_code(
        scanned,
        _evidence(file, anchors, at),
        Scan(file.facts.get("service_item")),
        policy=policy,
        at=at,
    )
    answered = report_of_unredeemed(checked, item, {}, at) if _stands_alone(file, item) else None
    return checked.report if answered is None else answered[1]


def _evidence(file: RecordFile, anchors: tuple[x509.Certificate, ...], at: datetime) -> Evidence:
    assert file.bundle is not None
    trust = file.bundle.trust_store(at, anchors)
    return Evidence(
        trust, dict(file.bundle.status_lists or {}), issuer_chains(trust, file.bundle.issuer_certificates)
    )


def _only_text(file: RecordFile) -> str | None:
    """The code: an answer that is one holds nothing else."""
    texts = [text for many in file.vp_token.values() for text in many]
    return texts[0] if len(texts) == 1 else None


def _stands_alone(file: RecordFile, item: ServiceItem | None) -> bool:
    """Whether all licences that the decision counted are in this record; in a case some may be in one before."""
    counted = {one["id"] for one in file.facts.get("materials", ()) if one["satisfied_by"] == LICENCE}
    return item is not None and all(
        any(accepted.query in file.vp_token for accepted in material.accepts)
        for material in item.materials
        if material.id in counted
    )
