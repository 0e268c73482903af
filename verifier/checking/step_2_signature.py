"""Step 2: the issuer's signature, and that every disclosure is one that it signed (RFC 9901 section 7.1)."""

from __future__ import annotations

from keys.errors import CertificateError
from standards.jose import SignatureError
from standards.sd_jwt import SdJwtError, UnsignedDisclosureError
from standards.sd_jwt_vc import UnverifiedCredential, VerifiedCredential, verify_credential
from standards.text import Text
from standards.verification_report import Finding, Outcome, Step
from verifier.checking.findings import REFUSE, with_detail
from verifier.checking.leaf_keys import leaf_key

VALID = Finding(
    Step.SIGNATURE,
    "signature-valid",
    Outcome.PASSED,
    Text("签发机构的签名有效，内容未被改动。", "The issuer's signature is valid and nothing was changed."),
)
INVALID = Finding(
    Step.SIGNATURE,
    "signature-invalid",
    Outcome.FAILED,
    Text(
        "签发机构的签名无效：证照可能是伪造的。", "The issuer's signature is not valid: this may be forged."
    ),
    REFUSE,
    sub_indication="SIG_CRYPTO_FAILURE",
)
ALGORITHM = Finding(
    Step.SIGNATURE,
    "algorithm-not-allowed",
    Outcome.FAILED,
    Text("签名使用了不允许的算法。", "The signature uses an algorithm that is not allowed."),
    REFUSE,
    sub_indication="CRYPTO_CONSTRAINTS_FAILURE",
)
NOT_SIGNED = Finding(
    Step.SIGNATURE,
    "disclosure-not-signed",
    Outcome.FAILED,
    Text("出示的内容与签发机构签署的不一致：可能被篡改。", "What was shown is not what the issuer signed."),
    REFUSE,
    sub_indication="HASH_FAILURE",
)
MALFORMED = Finding(
    Step.SIGNATURE,
    "disclosures-malformed",
    Outcome.FAILED,
    Text("证照内容不符合规范。", "The content of the licence breaks the rules of its format."),
    REFUSE,
    sub_indication="FORMAT_FAILURE",
)
NO_KEY = Finding(
    Step.SIGNATURE,
    "signer-certificate-unreadable",
    Outcome.FAILED,
    Text("无法读取签发机构的证书。", "The issuer's certificate cannot be read."),
    REFUSE,
    sub_indication="NO_SIGNING_CERTIFICATE_FOUND",
)


def verify_signature(credential: UnverifiedCredential) -> tuple[Finding, VerifiedCredential | None]:
    """The credential as verified with the key of its own leaf certificate; whose key that is, step 3 finds."""
    if credential.sd_jwt.jws.header.get("alg") != "ES256":
        return ALGORITHM, None
    try:
        issuer_key = leaf_key(credential.certificate_chain[0])
    except CertificateError:
        return NO_KEY, None
    if issuer_key is None:
        return ALGORITHM, None
    try:
        return VALID, verify_credential(credential, issuer_key)
    except UnsignedDisclosureError:
        return NOT_SIGNED, None
    except SdJwtError as cause:
        return with_detail(MALFORMED, cause.message), None
    except SignatureError:
        return INVALID, None
