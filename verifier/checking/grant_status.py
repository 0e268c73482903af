"""Whether a grant, or anything else that a wallet provider keeps, still stands: the status part of step 7.

Like step 6, with another signer: a list is good when it is signed by a listed wallet provider whose certificate names the
host at which the list stands. So no other provider, and no issuer, can speak for it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from keys.path_validation import PathError, ValidatedPath
from keys.trust_list import Role
from standards.status_list import (
    StatusIndexError,
    StatusListError,
    StatusListTimeError,
    StatusReference,
    StatusValue,
    VerifiedStatusList,
)
from standards.text import Text
from standards.verification_report import Finding, Outcome, Step
from verifier.checking.evidence import Evidence, ListUsed
from verifier.checking.findings import REFUSE, TRY_LATER, age_text, with_detail
from verifier.checking.policy import VerificationPolicy
from verifier.checking.status_lists import signer_chain, verified_list

STANDS: Final = Finding(
    Step.HOLDER_BINDING,
    "grant-stands",
    Outcome.PASSED,
    Text("授权未被撤回。", "The grant was not withdrawn."),
)
WITHDRAWN: Final = Finding(
    Step.HOLDER_BINDING,
    "grant-withdrawn",
    Outcome.FAILED,
    Text("授权已被撤回。", "The grant was withdrawn."),
    Text("请不要受理，请持证人本人办理或重新授权。", "Do not accept it: the holder comes, or grants anew."),
    sub_indication="REVOKED",
)
UNAVAILABLE: Final = Finding(
    Step.HOLDER_BINDING,
    "grant-status-unavailable",
    Outcome.INDETERMINATE,
    Text(
        "暂时取不到授权状态，无法确认授权是否已被撤回。",
        "Whether the grant was withdrawn is not known: its status cannot be reached.",
    ),
    TRY_LATER,
    retry_helps=True,
    sub_indication="TRY_LATER",
)
STALE: Final = Finding(
    Step.HOLDER_BINDING,
    "grant-status-stale",
    Outcome.INDETERMINATE,
    Text(
        "授权状态列表过旧，无法确认授权是否已被撤回。",
        "The status list is too old to tell whether the grant was withdrawn.",
    ),
    TRY_LATER,
    retry_helps=True,
    sub_indication="TRY_LATER",
)
SIGNER_UNKNOWN: Final = Finding(
    Step.HOLDER_BINDING,
    "grant-status-signer-unknown",
    Outcome.INDETERMINATE,
    Text(
        "暂时无法确认授权状态由登记的钱包提供方签署。",
        "Whether the grant's status is by a listed wallet provider is not known now.",
    ),
    TRY_LATER,
    retry_helps=True,
    sub_indication="TRY_LATER",
)
NOT_BY_PROVIDER: Final = Finding(
    Step.HOLDER_BINDING,
    "grant-status-not-by-wallet-provider",
    Outcome.FAILED,
    Text(
        "授权状态不是由该钱包的提供方签署的。",
        "The grant's status is not signed by the wallet provider whose list it is.",
    ),
    REFUSE,
    sub_indication="SIG_CONSTRAINTS_FAILURE",
)
INVALID: Final = Finding(
    Step.HOLDER_BINDING,
    "grant-status-invalid",
    Outcome.FAILED,
    Text("授权状态列表无效：", "The status list of the grant is not valid:"),
    REFUSE,
    sub_indication="FORMAT_FAILURE",
)


def check_grant_status(
    reference: StatusReference, evidence: Evidence, policy: VerificationPolicy, at: datetime
) -> tuple[Finding, ListUsed | None]:
    """What the wallet provider's list says of ``reference`` at ``at``: only ``STANDS`` is passed."""
    text = evidence.status_tokens.get(reference.uri)
    if text is None:
        return UNAVAILABLE, None
    try:
        signer = evidence.trust.validator.validate(signer_chain(text), at)
        decision = evidence.trust.role_entry(signer, Role.WALLET_PROVIDER, at)
        if decision.indeterminate:
            return SIGNER_UNKNOWN, None
        if not decision.allowed or not _speaks_for(signer, reference.uri):
            return NOT_BY_PROVIDER, None
        listed = verified_list(text, reference.uri, signer.chain_der[0])
    except PathError as cause:
        return (SIGNER_UNKNOWN if cause.indeterminate else with_detail(NOT_BY_PROVIDER, cause.message)), None
    except StatusListError as cause:
        return with_detail(INVALID, cause.message), None
    return _read(listed, reference, policy, at)


def _speaks_for(signer: ValidatedPath, uri: str) -> bool:
    try:
        return urlsplit(uri).hostname in signer.dns_names
    except ValueError:
        return False


def _read(
    listed: VerifiedStatusList, reference: StatusReference, policy: VerificationPolicy, at: datetime
) -> tuple[Finding, ListUsed]:
    age = max(at - listed.issued_at, timedelta())
    used = ListUsed("status", listed.uri, None, listed.issued_at, age)
    shown_age = age_text(age)
    detail = Text(f"（状态列表生成于 {shown_age.zh}前）", f"(list made {shown_age.en} ago)")
    try:
        listed.require_current(at, clock_skew=policy.clock_skew)
        value = listed.status_at(reference.index)
    except StatusListTimeError:
        return with_detail(STALE, detail), used
    except StatusIndexError as cause:
        return with_detail(INVALID, cause.message), used
    if age > policy.status_list_max_age:
        return with_detail(STALE, detail), used
    return with_detail(STANDS if value == StatusValue.VALID else WITHDRAWN, detail), used
