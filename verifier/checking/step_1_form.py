"""Step 1: the form is parsed (SD-JWT VC, RFC 9901 and draft-ietf-oauth-sd-jwt-vc-13)."""

from __future__ import annotations

from standards.sd_jwt_vc import CredentialError, UnverifiedCredential, parse_credential
from standards.text import Text
from standards.verification_report import Finding, Outcome, Step
from verifier.checking.findings import SHOW_AGAIN, with_detail
from verifier.checking.policy import VerificationPolicy

READ = Finding(Step.FORM, "form-read", Outcome.PASSED, Text("证照格式正确。", "The licence could be read."))
UNREADABLE = Finding(
    Step.FORM,
    "form-unreadable",
    Outcome.FAILED,
    Text("无法读取：这不是有效的电子证照。", "This cannot be read as an electronic licence."),
    SHOW_AGAIN,
    sub_indication="FORMAT_FAILURE",
)


def parse_form(text: str, policy: VerificationPolicy) -> tuple[Finding, UnverifiedCredential | None]:
    """The credential in ``text``, nothing of it verified, or ``None`` with the reason."""
    try:
        credential = parse_credential(text, max_chars=policy.max_presentation_chars)
    except CredentialError as cause:
        return with_detail(UNREADABLE, cause.message), None
    return READ, credential
