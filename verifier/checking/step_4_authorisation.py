"""Step 4: the issuer is authorised for this licence type (DESIGN section 4: trust lists)."""

from __future__ import annotations

from datetime import datetime

from keys.path_validation import ValidatedPath
from keys.trust_list import TrustDecision, TrustReason, TrustStore
from standards.sd_jwt_vc import VerifiedCredential
from standards.text import Text
from standards.verification_report import Finding, Outcome, Step
from verifier.checking.findings import REFUSE, TRY_LATER, age_text, with_detail
from verifier.checking.policy import VerificationPolicy

AUTHORISED = Finding(
    Step.AUTHORISATION,
    "issuer-authorised",
    Outcome.PASSED,
    Text("签发机构有权签发此类证照。", "The issuer may issue this type of licence."),
)
UNKNOWN_TYPE = Finding(
    Step.AUTHORISATION,
    "licence-type-unknown",
    Outcome.FAILED,
    Text("不认识这种证照类型。", "This type of licence is not known."),
    REFUSE,
    sub_indication="CHAIN_CONSTRAINTS_FAILURE",
)

_REFUSALS = {
    TrustReason.NOT_LISTED: Text(
        "签发机构不在信任列表中。", "The issuer is not on the trust list of its region."
    ),
    TrustReason.OTHER_ROLE: Text(
        "该机构不是证照签发机构。", "This organisation is listed, but not as an issuer of licences."
    ),
    TrustReason.NOT_CERTIFIED_BY_REGION: Text(
        "签发机构的证书不是由其所在地区颁发的。", "The issuer's certificate is not from its own region."
    ),
    TrustReason.NOT_YET_LISTED: Text("签发机构的授权尚未生效。", "The issuer's listing is not yet in force."),
    TrustReason.WITHDRAWN: Text(
        "签发机构已被撤出信任列表。", "The issuer was withdrawn from the trust list."
    ),
    TrustReason.TYPE_NOT_GRANTED: Text(
        "该机构无权签发此类证照。", "This issuer may not issue this type of licence."
    ),
    TrustReason.GRANT_NOT_IN_FORCE: Text(
        "签发时该机构无权签发此类证照。", "When it was issued, this issuer had no right to issue this type."
    ),
}
REFUSED = {
    reason: Finding(
        Step.AUTHORISATION,
        f"issuer-{reason.value}",
        Outcome.FAILED,
        message,
        REFUSE,
        sub_indication="CHAIN_CONSTRAINTS_FAILURE",
    )
    for reason, message in _REFUSALS.items()
}
_UNSETTLED = {
    TrustReason.NO_LIST: Text(
        "尚未取得签发机构所在地区的信任列表，无法判断。",
        "The trust list of the issuer's region is not in hand, so this cannot be told.",
    ),
    TrustReason.STALE_LIST: Text(
        "信任列表已过更新时间，无法判断。", "The trust list is overdue, so this cannot be told."
    ),
}
UNKNOWN = {
    reason: Finding(
        Step.AUTHORISATION,
        reason.value,
        Outcome.INDETERMINATE,
        message,
        TRY_LATER,
        retry_helps=True,
        sub_indication="TRY_LATER",
    )
    for reason, message in _UNSETTLED.items()
}

TOO_OLD = Finding(
    Step.AUTHORISATION,
    "trust-list-older-than-allowed",
    Outcome.INDETERMINATE,
    Text(
        "本窗口已断网，信任列表的年龄超过本事项所允许的。",
        "This window is cut off, and its trust list is older than the item allows.",
    ),
    TRY_LATER,
    retry_helps=True,
    sub_indication="TRY_LATER",
)
"""Only while a window is cut off: the item's offline policy."""

_VCT_PREFIX = "urn:elicence:type:"


def type_code_of(vct: str) -> str | None:
    """The type code in ``urn:elicence:type:{type code}:{version}``, or ``None`` for any other ``vct``."""
    code, colon, version = vct.removeprefix(_VCT_PREFIX).rpartition(":")
    return code if vct.startswith(_VCT_PREFIX) and colon and code and version else None


def check_authorisation(
    credential: VerifiedCredential, path: ValidatedPath, trust: TrustStore, at: datetime
) -> tuple[Finding, TrustDecision | None]:
    """Whether a trust list lets the signer issue the credential's type."""
    registered = credential.registered
    return check_right(registered.vct, path, trust, at, issued_at=registered.issued_at)


def within_age(finding: Finding, decision: TrustDecision | None, policy: VerificationPolicy) -> Finding:
    """``finding``, with the age of the list where the node is cut off, or :data:`TOO_OLD` where that is more than allowed."""
    if not policy.offline or decision is None or decision.list_age is None:
        return finding
    age = age_text(decision.list_age)
    detail = Text(f"（断网核验，信任列表生成于 {age.zh}前）", f"(cut off; trust list made {age.en} ago)")
    limit = policy.trust_list_max_age
    late = limit is not None and decision.list_age > limit and finding.outcome is Outcome.PASSED
    return with_detail(TOO_OLD if late else finding, detail)


def check_right(
    vct: str, path: ValidatedPath, trust: TrustStore, at: datetime, *, issued_at: datetime | None
) -> tuple[Finding, TrustDecision | None]:
    """Whether a trust list lets the signer issue the type of ``vct``, and let it when the copy was issued."""
    code = type_code_of(vct)
    if code is None:
        return UNKNOWN_TYPE, None
    decision = trust.issuer_may_issue(path, code, at, issued_at=issued_at)
    if decision.allowed:
        return AUTHORISED, decision
    if decision.indeterminate:
        return UNKNOWN[decision.reason], decision
    return REFUSED[decision.reason], decision
