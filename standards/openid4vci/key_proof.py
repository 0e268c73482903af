"""Key proofs of type ``jwt`` (OpenID4VCI 1.0 appendix F.1): the wallet holds the key that a copy is bound to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from standards.jose import (
    JoseError,
    PublicJwk,
    Sign,
    UnverifiedJws,
    build_jws,
    parse_jws,
    parse_public_jwk,
    public_jwk_of,
    verify_jws,
    x5c_of,
)
from standards.openid4vci.errors import InvalidNonceError, InvalidProofError

TYP: Final = "openid4vci-proof+jwt"
"""Header ``typ`` of a proof."""

PROOF_TYPE: Final = "jwt"
"""The proof type, key of the ``proofs`` object."""

ALGORITHMS: Final = ("ES256",)
"""``proof_signing_alg_values_supported``."""

PROOF_LIFETIME: Final = timedelta(minutes=10)
"""How far ``iat`` may lie in the past; freshness itself comes from the nonce."""

CLOCK_SKEW: Final = timedelta(minutes=1)
"""How far ``iat`` may lie in the future."""

_MAX_PROOF_CHARS: Final = 16_384


@dataclass(frozen=True, slots=True)
class KeyProof:
    """A proof that holds; made only by :func:`verify_key_proof`.

    Attributes:
        jwk: the holder's public key: what the copy is to be bound to.
        nonce: the ``c_nonce`` in it; the caller says whether it is fresh and unused.
        issued_at: ``iat``.
    """

    jwk: PublicJwk
    nonce: str
    issued_at: datetime


def build_key_proof(
    *, issuer: str, jwk: PublicJwk, sign: Sign, nonce: str, at: datetime, client_id: str | None = None
) -> str:
    """A proof for the key ``jwk`` that is behind ``sign``.

    Args:
        issuer: credential issuer identifier, the audience.
        jwk: the public key.
        sign: signs with the private key.
        nonce: the issuer's ``c_nonce``.
        at: now.
        client_id: the wallet's identifier; ``None`` when the token was got anonymously, then there is no ``iss``.
    """
    claims: dict[str, Any] = {"aud": issuer, "iat": int(at.timestamp()), "nonce": nonce}
    if client_id is not None:
        claims["iss"] = client_id
    return build_jws({"typ": TYP, "jwk": jwk.to_dict()}, claims, sign)


def verify_key_proof(
    proof: str,
    *,
    issuer: str,
    at: datetime,
    client_id: str | None = None,
    resolve_kid: Callable[[str], PublicJwk | None] | None = None,
    lifetime: timedelta = PROOF_LIFETIME,
) -> KeyProof:
    """Check everything about a proof except that its nonce is fresh (appendix F.4).

    Args:
        proof: the JWT, untrusted.
        issuer: our credential issuer identifier.
        at: now.
        client_id: the client that got the access token; ``None`` when it was anonymous.
        resolve_kid: finds a key by its ``kid``; without it proofs by ``kid`` are refused.
        lifetime: how old the proof may be.

    Raises:
        InvalidProofError: the proof does not hold.
        InvalidNonceError: it carries no nonce.
    """
    try:
        unverified = parse_jws(proof, max_chars=_MAX_PROOF_CHARS)
        jwk = _key_of(unverified, resolve_kid)
        claims = verify_jws(unverified, jwk.public_key(), typ=TYP).claims()
    except JoseError as error:
        raise _invalid(error.message.en) from error
    _check_audience(claims.get("aud"), issuer)
    if "iss" in claims and (client_id is None or claims["iss"] != client_id):
        # Appendix F.1: iss must be left out when the access token was got anonymously.
        raise _invalid("The proof names a client that did not get the access token.")
    issued_at = _issued_at(claims.get("iat"), at, lifetime)
    nonce = claims.get("nonce")
    if nonce is None:
        raise InvalidNonceError("密钥证明未含随机数。", "The key proof carries no nonce.")
    if not isinstance(nonce, str):
        raise _invalid("The nonce of the proof is not a text.")
    return KeyProof(jwk, nonce, issued_at)


def _key_of(unverified: UnverifiedJws, resolve_kid: Callable[[str], PublicJwk | None] | None) -> PublicJwk:
    """The key by the one of ``kid``, ``jwk`` and ``x5c`` that the header carries (appendix F.1)."""
    header = unverified.header
    named = [name for name in ("kid", "jwk", "x5c") if name in header]
    if len(named) != 1:
        raise _invalid("The proof must carry exactly one of kid, jwk and x5c.")
    if named == ["jwk"]:
        return parse_public_jwk(header["jwk"])
    if named == ["x5c"]:
        return _key_of_certificate(x5c_of(header)[0])
    kid = header["kid"]
    found = resolve_kid(kid) if resolve_kid is not None and isinstance(kid, str) else None
    if found is None:
        raise _invalid("The key named by kid is not known here; send jwk or x5c.")
    return found


def _key_of_certificate(der: bytes) -> PublicJwk:
    try:
        key = x509.load_der_x509_certificate(der).public_key()
    except Exception as error:  # the parser has many ways to say no, some outside ValueError
        raise _invalid("The certificate of the proof cannot be read.") from error
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise _invalid("The certificate of the proof has no P-256 key.")
    return public_jwk_of(key)


def _check_audience(aud: object, issuer: str) -> None:
    if aud not in (issuer, [issuer]):
        raise _invalid("The proof is for another credential issuer.")


def _issued_at(iat: object, at: datetime, lifetime: timedelta) -> datetime:
    seconds = iat if isinstance(iat, int | float) and not isinstance(iat, bool) else None
    if seconds is None:
        raise _invalid("The proof has no time of issue.")
    age = at.timestamp() - seconds
    if not -CLOCK_SKEW.total_seconds() <= age <= lifetime.total_seconds():
        raise _invalid("The proof was not made just now.")
    return datetime.fromtimestamp(seconds, UTC)


def _invalid(en: str) -> InvalidProofError:
    return InvalidProofError("密钥证明无效。", en, where="/proofs/jwt")
