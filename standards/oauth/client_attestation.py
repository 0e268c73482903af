"""Attestation-based client authentication (draft-ietf-oauth-attestation-based-client-auth, the text of draft 07).

A wallet's provider says with its own certificate that a key belongs to one of its wallets; the wallet proves that it
has the key. HAIP 1.0 asks for it in place of a client secret, with the provider's chain in ``x5c``. Drafts differ in
whether ``iss`` is there: it is written, and its absence is accepted. All of the draft that this project knows is here.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from standards.errors import InvalidInputError
from standards.jose import (
    JoseError,
    PublicJwk,
    Sign,
    UnverifiedJws,
    build_jws,
    build_x5c,
    parse_jws,
    parse_public_jwk,
    verify_jws,
    x5c_of,
)
from standards.json_reader import Reader
from standards.oauth.errors import InvalidClientError

ATTESTATION_HEADER: Final = "OAuth-Client-Attestation"
POP_HEADER: Final = "OAuth-Client-Attestation-PoP"
CHALLENGE_HEADER: Final = "OAuth-Client-Attestation-Challenge"
"""HTTP header fields (sections 6 and 8)."""

AUTH_METHOD: Final = "attest_jwt_client_auth"
"""Value of ``token_endpoint_auth_methods_supported`` (section 13.4)."""

TYP: Final = "oauth-client-attestation+jwt"
POP_TYP: Final = "oauth-client-attestation-pop+jwt"

MAX_LIFETIME: Final = timedelta(days=1)
"""Longest life of an attestation that is accepted: a provider that was withdrawn speaks no longer than this."""

POP_LIFETIME: Final = timedelta(minutes=5)
"""How far ``iat`` of a proof may lie from now, either way."""

_CLOCK_SKEW: Final = timedelta(seconds=60)
_MAX_CHARS: Final = 24 * 1024
_MAX_URI_CHARS: Final = 2048
_MAX_JTI_CHARS: Final = 128


class InvalidClientAttestationError(InvalidClientError):
    """The attestation or its proof of possession does not hold."""

    error = "invalid_client_attestation"
    code = "oauth-invalid-client-attestation"


class UseAttestationChallengeError(InvalidClientError):
    """The proof must carry the server's challenge: ask again with it."""

    error = "use_attestation_challenge"
    code = "oauth-use-attestation-challenge"


class _MalformedError(InvalidInputError):
    """Inside this module only: becomes an ``InvalidClientAttestationError`` before it leaves."""


@dataclass(frozen=True, slots=True)
class UnverifiedClientAttestation:
    """A well-formed attestation that nobody has checked.

    Attributes:
        jws: its parts.
        certificate_chain: DER certificates of the provider, leaf first; the caller validates the path and the role.
    """

    jws: UnverifiedJws
    certificate_chain: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class VerifiedClientAttestation:
    """An attestation by the key of the certificate. Made only by ``verify_client_attestation``.

    Attributes:
        client_id: ``sub``: the client that the key belongs to.
        instance_key: ``cnf``: the key that the proof must be by.
        issuer: ``iss``, or ``None``.
        expires_at: ``exp``.
    """

    client_id: str
    instance_key: PublicJwk
    issuer: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ClientAttestationPop:
    """A proof of possession that holds. Made only by ``verify_client_attestation_pop``.

    Attributes:
        jti: a server that refuses replays remembers it for ``POP_LIFETIME``.
        issued_at: ``iat``.
        challenge: the server's challenge that it carries, or ``None``.
    """

    jti: str
    issued_at: datetime
    challenge: str | None


def build_client_attestation(
    *,
    client_id: str,
    jwk: PublicJwk,
    issuer: str,
    certificate_chain: Iterable[bytes],
    issued_at: datetime,
    expires_at: datetime,
    sign: Sign,
) -> str:
    """The provider's word for one key of a wallet (section 5.1).

    Args:
        client_id: of the wallet, the same for all wallets of a provider.
        jwk: the wallet's key; a fresh one for each issuer, so that issuers cannot tell that a wallet is the same.
        issuer: the provider.
        certificate_chain: DER, leaf first, without the anchor (HAIP 1.0).
        issued_at: the present instant.
        expires_at: its end.
        sign: signature of the leaf's key.
    """
    claims = {
        "iss": issuer,
        "sub": client_id,
        "iat": int(issued_at.timestamp()),
        "exp": int(expires_at.timestamp()),
        "cnf": {"jwk": jwk.to_dict()},
    }
    return build_jws({"typ": TYP, "x5c": build_x5c(certificate_chain)}, claims, sign)


def build_client_attestation_pop(
    *, client_id: str, audience: str, jti: str, at: datetime, sign: Sign, challenge: str | None = None
) -> str:
    """The wallet's proof for one request (section 5.2).

    Args:
        client_id: the attestation's ``sub``.
        audience: issuer identifier of the authorisation server.
        jti: unique for each proof, 96 random bits or more.
        at: now.
        sign: signature with the key that the attestation names.
        challenge: the server's, if it gave one.
    """
    claims: dict[str, Any] = {"iss": client_id, "aud": audience, "jti": jti, "iat": int(at.timestamp())}
    if challenge is not None:
        claims["challenge"] = challenge
    return build_jws({"typ": POP_TYP}, claims, sign)


def parse_client_attestation(text: str) -> UnverifiedClientAttestation:
    """An attestation from an untrusted header field; raises ``InvalidClientAttestationError``."""
    try:
        jws = parse_jws(text, max_chars=_MAX_CHARS)
        return UnverifiedClientAttestation(jws, x5c_of(jws.header))
    except JoseError as cause:
        raise _invalid(cause.message.en) from cause


def verify_client_attestation(
    unverified: UnverifiedClientAttestation, provider_key: ec.EllipticCurvePublicKey, *, at: datetime
) -> VerifiedClientAttestation:
    """The attestation as verified with the provider's key.

    Args:
        unverified: what was received.
        provider_key: key of the leaf certificate, whose path and role (wallet provider) the caller has checked.
        at: now.

    Raises ``InvalidClientAttestationError``.
    """
    try:
        claims = Reader(verify_jws(unverified.jws, provider_key, typ=TYP).claims(), error=_MalformedError)
        client_id = claims.text("sub", max_chars=_MAX_URI_CHARS)
        issuer = claims.optional_text("iss", max_chars=_MAX_URI_CHARS)
        expires_at = claims.instant("exp")
        issued_at = claims.optional_instant("iat")
        not_before = claims.optional_instant("nbf")
        key = parse_public_jwk(claims.object("cnf").any("jwk"))
    except InvalidInputError as cause:
        raise _invalid(cause.message.en) from cause
    if at >= expires_at or expires_at > at + MAX_LIFETIME + _CLOCK_SKEW:
        raise _invalid("The attestation has expired, or lasts too long.")
    if any(start is not None and start > at + _CLOCK_SKEW for start in (issued_at, not_before)):
        raise _invalid("The attestation is dated in the future.")
    return VerifiedClientAttestation(client_id, key, issuer, expires_at)


def verify_client_attestation_pop(
    text: str,
    attestation: VerifiedClientAttestation,
    *,
    audience: str,
    at: datetime,
    accept_challenge: Callable[[str], bool] | None = None,
) -> ClientAttestationPop:
    """Check the proof of possession for a **verified** attestation (section 5.2).

    Args:
        text: the header field, untrusted.
        attestation: the one that came with it.
        audience: the issuer identifier of this authorisation server.
        at: now.
        accept_challenge: given by a server that demands its own challenge; says whether one is its own and fresh.

    Raises ``InvalidClientAttestationError``, ``UseAttestationChallengeError``.
    """
    try:
        jws = parse_jws(text, max_chars=_MAX_CHARS)
        payload = verify_jws(jws, attestation.instance_key.public_key(), typ=POP_TYP).claims()
        claims = Reader(payload, error=_MalformedError)
        issuer = claims.optional_text("iss", max_chars=_MAX_URI_CHARS)
        named = claims.text("aud", max_chars=_MAX_URI_CHARS)
        jti = claims.text("jti", max_chars=_MAX_JTI_CHARS)
        issued_at = claims.instant("iat")
        challenge = claims.optional_text("challenge", max_chars=_MAX_URI_CHARS)
    except InvalidInputError as cause:
        raise _invalid(cause.message.en) from cause
    if issuer is not None and not _equal(issuer, attestation.client_id):
        raise _invalid("The proof is by another client.")
    if not _equal(named, audience):
        raise _invalid("The proof is for another server.")
    if abs(issued_at - at) > POP_LIFETIME:
        raise _invalid("The proof was not made just now.")
    if accept_challenge is not None and (challenge is None or not accept_challenge(challenge)):
        raise UseAttestationChallengeError(
            "客户端证明须携带服务器的挑战值。",
            "The proof needs the challenge of this server.",
            where=POP_HEADER,
        )
    return ClientAttestationPop(jti, issued_at, challenge)


def _equal(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())


def _invalid(en: str) -> InvalidClientAttestationError:
    return InvalidClientAttestationError("钱包证明无效。", en, where=ATTESTATION_HEADER)
