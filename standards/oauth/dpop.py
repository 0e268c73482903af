"""DPoP: access tokens bound to a key of the client (RFC 9449)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from standards.jose import (
    JoseError,
    PublicJwk,
    Sign,
    b64url_encode,
    build_jws,
    parse_jws,
    parse_public_jwk,
    verify_jws,
)
from standards.oauth.errors import InvalidDpopProofError, UseDpopNonceError

TYP = "dpop+jwt"
"""Header ``typ`` of a proof (RFC 9449 section 4.2)."""

ALGORITHMS = ("ES256",)
"""Signature algorithms accepted, as announced in ``dpop_signing_alg_values_supported``."""

PROOF_LIFETIME = timedelta(minutes=5)
"""How far ``iat`` may lie from now, either way (RFC 9449 section 11.1 asks for a short window)."""

_MAX_PROOF_CHARS = 4_096
_MAX_JTI_CHARS = 128
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class DpopProof:
    """A proof that holds; made only by :func:`verify_dpop_proof`.

    Attributes:
        jkt: RFC 7638 thumbprint of the client's key, to bind a token to or to compare with a token's ``cnf.jkt``.
        jti: identifier of the proof; a server that refuses replays remembers it for :data:`PROOF_LIFETIME`.
        issued_at: ``iat``.
        nonce: the server's nonce that the proof carries, or ``None``.
    """

    jkt: str
    jti: str
    issued_at: datetime
    nonce: str | None


def target_uri(uri: str) -> str:
    """``uri`` as ``htu`` carries it: no query, no fragment, scheme and host in lower case, default port left out.

    RFC 9449 section 4.3 item 9 with the normalisation of RFC 3986 section 6.2.2 and 6.2.3.

    Raises:
        ValueError: not an absolute http or https URI.
    """
    parts = urlsplit(uri)
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError("not an absolute http(s) URI")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = "" if parts.port in (None, _DEFAULT_PORTS[scheme]) else f":{parts.port}"
    return urlunsplit((scheme, host + port, parts.path or "/", "", ""))


def access_token_hash(access_token: str) -> str:
    """``ath``: base64url of the SHA-256 of the token's ASCII text (RFC 9449 section 4.2)."""
    return b64url_encode(hashlib.sha256(access_token.encode("utf-8")).digest())


def build_dpop_proof(
    *,
    method: str,
    uri: str,
    jwk: PublicJwk,
    sign: Sign,
    jti: str,
    at: datetime,
    access_token: str | None = None,
    nonce: str | None = None,
) -> str:
    """A proof for one request (RFC 9449 section 4.2).

    Args:
        method: the HTTP method of the request.
        uri: its URI; query and fragment are left out of ``htu``.
        jwk: the client's public key, the one behind ``sign``.
        sign: signs the message with that key.
        jti: unique for every proof, 96 random bits or more.
        at: now.
        access_token: at a resource, the token presented, for ``ath``.
        nonce: the last ``DPoP-Nonce`` of this server, if it sent one.
    """
    claims: dict[str, Any] = {"jti": jti, "htm": method, "htu": target_uri(uri), "iat": int(at.timestamp())}
    if access_token is not None:
        claims["ath"] = access_token_hash(access_token)
    if nonce is not None:
        claims["nonce"] = nonce
    return build_jws({"typ": TYP, "jwk": jwk.to_dict()}, claims, sign)


def verify_dpop_proof(
    proof: str,
    *,
    method: str,
    uri: str,
    at: datetime,
    access_token: str | None = None,
    expected_jkt: str | None = None,
    accept_nonce: Callable[[str], bool] | None = None,
    lifetime: timedelta = PROOF_LIFETIME,
) -> DpopProof:
    """Check a proof in the order of RFC 9449 section 4.3; the caller refuses a second ``DPoP`` header field.

    Args:
        proof: the value of the ``DPoP`` header field, untrusted.
        method: HTTP method of the request that carried it.
        uri: URI at which the request arrived, as the client addressed it (public origin, not the proxy's).
        at: now.
        access_token: at a resource, the token that was presented with the proof.
        expected_jkt: the key to which that token is bound.
        accept_nonce: given by a server that demands its own nonce; says whether a nonce is one of its fresh ones.
        lifetime: how far ``iat`` may lie from ``at``.

    Raises:
        InvalidDpopProofError: the proof does not hold.
        UseDpopNonceError: the server's nonce is missing or no longer fresh.
    """
    try:
        unverified = parse_jws(proof, max_chars=_MAX_PROOF_CHARS)
        jwk = parse_public_jwk(unverified.header.get("jwk"))
        claims = verify_jws(unverified, jwk.public_key(), typ=TYP).claims()
    except JoseError as error:
        raise _invalid(error.message.en) from error
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= _MAX_JTI_CHARS:
        raise _invalid("The proof has no usable jti.")
    if claims.get("htm") != method:
        raise _invalid("The proof is for another HTTP method.")
    if not _same_target(claims.get("htu"), uri):
        raise _invalid("The proof is for another address.")
    nonce = claims.get("nonce")
    if nonce is not None and not isinstance(nonce, str):
        raise _invalid("The nonce of the proof is not a text.")
    if accept_nonce is not None and (nonce is None or not accept_nonce(nonce)):
        raise UseDpopNonceError(
            "DPoP 证明须携带服务器的随机数。", "The proof needs the nonce of this server.", where="DPoP"
        )
    issued_at = _issued_at(claims.get("iat"), at, lifetime)
    if access_token is not None:
        ath = claims.get("ath")
        if not isinstance(ath, str) or not _equal(ath, access_token_hash(access_token)):
            raise _invalid("The proof is for another access token.")
    jkt = jwk.thumbprint()
    if expected_jkt is not None and not _equal(jkt, expected_jkt):
        raise _invalid("The access token is bound to another key.")
    return DpopProof(jkt, jti, issued_at, nonce)


def _issued_at(iat: object, at: datetime, lifetime: timedelta) -> datetime:
    seconds = iat if isinstance(iat, int | float) and not isinstance(iat, bool) else None
    if seconds is None or not abs(seconds - at.timestamp()) <= lifetime.total_seconds():
        raise _invalid("The proof was not made just now.")
    return datetime.fromtimestamp(seconds, UTC)


def _same_target(htu: object, uri: str) -> bool:
    if not isinstance(htu, str):
        return False
    try:
        return target_uri(htu) == target_uri(uri)
    except ValueError:
        return False


def _equal(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode("utf-8", "surrogatepass"), right.encode("utf-8", "surrogatepass"))


def _invalid(en: str) -> InvalidDpopProofError:
    return InvalidDpopProofError("DPoP 证明无效。", en, where="DPoP")
