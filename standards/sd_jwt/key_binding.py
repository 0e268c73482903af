"""The key binding JWT: proof that the holder showed this, to this verifier, now (RFC 9901 sections 4.3 and 7.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from standards.jose import JoseError, Sign, b64url_encode, build_jws, verify_jws
from standards.json_reader import Reader
from standards.sd_jwt.errors import (
    AudienceError,
    KeyBindingError,
    KeyBindingHashError,
    KeyBindingMissingError,
    KeyBindingTimeError,
    NonceError,
)
from standards.sd_jwt.parsing import UnverifiedSdJwt

TYPE: Final = "kb+jwt"
"""Media type in the header (RFC 9901 section 4.3)."""

_MAX_AUDIENCE_CHARS: Final = 2048
_MAX_NONCE_CHARS: Final = 1024


@dataclass(frozen=True, slots=True)
class VerifiedKeyBinding:
    """A key binding by the holder's key over this very presentation. Made only by ``verify_key_binding``.

    For whom and for which request it was made is still to be compared: ``require_answer_to``.

    Attributes:
        audience: the verifier that the holder meant, client id with its prefix (OpenID4VP 1.0 section 5.9.3).
        nonce: the request's nonce.
        issued_at: when the holder signed.
        claims: all of its claims; those beyond the four of the RFC mean what the two parties agreed (section 4.3).
    """

    audience: str
    nonce: str
    issued_at: datetime
    claims: Mapping[str, Any] = field(default_factory=dict)

    def require_answer_to(self, *, audience: str, nonce: str) -> None:
        """Raises ``AudienceError`` or ``NonceError`` unless it answers this verifier's request."""
        if not compare_digest(self.audience.encode(), audience.encode()):
            raise AudienceError("证照是出示给另一家机构的。", "The licence was shown to another verifier.")
        if not compare_digest(self.nonce.encode(), nonce.encode()):
            raise NonceError(
                "证照不是针对本次请求出示的。", "The licence was not shown in answer to this request."
            )


def sd_hash(bound_text: str) -> str:
    """Hash over an SD-JWT's text through its last ``~``, as presented (RFC 9901 section 4.3.1)."""
    return b64url_encode(sha256(bound_text.encode("ascii")).digest())


def build_key_binding(
    bound_text: str,
    *,
    audience: str,
    nonce: str,
    at: datetime,
    sign: Sign,
    extra: Mapping[str, Any] | None = None,
) -> str:
    """A key binding JWT for a presentation.

    Args:
        bound_text: SD-JWT with the chosen disclosures, ending in ``~``.
        audience: the verifier's client id, with its prefix.
        nonce: nonce of the request.
        at: the present instant.
        sign: signature with the holder's key that the credential names in ``cnf``.
        extra: further claims; never one of the four that this function sets.
    """
    claims = {"iat": int(at.timestamp()), "aud": audience, "nonce": nonce, "sd_hash": sd_hash(bound_text)}
    return build_jws({"typ": TYPE}, {**extra, **claims} if extra else claims, sign)


def verify_key_binding(
    sd_jwt: UnverifiedSdJwt,
    holder_key: ec.EllipticCurvePublicKey,
    *,
    at: datetime | None,
    max_age: timedelta = timedelta(minutes=10),
    clock_skew: timedelta = timedelta(seconds=60),
) -> VerifiedKeyBinding:
    """The key binding of a presentation, by the holder's key.

    Args:
        sd_jwt: the presentation.
        holder_key: key of the **verified** ``cnf`` claim.
        at: the instant of verification, or ``None`` to leave freshness unjudged: for a presentation that answers
            no request of ours, whose time therefore proves nothing.
        max_age: how long ago the holder may have signed.
        clock_skew: how far the holder's clock may run ahead or behind.

    Raises a ``KeyBindingError``: ``KeyBindingMissingError`` without one, ``KeyBindingHashError`` when it covers
    another presentation, ``KeyBindingTimeError`` when it is not fresh.
    """
    if sd_jwt.key_binding is None:
        raise KeyBindingMissingError(
            "出示的证照没有持有人签名。", "The licence was shown without the holder's signature."
        )
    try:
        payload = verify_jws(sd_jwt.key_binding, holder_key, typ=TYPE).claims()
    except JoseError as cause:
        raise KeyBindingError(
            f"持有人签名无效：{cause.message.zh}", f"The holder's signature is not valid: {cause.message.en}"
        ) from cause
    claims = Reader(payload, error=KeyBindingError)
    issued_at = claims.instant("iat")
    # A single text: a list of audiences would answer several verifiers at once (section 4.3).
    audience = claims.text("aud", max_chars=_MAX_AUDIENCE_CHARS)
    nonce = claims.text("nonce", max_chars=_MAX_NONCE_CHARS)
    if claims.text("sd_hash") != sd_hash(sd_jwt.bound_text):
        raise KeyBindingHashError(
            "持有人签名不是针对所出示内容的。",
            "The holder's signature is over something else than what was shown.",
        )
    if at is not None:
        _require_fresh(issued_at, at, max_age=max_age, clock_skew=clock_skew)
        _require_valid(claims, at, clock_skew=clock_skew)
    return VerifiedKeyBinding(audience, nonce, issued_at, payload)


def _require_fresh(issued_at: datetime, at: datetime, *, max_age: timedelta, clock_skew: timedelta) -> None:
    if issued_at > at + clock_skew:
        raise KeyBindingTimeError(
            "持有人签名的时间在将来。", "The holder's signature is dated in the future."
        )
    if issued_at < at - max_age - clock_skew:
        raise KeyBindingTimeError("持有人签名已过时。", "The holder's signature was made too long ago.")


def _require_valid(claims: Reader, at: datetime, *, clock_skew: timedelta) -> None:
    """``exp`` and ``nbf`` are not required here, but count where they are present (section 7.3 step 5, RFC 7519)."""
    expires_at = claims.optional_instant("exp")
    not_before = claims.optional_instant("nbf")
    if expires_at is not None and at - clock_skew >= expires_at:
        raise KeyBindingTimeError("持有人签名已过期。", "The holder's signature has expired.")
    if not_before is not None and at + clock_skew < not_before:
        raise KeyBindingTimeError("持有人签名尚未生效。", "The holder's signature is not yet valid.")
