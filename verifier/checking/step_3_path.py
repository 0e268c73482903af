"""Step 3: the issuer's certificate path at the instant (RFC 5280 section 6, HAIP 1.0 section 6.1.1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from keys.path_validation import PathError, PathReason, ValidatedPath
from keys.trust_list import TrustStore
from standards.sd_jwt_vc import VerifiedCredential
from standards.text import Text
from standards.verification_report import Finding, Outcome, Step
from verifier.checking.findings import REFUSE, TRY_LATER, with_detail

VALID = Finding(
    Step.PATH,
    "issuer-path-valid",
    Outcome.PASSED,
    Text("签发机构的证书可信。", "The issuer's certificate leads to a trust anchor."),
)
INVALID: Mapping[PathReason, Finding] = {
    reason: Finding(
        Step.PATH,
        f"issuer-{reason.value}",
        Outcome.FAILED,
        Text("签发机构的证书不可信：", "The issuer's certificate cannot be trusted:"),
        REFUSE,
        sub_indication=PathError(reason).sub_indication,
    )
    for reason in PathReason
    if reason is not PathReason.REVOCATION_STALE
}
UNKNOWN = Finding(
    Step.PATH,
    "issuer-revocation-list-stale",
    Outcome.INDETERMINATE,
    Text(
        "暂时无法判断签发机构的证书是否已被吊销。",
        "Whether the issuer's certificate was revoked is not known now.",
    ),
    TRY_LATER,
    retry_helps=True,
    sub_indication="TRY_LATER",
)
OTHER_IDENTIFIER = Finding(
    Step.PATH,
    "issuer-identifier-mismatch",
    Outcome.FAILED,
    Text(
        "证照声明的签发机构与签名证书不一致。",
        "The issuer that the licence names is not the one of its certificate.",
    ),
    REFUSE,
    sub_indication="CHAIN_CONSTRAINTS_FAILURE",
)


def validate_path(
    credential: VerifiedCredential, chain_der: tuple[bytes, ...], trust: TrustStore, at: datetime
) -> tuple[Finding, ValidatedPath | None]:
    """The path of the credential's signer, or ``None`` with the reason.

    With ``x5c`` the issuer is the certificate's subject (SD-JWT VC section 2.5); an ``iss`` beside it must be an
    identifier that the certificate carries.
    """
    finding, path = validate_chain(chain_der, trust, at)
    named = credential.registered.issuer
    if path is not None and named is not None and named not in path.uris:
        return OTHER_IDENTIFIER, None
    return finding, path


def validate_chain(
    chain_der: tuple[bytes, ...], trust: TrustStore, at: datetime
) -> tuple[Finding, ValidatedPath | None]:
    """The path of a signer, or ``None`` with the reason."""
    try:
        return VALID, trust.validator.validate(chain_der, at)
    except PathError as cause:
        if cause.indeterminate:
            return UNKNOWN, None
        return with_detail(INVALID[cause.reason], cause.message), None
