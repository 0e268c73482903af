"""Proof Key for Code Exchange (RFC 7636), method S256 only: ``plain`` protects against nothing that HAIP fears."""

from __future__ import annotations

import hashlib
import hmac
import re

from standards.jose import b64url_encode
from standards.oauth.errors import InvalidGrantError, InvalidRequestError

METHOD = "S256"
"""The only ``code_challenge_method`` spoken here (RFC 7636 section 4.3, HAIP 1.0)."""

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


def build_code_challenge(verifier: str) -> str:
    """The S256 challenge of ``verifier`` (RFC 7636 section 4.2).

    Raises:
        InvalidRequestError: the verifier is not 43 to 128 unreserved characters (section 4.1).
    """
    if not _VERIFIER.fullmatch(verifier):
        raise InvalidRequestError(
            "code_verifier 须为 43 至 128 个非保留字符。",
            "The code_verifier is not 43 to 128 unreserved characters.",
        )
    return b64url_encode(hashlib.sha256(verifier.encode("ascii")).digest())


def parse_code_challenge(challenge: str, method: str | None) -> str:
    """A challenge as received with an authorisation request; a missing method means ``plain`` and is refused.

    Raises:
        InvalidRequestError: another method than S256, or not the text of a SHA-256 digest.
    """
    if method != METHOD or not _CHALLENGE.fullmatch(challenge):
        raise InvalidRequestError(
            "须使用 S256 方式的 code_challenge。", "A code_challenge of method S256 is required."
        )
    return challenge


def verify_code_verifier(verifier: str, challenge: str) -> None:
    """Check the verifier of a token request against the challenge of its authorisation (RFC 7636 section 4.6).

    Raises:
        InvalidRequestError: the verifier is malformed.
        InvalidGrantError: it belongs to another challenge.
    """
    if not hmac.compare_digest(build_code_challenge(verifier), challenge):
        raise InvalidGrantError(
            "code_verifier 与授权请求不符。", "The code_verifier does not match the challenge."
        )
