"""Step 6: the status of this copy, with the age of the list (Token Status List section 8.3).

Unknown is not revoked: a list that is missing or too old leaves the question open, a list that is not the issuer's
own is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from keys.path_validation import PathError, ValidatedPath
from standards.sd_jwt_vc import VerifiedCredential
from standards.status_list import (
    StatusIndexError,
    StatusListError,
    StatusListSignatureError,
    StatusListSubjectError,
    StatusListTimeError,
    StatusReference,
    StatusValue,
    VerifiedStatusList,
)
from standards.text import Text
from standards.verification_report import Finding, Outcome, Step
from verifier.checking.evidence import Evidence, ListUsed
from verifier.checking.findings import ASK_ISSUER, REFUSE, TRY_LATER, age_text, with_detail
from verifier.checking.policy import VerificationPolicy
from verifier.checking.status_lists import signer_chain, verified_list

VALID = Finding(
    Step.STATUS, "status-valid", Outcome.PASSED, Text("证照状态有效。", "The licence is in force.")
)
ENDED = Finding(
    Step.STATUS,
    "status-ended",
    Outcome.FAILED,
    Text(
        "证照已失效（注销、吊销、撤销、换发或过期）。",
        "The licence has ended: revoked, cancelled, replaced or expired.",
    ),
    ASK_ISSUER,
    sub_indication="REVOKED",
)
SUSPENDED = Finding(
    Step.STATUS,
    "status-suspended",
    Outcome.FAILED,
    Text(
        "证照目前不可用：已暂扣、已挂失或尚未生效。",
        "The licence is not usable now: suspended, reported lost or not yet effective.",
    ),
    ASK_ISSUER,
    sub_indication="TRY_LATER",
)
INSPECTION_OVERDUE = Finding(
    Step.STATUS,
    "status-inspection-overdue",
    Outcome.FAILED,
    Text("证照年检（年审）逾期。", "The inspection of the licence is overdue."),
    Text("请持证人先办理年检。", "Ask the holder to have it inspected first."),
    sub_indication="SIG_CONSTRAINTS_FAILURE",
)
UNKNOWN_VALUE = Finding(
    Step.STATUS,
    "status-value-unknown",
    Outcome.FAILED,
    Text("证照状态无法识别。", "The status of the licence has no known meaning."),
    ASK_ISSUER,
    sub_indication="SIG_CONSTRAINTS_FAILURE",
)
NO_REFERENCE = Finding(
    Step.STATUS,
    "status-missing",
    Outcome.FAILED,
    Text(
        "证照没有状态信息，无法确认是否已被吊销。", "The licence has no status, so it could not be revoked."
    ),
    REFUSE,
    sub_indication="SIG_CONSTRAINTS_FAILURE",
)
NOT_NEEDED = Finding(
    Step.STATUS,
    "status-not-required",
    Outcome.NEUTRAL,
    Text("证照没有状态信息。", "The licence has no status."),
)
UNAVAILABLE = Finding(
    Step.STATUS,
    "status-list-unavailable",
    Outcome.INDETERMINATE,
    Text(
        "暂时取不到状态列表，无法确认证照是否仍然有效。",
        "The status list cannot be reached, so the status is not known.",
    ),
    TRY_LATER,
    retry_helps=True,
    sub_indication="TRY_LATER",
)
STALE = Finding(
    Step.STATUS,
    "status-list-stale",
    Outcome.INDETERMINATE,
    Text(
        "状态列表过旧，无法确认证照是否仍然有效。",
        "The status list is too old to tell whether the licence is in force.",
    ),
    TRY_LATER,
    retry_helps=True,
    sub_indication="TRY_LATER",
)
SIGNER_UNKNOWN = Finding(
    Step.STATUS,
    "status-list-signer-unknown",
    Outcome.INDETERMINATE,
    Text(
        "暂时无法判断状态列表签名证书是否已被吊销。",
        "Whether the status list's certificate was revoked is not known now.",
    ),
    TRY_LATER,
    retry_helps=True,
    sub_indication="TRY_LATER",
)
NOT_BY_ISSUER = Finding(
    Step.STATUS,
    "status-list-not-by-issuer",
    Outcome.FAILED,
    Text("状态列表不是由证照签发机构签署的。", "The status list is not signed by the issuer of the licence."),
    REFUSE,
    sub_indication="SIG_CONSTRAINTS_FAILURE",
)
OTHER_LIST = Finding(
    Step.STATUS,
    "status-list-of-another-uri",
    Outcome.FAILED,
    Text(
        "取得的状态列表不是证照所指的那一份。", "The status list is not the one that the licence refers to."
    ),
    REFUSE,
    sub_indication="SIG_CONSTRAINTS_FAILURE",
)
NO_ENTRY = Finding(
    Step.STATUS,
    "status-index-out-of-range",
    Outcome.FAILED,
    Text("状态列表中没有这份证照的记录。", "The status list has no entry for this licence."),
    REFUSE,
    sub_indication="SIG_CONSTRAINTS_FAILURE",
)
BAD_LIST = Finding(
    Step.STATUS,
    "status-list-invalid",
    Outcome.FAILED,
    Text("状态列表无效：", "The status list is not valid:"),
    REFUSE,
    sub_indication="FORMAT_FAILURE",
)

_BY_VALUE: Mapping[int, Finding] = {
    StatusValue.VALID: VALID,
    StatusValue.INVALID: ENDED,
    StatusValue.SUSPENDED: SUSPENDED,
    StatusValue.INSPECTION_OVERDUE: INSPECTION_OVERDUE,
}


def check_status(
    credential: VerifiedCredential,
    issuer: ValidatedPath,
    evidence: Evidence,
    policy: VerificationPolicy,
    at: datetime,
) -> tuple[Finding, ListUsed | None]:
    """What the issuer's status list says of this copy at ``at``."""
    reference = credential.registered.status
    if reference is None:
        return (NO_REFERENCE if policy.status_required else NOT_NEEDED), None
    return check_reference(reference, issuer, evidence, policy=policy, at=at)


def check_reference(
    reference: StatusReference,
    issuer: ValidatedPath,
    evidence: Evidence,
    *,
    policy: VerificationPolicy,
    at: datetime,
) -> tuple[Finding, ListUsed | None]:
    """What the issuer's status list says of the entry at ``reference``."""
    text = evidence.status_tokens.get(reference.uri)
    if text is None:
        return UNAVAILABLE, None
    try:
        signer = evidence.trust.validator.validate(signer_chain(text), at)
        if signer.subject.uscc != issuer.subject.uscc:
            return NOT_BY_ISSUER, None
        listed = verified_list(text, reference.uri, signer.chain_der[0])
        return _read(listed, reference, policy, at)
    except PathError as cause:
        return (SIGNER_UNKNOWN if cause.indeterminate else with_detail(NOT_BY_ISSUER, cause.message)), None
    except StatusListSignatureError:
        return NOT_BY_ISSUER, None
    except StatusListSubjectError:
        return OTHER_LIST, None
    except StatusListError as cause:
        return with_detail(BAD_LIST, cause.message), None


def _read(
    listed: VerifiedStatusList, reference: StatusReference, policy: VerificationPolicy, at: datetime
) -> tuple[Finding, ListUsed]:
    age = max(at - listed.issued_at, timedelta())
    used = ListUsed("status", listed.uri, None, listed.issued_at, age)
    shown_age = age_text(age)
    detail = Text(f"（状态列表生成于 {shown_age.zh}前）", f"(list made {shown_age.en} ago)")
    try:
        listed.require_current(at, clock_skew=policy.clock_skew)
    except StatusListTimeError:
        return with_detail(STALE, detail), used
    if age > policy.status_list_max_age:
        return with_detail(STALE, detail), used
    try:
        value = listed.status_at(reference.index)
    except StatusIndexError:
        return NO_ENTRY, used
    return with_detail(_BY_VALUE.get(value, UNKNOWN_VALUE), detail), used
