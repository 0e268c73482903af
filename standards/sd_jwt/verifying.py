"""Verifying the issuer's part of an SD-JWT (RFC 9901 section 7.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from standards.jose import verify_jws
from standards.sd_jwt.parsing import UnverifiedSdJwt
from standards.sd_jwt.revealing import reveal


@dataclass(frozen=True, slots=True)
class VerifiedSdJwt:
    """An SD-JWT whose issuer's signature and disclosures were verified. Made only by ``verify_sd_jwt``.

    Attributes:
        header: protected header of the issuer-signed JWT.
        claims: claims with everything disclosed put in its place.
    """

    header: Mapping[str, Any]
    claims: Mapping[str, Any]


def verify_sd_jwt(
    sd_jwt: UnverifiedSdJwt, issuer_key: ec.EllipticCurvePublicKey, *, typ: str | None
) -> VerifiedSdJwt:
    """The SD-JWT as verified with ``issuer_key``.

    Raises ``SignatureError`` when the signature, algorithm or type is wrong, ``UnsignedDisclosureError`` for a
    disclosure that the issuer did not sign, ``SdJwtError`` for other breaches of section 7.1.
    """
    verified = verify_jws(sd_jwt.jws, issuer_key, typ=typ)
    return VerifiedSdJwt(verified.header, reveal(sd_jwt.unverified_claims, sd_jwt.disclosures))
