"""A trust list as a signed JWT (RFC 7515, RFC 7519): built by a registrar, verified by everyone else.

The signer's certificate carries the extended key usage for trust lists, so that no authority's signing key can make
one. The nation's signer is certified by the anchor itself; a region's signer is one that the nation's list names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from keys.errors import TrustListError
from keys.path_validation import PathValidator, Purpose, ValidatedPath
from keys.signer import Signer
from keys.trust_list.parse import parse_trust_list
from keys.trust_list.value import RegionEntry, TrustList
from standards.jose import build_jws, build_x5c, parse_jws, verify_jws, x5c_of

TRUST_LIST_TYPE: Final = "elicence-trust-list+jwt"
"""``typ`` of the JWT header (RFC 8725 section 3.11)."""

MAX_LIST_CHARS: Final = 32 * 1024 * 1024
"""Longest trust list that is read, in characters."""


@dataclass(frozen=True, slots=True)
class VerifiedTrustList:
    """A trust list whose signer may sign it. Made only by ``verify_nation_list`` and ``verify_region_list``.

    Attributes:
        value: the list.
        text: the JWT as received.
        signed_by: the signer's path.
    """

    value: TrustList
    text: str
    signed_by: ValidatedPath


def build_trust_list(value: TrustList, signer: Signer) -> str:
    """The signed JWT of a list, with the signer's chain as ``x5c``."""
    header = {"typ": TRUST_LIST_TYPE, "x5c": build_x5c(signer.certificate_chain)}
    return build_jws(header, value.to_claims(), signer.sign)


def verify_nation_list(text: str, validator: PathValidator, at: datetime) -> VerifiedTrustList:
    """The nation's list, signed by a list signer directly below an anchor.

    A stale list verifies: its staleness is for ``TrustStore`` to say. Raises ``TrustListError``, ``JoseError``,
    ``SignatureError`` or ``PathError``.
    """
    verified = _verify(text, validator, at)
    if not verified.value.is_nation:
        raise TrustListError(
            "这是地区列表，不是国家级列表。", "This is a region's list, not the nation's.", where="/division"
        )
    if verified.signed_by.authority_thumbprints:
        raise TrustListError(
            "国家级列表不是由信任根直接认证的密钥签发的。",
            "The nation's list is not signed by a key that the anchor itself certifies.",
        )
    return verified


def verify_region_list(
    text: str, region: RegionEntry, validator: PathValidator, at: datetime
) -> VerifiedTrustList:
    """The list of ``region``, signed by a certificate that the nation's list names for it. Raises as above."""
    verified = _verify(text, validator, at)
    if verified.signed_by.thumbprint not in region.list_signers:
        raise TrustListError(
            f"地区 {region.division} 的列表不是由国家级列表指定的证书签发的。",
            f"The list of region {region.division} is not signed by a certificate that the nation's list names.",
        )
    if verified.value.division != region.division:
        raise TrustListError(
            f"这不是地区 {region.division} 的列表。",
            f"This is not the list of region {region.division}.",
            where="/division",
        )
    return verified


def _verify(text: str, validator: PathValidator, at: datetime) -> VerifiedTrustList:
    jws = parse_jws(text, max_chars=MAX_LIST_CHARS)
    path = validator.validate(x5c_of(jws.header), at, Purpose.TRUST_LIST)
    claims = verify_jws(jws, path.public_key, typ=TRUST_LIST_TYPE).claims()
    value = parse_trust_list(claims)
    if value.issued_at < path.valid_from:
        raise TrustListError(
            "列表的签发时间早于签发证书的有效期。",
            "The list was made before its signer's certificate was valid.",
            where="/iat",
        )
    return VerifiedTrustList(value, text, path)
