"""An identity code: parsed without belief, then verified with one key of a known issuer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from standards.claim169.errors import Claim169Error, Claim169SignatureError
from standards.claim169.identity import Identity, read_identity
from standards.claim169.unpacking import decode_item, unpack
from standards.cwt.cose import ALG, CRIT, ES256, signing_input
from standards.jose import verify_es256

EDDSA: Final = -8
"""RFC 9053 section 2.2."""

CLAIM_169: Final = 169
_KID: Final = 4
_ISS, _SUB, _EXP, _NBF, _IAT = 1, 2, 4, 5, 6
_MAX_ISSUER_CHARS: Final = 300
_MAX_KID_BYTES: Final = 128
_LATEST_SECOND: Final = 253_402_300_799  # 9999-12-31T23:59:59Z, the last that a datetime holds

IdentityKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey
"""Keys that the two algorithms of the specification use: ES256 on P-256, EdDSA on Ed25519."""


@dataclass(frozen=True, slots=True)
class UnverifiedIdentityCode:
    """A well-formed identity code of which nothing has been verified.

    Attributes:
        algorithm: COSE algorithm of the protected header, or ``None``.
        key_id: ``kid``, or ``None``.
        has_critical: whether a header must be understood that is not.
        issuer: ``iss`` as written, or ``None``.
        subject: ``sub``, or ``None``.
        issued_at, not_before, expires_at: times of the CWT, or ``None``.
        identity: the person.
        protected, payload, signature: as received.
    """

    algorithm: int | None
    key_id: bytes | None
    has_critical: bool
    issuer: str | None
    subject: str | None
    issued_at: datetime | None
    not_before: datetime | None
    expires_at: datetime | None
    identity: Identity
    protected: bytes
    payload: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class VerifiedIdentityCode:
    """An identity code whose signature holds under a key. Made only by :func:`verify_identity_code`."""

    code: UnverifiedIdentityCode


def parse_identity_code(text: str) -> UnverifiedIdentityCode:
    """An identity code from what a scanner typed; raises ``Claim169Error``."""
    message = decode_item(unpack(text.strip(" \t\r\n")))
    match message:
        case [bytes(protected_bytes), unprotected, bytes(payload), bytes(signature)] if isinstance(
            unprotected, Mapping
        ):
            protected = decode_item(protected_bytes) if protected_bytes else {}
        case _:
            raise Claim169Error("这不是签名的身份码。", "This is no signed identity code.")
    claims = decode_item(payload)
    if not isinstance(protected, Mapping) or not isinstance(claims, Mapping):
        raise Claim169Error("这不是签名的身份码。", "This is no signed identity code.")
    person = claims.get(CLAIM_169)
    if not isinstance(person, Mapping):
        raise Claim169Error("码中没有身份信息。", "There is no identity in the code.")
    algorithm = protected.get(ALG)
    return UnverifiedIdentityCode(
        algorithm=algorithm if type(algorithm) is int else None,
        key_id=_key_id(protected.get(_KID, unprotected.get(_KID))),
        has_critical=CRIT in protected or CRIT in unprotected,
        issuer=_text(claims.get(_ISS)),
        subject=_text(claims.get(_SUB)),
        issued_at=_instant(claims.get(_IAT)),
        not_before=_instant(claims.get(_NBF)),
        expires_at=_instant(claims.get(_EXP)),
        identity=read_identity(person),
        protected=protected_bytes,
        payload=payload,
        signature=signature,
    )


def verify_identity_code(code: UnverifiedIdentityCode, key: IdentityKey) -> VerifiedIdentityCode:
    """The code as signed with ``key``; raises ``Claim169SignatureError``.

    The key decides the algorithm; what the header says must be the same.
    """
    if code.has_critical:
        raise Claim169SignatureError("身份码要求了不支持的特性。", "A header must be understood that is not.")
    signed = signing_input(code.protected, code.payload, b"")
    if isinstance(key, ed25519.Ed25519PublicKey):
        holds = code.algorithm == EDDSA and _ed25519_holds(key, code.signature, signed)
    else:
        holds = (
            code.algorithm == ES256
            and len(code.signature) == 64
            and verify_es256(key, signed, code.signature)
        )
    if not holds:
        raise Claim169SignatureError("身份码的签名无效。", "The signature of the identity code is not valid.")
    return VerifiedIdentityCode(code)


def _ed25519_holds(key: ed25519.Ed25519PublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _key_id(value: Any) -> bytes | None:
    return value if isinstance(value, bytes) and 0 < len(value) <= _MAX_KID_BYTES else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= _MAX_ISSUER_CHARS else None


def _instant(value: Any) -> datetime | None:
    """A NumericDate (RFC 8392 section 2). One that is there and cannot be is an error: it must not count as "no end"."""
    if value is None:
        return None
    if type(value) not in (int, float) or not 0 <= value <= _LATEST_SECOND:
        raise Claim169Error("身份码的时间格式不对。", "A time of the identity code does not have its form.")
    return datetime.fromtimestamp(int(value), UTC)
