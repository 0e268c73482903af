"""Steps 1 to 9 over an identity code: the same report as over a licence, from the text, the issuers in hand and an instant."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from standards.claim169 import (
    Claim169EncryptedError,
    Claim169Error,
    Claim169SignatureError,
    Claim169TooLargeError,
    Identity,
    IdentityKey,
    UnverifiedIdentityCode,
    parse_identity_code,
    verify_identity_code,
)
from standards.text import Text
from standards.verification_report import Finding, Outcome, Step, VerificationReport
from verifier.checking.check_presentation import NO_RULE
from verifier.checking.findings import REFUSE, SHOW_AGAIN, not_checked, with_detail
from verifier.checking.policy import VerificationPolicy
from verifier.checking.step_8_request import NO_REQUEST
from verifier.identity_codes.register import IdentityTrust

_OTHER_DOCUMENT: Final = Text(
    "请当事人出示其他身份证件，或在钱包中出示居民身份证。",
    "Ask for another identity document, or for the identity card from the wallet.",
)
_OPERATOR: Final = Text(
    "请管理员更新身份码签发方文件；在此之前不要采信。",
    "The administrator has to renew the file about this issuer; do not rely on the code until then.",
)

READ: Final = Finding(
    Step.FORM,
    "identity-code-read",
    Outcome.PASSED,
    Text("身份码格式正确。", "The identity code could be read."),
)
UNREADABLE: Final = Finding(
    Step.FORM,
    "identity-code-unreadable",
    Outcome.FAILED,
    Text("身份码无法读取。", "The identity code cannot be read."),
    SHOW_AGAIN,
    sub_indication="FORMAT_FAILURE",
)
TOO_LARGE: Final = Finding(
    Step.FORM,
    "identity-code-too-large",
    Outcome.FAILED,
    Text(
        "身份码展开后过大，可能有恶意，没有打开。",
        "The identity code unpacks to too much and may be meant to do harm; it was not opened.",
    ),
    REFUSE,
    sub_indication="FORMAT_FAILURE",
)
ENCRYPTED: Final = Finding(
    Step.FORM,
    "identity-code-encrypted",
    Outcome.INDETERMINATE,
    Text(
        "身份码是加密的，本窗口没有密钥。",
        "The identity code is encrypted, and this window has no key to it.",
    ),
    _OTHER_DOCUMENT,
    sub_indication="FORMAT_FAILURE",
)
SIGNED: Final = Finding(
    Step.SIGNATURE,
    "identity-code-signed",
    Outcome.PASSED,
    Text("签发方的签名有效。", "The issuer's signature is valid."),
)
NOT_SIGNED: Final = Finding(
    Step.SIGNATURE,
    "identity-code-signature-invalid",
    Outcome.FAILED,
    Text(
        "签名无效：内容被改过，或不是所写的签发方签的。",
        "The signature is not valid: altered, or not by the issuer it names.",
    ),
    REFUSE,
    sub_indication="SIG_CRYPTO_FAILURE",
)
KNOWN: Final = Finding(
    Step.PATH,
    "identity-issuer-known",
    Outcome.PASSED,
    Text(
        "签发方的密钥由本窗口的管理方登记。", "The issuer's key is one that this window's operator entered."
    ),
)
UNKNOWN: Final = Finding(
    Step.PATH,
    "identity-issuer-unknown",
    Outcome.INDETERMINATE,
    Text(
        "本窗口不认识这个身份码的签发方，无法核验真假。",
        "This window does not know the issuer of the identity code and cannot tell whether it is genuine.",
    ),
    _OTHER_DOCUMENT,
    sub_indication="NO_CERTIFICATE_CHAIN_FOUND",
)
NO_KEY: Final = Finding(
    Step.PATH,
    "identity-key-not-in-force",
    Outcome.FAILED,
    Text(
        "签发方的这把密钥没有登记，或已停用。",
        "This key of the issuer was not entered, or is no longer in use.",
    ),
    REFUSE,
    sub_indication="REVOKED_NO_POE",
)
STALE: Final = Finding(
    Step.PATH,
    "identity-issuer-stale",
    Outcome.INDETERMINATE,
    Text(
        "签发方的登记已过核对期限。",
        "The entry about this issuer is past the day until which it was checked.",
    ),
    _OPERATOR,
    retry_helps=True,
    sub_indication="TRY_LATER",
)
MAY_ISSUE: Final = Finding(
    Step.AUTHORISATION,
    "identity-issuer-for-identity",
    Outcome.PASSED,
    Text("只作身份核对用，不能当作证照。", "For telling who somebody is only; it is no licence."),
)
WITHIN: Final = Finding(
    Step.VALIDITY, "within-validity", Outcome.PASSED, Text("在有效期内。", "Within its period of validity.")
)
NO_END: Final = Finding(
    Step.VALIDITY,
    "identity-code-without-end",
    Outcome.INDETERMINATE,
    Text("身份码没有写明有效期。", "The identity code does not say until when it is valid."),
    _OTHER_DOCUMENT,
    sub_indication="CONSTRAINTS_FAILURE",
)
EXPIRED: Final = Finding(
    Step.VALIDITY,
    "expired",
    Outcome.FAILED,
    Text("身份码已过期。", "The identity code has expired."),
    _OTHER_DOCUMENT,
    sub_indication="EXPIRED",
)
NOT_YET: Final = Finding(
    Step.VALIDITY,
    "not-yet-valid",
    Outcome.FAILED,
    Text("身份码尚未生效。", "The identity code is not yet valid."),
    SHOW_AGAIN,
    sub_indication="NOT_YET_VALID",
)
NO_STATUS: Final = Finding(
    Step.STATUS,
    "identity-code-has-no-status",
    Outcome.NEUTRAL,
    Text(
        "身份码没有状态列表：到期之前是否作废，无从得知。",
        "Identity codes have no status list: whether it was withdrawn before its end cannot be known.",
    ),
)
BEARER: Final = Finding(
    Step.HOLDER_BINDING,
    "identity-code-not-bound",
    Outcome.NEUTRAL,
    Text(
        "身份码可以复制，请对照照片核对本人。",
        "An identity code can be copied: compare the photograph with the person.",
    ),
)
_AFTER_FORM: Final = (
    Step.SIGNATURE,
    Step.PATH,
    Step.AUTHORISATION,
    Step.VALIDITY,
    Step.STATUS,
    Step.HOLDER_BINDING,
)


@dataclass(frozen=True, slots=True)
class CheckedIdentity:
    """The answer about one identity code.

    Attributes:
        report: findings and verdict.
        issuer: name of the issuer as entered here; ``None`` for one that is not.
        identity: the person, once the signature holds; else ``None``: what a stranger wrote is shown to nobody as a fact.
        expires_at: end of the code.
    """

    report: VerificationReport
    issuer: Text | None = None
    identity: Identity | None = field(default=None, repr=False)
    expires_at: datetime | None = None


def check_identity(
    text: str, trust: IdentityTrust, *, policy: VerificationPolicy, at: datetime
) -> CheckedIdentity:
    """Check one identity code.

    Args:
        text: as scanned, untrusted.
        trust: the issuers in hand.
        policy: limits.
        at: the instant, aware UTC.
    """
    # 1. form parsed
    try:
        code = parse_identity_code(text)
    except Claim169TooLargeError:
        return _without_form(TOO_LARGE)
    except Claim169EncryptedError:
        return _without_form(ENCRYPTED)
    except Claim169Error as cause:
        return _without_form(with_detail(UNREADABLE, cause.message))
    # 3. whose key, before 2: without one there is nothing to verify with
    issuer = trust.get(code.issuer) if code.issuer else None
    if issuer is None:
        return CheckedIdentity(
            _report(READ, UNKNOWN, *not_checked(*(step for step in _AFTER_FORM if step is not Step.PATH)))
        )
    keys = issuer.keys_for(code.key_id, at)
    if not keys:
        return CheckedIdentity(
            _report(READ, NO_KEY, *not_checked(*(step for step in _AFTER_FORM if step is not Step.PATH))),
            issuer.name,
        )
    # 2. issuer's signature
    if not any(_holds(code, key.key) for key in keys):
        return CheckedIdentity(_report(READ, NOT_SIGNED, *not_checked(*_AFTER_FORM[1:])), issuer.name)
    return CheckedIdentity(
        _report(
            READ,
            SIGNED,
            KNOWN if at < issuer.checked_until else STALE,
            # 4. an issuer of identity codes says who somebody is and nothing else
            MAY_ISSUE,
            # 5. validity period
            _validity(code, policy, at),
            # 6. status: there is none; 7. holder binding: there is none
            NO_STATUS,
            BEARER,
        ),
        issuer.name,
        code.identity,
        code.expires_at,
    )


def _holds(code: UnverifiedIdentityCode, key: IdentityKey) -> bool:
    try:
        verify_identity_code(code, key)
    except Claim169SignatureError:
        return False
    return True


def _validity(code: UnverifiedIdentityCode, policy: VerificationPolicy, at: datetime) -> Finding:
    latest = at + policy.clock_skew
    if any(start is not None and start > latest for start in (code.issued_at, code.not_before)):
        return NOT_YET
    if code.expires_at is None:
        return NO_END
    return EXPIRED if at - policy.clock_skew >= code.expires_at else WITHIN


def _without_form(finding: Finding) -> CheckedIdentity:
    return CheckedIdentity(_report(finding, *not_checked(*_AFTER_FORM)))


def _report(*findings: Finding) -> VerificationReport:
    return VerificationReport.of((*findings, NO_REQUEST, NO_RULE))
