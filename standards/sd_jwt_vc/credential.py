"""Reading and verifying a credential (draft-ietf-oauth-sd-jwt-vc-13 sections 2.2 and 2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from standards.errors import InvalidInputError
from standards.jose import JoseError, PublicJwk, parse_public_jwk, verify_jws, x5c_of
from standards.json_reader import Reader
from standards.sd_jwt import RevealedPath, UnverifiedSdJwt, parse_sd_jwt, reveal_with_paths
from standards.sd_jwt.errors import SdJwtError
from standards.sd_jwt.parsing import DEFAULT_MAX_CHARS
from standards.sd_jwt_vc.errors import CredentialError
from standards.sd_jwt_vc.names import NEVER_DISCLOSABLE, TYPE
from standards.status_list import StatusReference, parse_status_claim

_MAX_URI_CHARS: Final = 2048


@dataclass(frozen=True, slots=True)
class RegisteredClaims:
    """The claims of a credential that are always in the clear (section 2.2.2.1).

    Attributes:
        vct: the credential type.
        vct_integrity: integrity of the type's metadata, or ``None``.
        issuer: ``iss``, or ``None``; with ``x5c`` the certificate's subject is the issuer.
        issued_at: ``iat``, or ``None``.
        not_before: ``nbf``, or ``None``.
        expires_at: ``exp``, or ``None``.
        holder_key: key of ``cnf``, or ``None`` for a credential without holder binding.
        status: reference to the status entry, or ``None``.
    """

    vct: str
    vct_integrity: str | None
    issuer: str | None
    issued_at: datetime | None
    not_before: datetime | None
    expires_at: datetime | None
    holder_key: PublicJwk | None
    status: StatusReference | None


@dataclass(frozen=True, slots=True)
class UnverifiedCredential:
    """A well-formed SD-JWT VC of which nothing has been verified.

    Attributes:
        sd_jwt: its parts.
        certificate_chain: DER certificates of the signer, leaf first.
        unverified: its registered claims.
    """

    sd_jwt: UnverifiedSdJwt
    certificate_chain: tuple[bytes, ...]
    unverified: RegisteredClaims


@dataclass(frozen=True, slots=True)
class VerifiedCredential:
    """A credential whose issuer's signature and disclosures were verified. Made only by ``verify_credential``.

    Attributes:
        registered: the registered claims.
        claims: all claims, with everything disclosed put in its place.
        disclosed: path of each claim that the holder chose to disclose.
    """

    registered: RegisteredClaims
    claims: Mapping[str, Any]
    disclosed: tuple[RevealedPath, ...]


def parse_credential(text: str, *, max_chars: int = DEFAULT_MAX_CHARS) -> UnverifiedCredential:
    """A credential, with or without key binding, from untrusted text.

    Raises ``CredentialError`` when it is no SD-JWT, not of type ``dc+sd-jwt``, has no certificate chain, or a
    registered claim is malformed.
    """
    try:
        sd_jwt = parse_sd_jwt(text, max_chars=max_chars)
        certificate_chain = x5c_of(sd_jwt.jws.header)
        registered = _parse_registered(sd_jwt.unverified_claims)
    except InvalidInputError as cause:
        raise CredentialError(cause.message.zh, cause.message.en, where=cause.where) from cause
    if sd_jwt.jws.header.get("typ") != TYPE:
        raise CredentialError(
            f"证照类型应为 {TYPE}。", f"The credential is not of type {TYPE}.", where="/typ"
        )
    return UnverifiedCredential(sd_jwt, certificate_chain, registered)


def verify_credential(
    credential: UnverifiedCredential, issuer_key: ec.EllipticCurvePublicKey
) -> VerifiedCredential:
    """The credential as verified with the key of its leaf certificate, whose path the caller validates.

    Raises ``SignatureError`` when signature or algorithm is wrong, ``UnsignedDisclosureError`` for a disclosure that
    the issuer did not sign, ``SdJwtError`` for other breaches of RFC 9901 section 7.1, a registered claim among the
    disclosures included.
    """
    sd_jwt = credential.sd_jwt
    verify_jws(sd_jwt.jws, issuer_key, typ=TYPE)
    claims, disclosed = reveal_with_paths(sd_jwt.unverified_claims, sd_jwt.disclosures)
    for name in NEVER_DISCLOSABLE:
        if name in claims and name not in sd_jwt.unverified_claims:
            raise SdJwtError(
                f"此项不得选择性披露：{name}。", f"This claim must not be selectively disclosed: {name}."
            )
    return VerifiedCredential(credential.unverified, claims, disclosed)


def _parse_registered(claims: dict[str, Any]) -> RegisteredClaims:
    reader = Reader(claims, error=CredentialError)
    confirmation = reader.optional_object("cnf")
    holder_key = None
    if confirmation is not None:
        try:
            holder_key = parse_public_jwk(confirmation.any("jwk"))
        except JoseError as cause:
            raise confirmation.fail("jwk", cause.message.zh, cause.message.en) from cause
    return RegisteredClaims(
        vct=reader.text("vct", max_chars=_MAX_URI_CHARS),
        vct_integrity=reader.optional_text("vct#integrity", max_chars=_MAX_URI_CHARS),
        issuer=reader.optional_text("iss", max_chars=_MAX_URI_CHARS),
        issued_at=reader.optional_instant("iat"),
        not_before=reader.optional_instant("nbf"),
        expires_at=reader.optional_instant("exp"),
        holder_key=holder_key,
        status=parse_status_claim(claims["status"]) if "status" in claims else None,
    )
