"""Steps 1 to 8 over a show-licence code or a printed sheet, and what its redemption brought.

The compact licence in it is checked as any licence; the code must be fresh and by the phone that the holder's key named;
a sheet by the holder's key, in its time, for its items, and not withdrawn. Deciding fetches nothing: lists are evidence,
the redemption is an argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from keys.errors import CertificateError
from standards.cwt import CompactClaims, CwtError, verify_compact_licence
from standards.cwt.face import unpack_face
from standards.licence_types import load_catalogue
from standards.show_code import (
    CodeTimeError,
    DelegationTimeError,
    PermissionTimeError,
    ShowCodeError,
    UnverifiedSheet,
    UnverifiedShowCode,
    verify_sheet,
    verify_show_code,
)
from standards.text import Text
from standards.verification_report import Finding, Outcome, Step, VerificationReport
from verifier.checking import code_findings as said
from verifier.checking.acting_findings import SHOWN_BY
from verifier.checking.check_presentation import NO_RULE
from verifier.checking.checked import CheckedLicence
from verifier.checking.checked_code import CheckedCode, ShortShownBy
from verifier.checking.evidence import Evidence, ListUsed
from verifier.checking.findings import not_checked, with_detail
from verifier.checking.grant_status import check_grant_status
from verifier.checking.leaf_keys import leaf_key
from verifier.checking.policy import VerificationPolicy
from verifier.checking.redemption import NOT_ASKED, Declined, Redeemed, Redemption
from verifier.checking.scanned_code import ScannedCode, name_of
from verifier.checking.step_3_path import validate_chain
from verifier.checking.step_4_authorisation import check_right, within_age
from verifier.checking.step_5_validity import check_period
from verifier.checking.step_6_status import check_reference
from verifier.checking.step_8_request import NO_REQUEST


@dataclass(frozen=True, slots=True)
class Scan:
    """How a code came.

    Attributes:
        item: service item that it is shown for, or ``None``.
        seen_before: whether this window scanned the same code before.
        redemption: what the wallet service answered.
    """

    item: str | None = None
    seen_before: bool = False
    redemption: Redemption = NOT_ASKED


@dataclass(frozen=True, slots=True)
class _Checked:
    findings: tuple[Finding, ...]
    licence: CheckedLicence | None = None
    lists: tuple[ListUsed, ...] = ()


def unreadable_code(kind: Literal["code", "sheet"], why: Text) -> CheckedCode:
    """The answer about a text that cannot be read as a code."""
    steps = (step for step in Step if step is not Step.FORM)
    return CheckedCode(kind, VerificationReport.of((with_detail(said.UNREADABLE, why), *not_checked(*steps))))


def check_code(
    scanned: ScannedCode, evidence: Evidence, scan: Scan, *, policy: VerificationPolicy, at: datetime
) -> CheckedCode:
    """Check a code or sheet by itself; what the wallet service presented is ``check_redeemed``'s.

    Args:
        scanned: parsed, nothing verified.
        evidence: lists and issuers' certificates in hand.
        scan: how it came.
        policy: limits.
        at: the instant of the decision, aware UTC.
    """
    licence = _check_licence(scanned, evidence, policy, at)
    sheet = isinstance(scanned, UnverifiedSheet)
    kind: Literal["code", "sheet"] = "sheet" if sheet else "code"
    if licence.licence is None:
        rest = not_checked(Step.HOLDER_BINDING, Step.REQUEST, Step.MATERIAL_RULE)
        return CheckedCode(kind, VerificationReport.of((*licence.findings, *rest)), name_of(scanned))
    bound = (
        _check_sheet(scanned, evidence, scan, policy, at)
        if isinstance(scanned, UnverifiedSheet)
        else _check_show_code(scanned, evidence, scan, policy, at)
    )
    return CheckedCode(
        kind,
        VerificationReport.of((*licence.findings, *bound.findings, NO_RULE)),
        name=name_of(scanned),
        licence=licence.licence,
        shown_by=_shown_by(scanned),
        items=scanned.unverified.items if isinstance(scanned, UnverifiedSheet) else (),
        expires_at=scanned.unverified.expires_at if isinstance(scanned, UnverifiedSheet) else None,
        redeemed=isinstance(scan.redemption, Redeemed),
        lists=(*licence.lists, *bound.lists),
        issuer_certificate=evidence.issuer_chains[scanned.licence.thumbprint][0],
    )


def _check_licence(
    scanned: ScannedCode, evidence: Evidence, policy: VerificationPolicy, at: datetime
) -> _Checked:
    """Steps 1 to 6 over the compact licence."""
    later = (Step.PATH, Step.AUTHORISATION, Step.VALIDITY, Step.STATUS)
    chain = evidence.issuer_chains.get(scanned.licence.thumbprint)
    if chain is None:
        return _Checked((said.READ, said.ISSUER_UNKNOWN, *not_checked(*later)))
    try:
        key = leaf_key(chain[0])
        if key is None:
            return _Checked((said.READ, said.SIGNATURE_INVALID, *not_checked(*later)))
        claims = verify_compact_licence(scanned.licence, key).claims
    except (CwtError, CertificateError):
        return _Checked((said.READ, said.SIGNATURE_INVALID, *not_checked(*later)))
    path_finding, path = validate_chain(chain, evidence.trust, at)
    if path is None:
        return _Checked((said.READ, said.SIGNATURE_VALID, path_finding, *not_checked(*later[1:])))
    right, decision = check_right(claims.vct, path, evidence.trust, at, issued_at=claims.issued_at)
    right = within_age(right, decision, policy)
    validity = check_period(
        (claims.issued_at,), claims.expires_at, None, claims.valid_until, policy=policy, at=at
    )
    status, used = check_reference(claims.status, path, evidence, policy=policy, at=at)
    entry = decision.entry if decision else None
    lists = [used] if used else []
    if decision is not None and decision.source is not None:
        source = decision.source
        lists.append(
            ListUsed("trust", source.uri, source.sequence, source.issued_at, decision.list_age or timedelta())
        )
    return _Checked(
        (said.READ, said.SIGNATURE_VALID, path_finding, right, validity, status),
        CheckedLicence(
            vct=claims.vct,
            type_code=claims.identifier.type_code,
            claims=_claims(claims),
            issuer=entry.name if entry else Text(path.subject.name, path.subject.name),
            issuer_uscc=path.subject.uscc or "",
            issuer_division=entry.division if entry else path.subject.division,
            valid_until=claims.valid_until,
            holder_key_thumbprint=claims.holder_key.thumbprint(),
        ),
        tuple(lists),
    )


def _claims(claims: CompactClaims) -> dict[str, object]:
    """The compact claims under the names of the licence's own fields."""
    known = load_catalogue().find_vct(claims.vct)
    said_last = {} if claims.valid_until is None else {"valid_until": claims.valid_until.isoformat()}
    return {
        "licence_identifier": str(claims.identifier),
        "holder_name": claims.holder_name,
        "holder_code_type": claims.holder_code_type,
        "holder_number": claims.holder_number_short,
        **said_last,
        **(unpack_face(known, claims.fields) if known else {}),
    }


def _check_show_code(
    scanned: UnverifiedShowCode, evidence: Evidence, scan: Scan, policy: VerificationPolicy, at: datetime
) -> _Checked:
    """Step 7: fresh, by the phone, not seen before, redeemed; then who holds the phone. Step 8 is neutral."""
    try:
        verify_show_code(
            scanned,
            holder_key=scanned.licence.unverified.holder_key,
            at=at,
            clock_skew=policy.code_clock_skew,
        )
    except CodeTimeError:
        return _Checked((said.EXPIRED, NO_REQUEST))
    except DelegationTimeError:
        return _Checked((said.DELEGATION_ENDED, NO_REQUEST))
    except ShowCodeError:
        return _Checked((said.NOT_BY_PHONE, NO_REQUEST))
    found = [said.FRESH]
    if scan.seen_before:
        found.append(said.SEEN_BEFORE)
    found.append(_redemption(scan.redemption, policy))
    lists: list[ListUsed] = []
    acting = scanned.delegation.unverified.acting
    if acting is not None:
        if acting.grant is not None:
            status, used = check_grant_status(acting.grant.status, evidence, policy, at)
            if status.outcome is not Outcome.PASSED:
                found.append(status)
            if used is not None:
                lists.append(used)
            if acting.grant.limited and not isinstance(scan.redemption, Redeemed):
                found.append(said.LIMITS_UNKNOWN)
        if all(finding.outcome in {Outcome.PASSED, Outcome.NEUTRAL} for finding in found):
            found.append(SHOWN_BY[acting.capacity])
    return _Checked((*found, NO_REQUEST), lists=tuple(lists))


def _check_sheet(
    sheet: UnverifiedSheet, evidence: Evidence, scan: Scan, policy: VerificationPolicy, at: datetime
) -> _Checked:
    """Step 7: by the holder's key, in its time, not withdrawn; step 8: for this item."""
    item = (
        said.SHEET_ITEMS_STATED
        if scan.item is None
        else said.SHEET_FOR_ITEM
        if sheet.unverified.covers(scan.item)
        else said.SHEET_FOR_OTHER_ITEM
    )
    try:
        verified = verify_sheet(
            sheet,
            holder_key=sheet.licence.unverified.holder_key,
            at=at,
            clock_skew=policy.clock_skew,
        )
    except PermissionTimeError:
        return _Checked((said.SHEET_OUT_OF_TIME, item))
    except ShowCodeError:
        return _Checked((said.SHEET_NOT_SIGNED, item))
    status, used = check_grant_status(verified.permission.status, evidence, policy, at)
    found = [said.SHEET_SIGNED]
    if status.outcome is not Outcome.PASSED:
        found.append(said.of_sheet(status))
    redemption = scan.redemption
    if isinstance(redemption, Declined) and redemption.problem in said.DECLINED:
        found.append(said.DECLINED[redemption.problem])
    return _Checked((*found, item), lists=(used,) if used else ())


def _redemption(redemption: Redemption, policy: VerificationPolicy) -> Finding:
    if isinstance(redemption, Redeemed):
        return said.REDEEMED
    if isinstance(redemption, Declined) and redemption.problem in said.DECLINED:
        return said.DECLINED[redemption.problem]
    return said.REDEMPTION_REQUIRED if policy.redemption_required else said.NOT_REDEEMED


def _shown_by(scanned: ScannedCode) -> ShortShownBy | None:
    if isinstance(scanned, UnverifiedSheet):
        bearer = scanned.unverified.bearer
        return None if bearer is None else ShortShownBy(None, bearer.name, bearer.number_end)
    acting = scanned.delegation.unverified.acting
    if acting is None:
        return None
    grant = acting.grant.id if acting.grant else None
    return ShortShownBy(acting.capacity, acting.name, acting.number_end, grant)
