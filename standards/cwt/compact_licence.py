"""The compact form of a licence: a CBOR Web Token (RFC 8392) small enough for a QR symbol.

Registered claims: ``exp`` (4), ``iat`` (6), ``cnf`` (8, RFC 8747) with a compressed COSE_Key, ``status`` (65535, Token
Status List section 6.3). The licence itself is one claim of the private range (−65537), a list in this order:

1. the licence identifier, packed (``packed_identifier``); its type code makes the ``vct``
2. version of the licence type, integer
3. name of the holder
4. type of the holder's number (GB/T 36903 annex A), integer
5. the holder's number in short: see :func:`short_number`
6. last day of validity, integer YYYYMMDD, or null when long term
7. values of face fields, a map by the field's place in print (from 1), packed by kind (``face``)

The header names the issuer's certificate by its SHA-256 thumbprint (``x5t``, RFC 9360 section 2): the certificate itself
would not fit. ``typ`` is 61, ``application/cwt`` (RFC 9596).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from standards.codes.holder_code import HOLDER_CODE_TYPES, HolderKind
from standards.codes.licence_identifier import InvalidLicenceIdentifierError, LicenceIdentifier
from standards.cwt.cbor import decode_cbor, encode_cbor
from standards.cwt.cose import (
    UnverifiedSign1,
    build_cose_key,
    build_sign1,
    parse_cose_key,
    parse_sign1,
    verify_sign1,
)
from standards.cwt.errors import CwtError
from standards.cwt.packed_identifier import pack_identifier, unpack_identifier
from standards.cwt.readers import (
    MALFORMED,
    read_day,
    read_instant,
    read_integer,
    read_status,
    read_text,
    read_value,
)
from standards.jose import PublicJwk, Sign
from standards.licence_types.licence_type import vct_of
from standards.status_list import StatusReference

LICENCE_CLAIM: Final = -65537
"""Claim key of the licence, from the range for private use (RFC 8392 section 9.1)."""

MEDIA_TYPE: Final = 61
"""Content format ``application/cwt``, the header ``typ``."""

TYP: Final = 16
X5T: Final = 34
SHA_256: Final = -16
_EXP, _IAT, _CNF, _STATUS, _COSE_KEY = 4, 6, 8, 65535, 1

MAX_LICENCE_BYTES: Final = 2 * 1024
"""Longest compact licence read."""

_SHOWN_OF_A_PERSON: Final = 4


@dataclass(frozen=True, slots=True)
class CompactClaims:
    """What a compact licence says.

    Attributes:
        identifier: the licence in one version.
        type_version: version of its type.
        holder_name: whole.
        holder_code_type: three digits.
        holder_number_short: see :func:`short_number`.
        valid_until: last day, or ``None`` when long term.
        fields: value by the face field's place in print, from 1.
        issued_at, expires_at: of this copy.
        holder_key: the key of this copy.
        status: this copy's own status entry.
    """

    identifier: LicenceIdentifier
    type_version: int
    holder_name: str
    holder_code_type: str
    holder_number_short: str
    valid_until: date | None
    fields: Mapping[int, str | int]
    issued_at: datetime
    expires_at: datetime
    holder_key: PublicJwk
    status: StatusReference

    @property
    def vct(self) -> str:
        """The credential type that the same licence has as an SD-JWT VC."""
        return vct_of(self.identifier.type_code, str(self.type_version))


@dataclass(frozen=True, slots=True)
class UnverifiedCompactLicence:
    """A well-formed compact licence of which nothing has been verified.

    Attributes:
        message: as received.
        thumbprint: SHA-256 of the issuer's certificate (DER).
        unverified: what it says.
    """

    message: UnverifiedSign1
    thumbprint: bytes
    unverified: CompactClaims

    @property
    def digest(self) -> bytes:
        """SHA-256 over the whole licence, as received: what the holder signs about it."""
        return sha256(self.message.data).digest()


@dataclass(frozen=True, slots=True)
class VerifiedCompactLicence:
    """A compact licence whose issuer's signature was verified. Made only by :func:`verify_compact_licence`."""

    claims: CompactClaims
    digest: bytes


def short_number(code_type: str, number: str) -> str:
    """A holder's number as a compact licence carries it: of a legal entity whole, of anybody else the last four.

    A code is read by whoever stands behind the holder, so an identity number is not in it.
    """
    kind = HOLDER_CODE_TYPES.get(code_type)
    if kind is not None and kind.kind is HolderKind.LEGAL_ENTITY:
        return number
    return number[-_SHOWN_OF_A_PERSON:]


def build_compact_licence(claims: CompactClaims, *, certificate: bytes, sign: Sign) -> bytes:
    """The signed compact licence; times in ``claims`` are whole seconds.

    Args:
        claims: what it says; the caller rounds the times, as for the other copies.
        certificate: DER of the issuer's signing certificate.
        sign: with the key of that certificate.
    """
    last = claims.valid_until
    licence = [
        pack_identifier(claims.identifier),
        claims.type_version,
        claims.holder_name,
        int(claims.holder_code_type),
        claims.holder_number_short,
        None if last is None else last.year * 10_000 + last.month * 100 + last.day,
        dict(claims.fields),
    ]
    payload = encode_cbor(
        {
            _EXP: int(claims.expires_at.timestamp()),
            _IAT: int(claims.issued_at.timestamp()),
            _CNF: {_COSE_KEY: build_cose_key(claims.holder_key)},
            _STATUS: claims.status.to_claim(),
            LICENCE_CLAIM: licence,
        }
    )
    header = {TYP: MEDIA_TYPE, X5T: [SHA_256, sha256(certificate).digest()]}
    return build_sign1(header, payload, sign)


def parse_compact_licence(data: bytes) -> UnverifiedCompactLicence:
    """A compact licence from untrusted bytes; raises ``CwtError``."""
    if len(data) > MAX_LICENCE_BYTES:
        raise CwtError("证照副本过长。", "The compact licence is too long.")
    message = parse_sign1(data)
    return UnverifiedCompactLicence(message, _thumbprint(message), _parse_claims(message.payload))


def verify_compact_licence(
    licence: UnverifiedCompactLicence, issuer_key: ec.EllipticCurvePublicKey
) -> VerifiedCompactLicence:
    """The licence as verified with the key of the certificate that it names, whose path the caller validates.

    Raises ``CwtAlgorithmError`` or ``CwtSignatureError``.
    """
    verify_sign1(licence.message, issuer_key)
    return VerifiedCompactLicence(licence.unverified, licence.digest)


def _thumbprint(message: UnverifiedSign1) -> bytes:
    match message.protected.get(X5T):
        case [algorithm, bytes(value)] if algorithm == SHA_256 and len(value) == 32:
            pass
        case _:
            raise CwtError(
                "缺少签发机构证书的指纹。", "The thumbprint of the issuer's certificate is missing."
            )
    if message.protected.get(TYP) != MEDIA_TYPE:
        raise CwtError("不是 CWT。", "This is not a CWT.")
    return value


def _parse_claims(payload: bytes) -> CompactClaims:
    claims = decode_cbor(payload)
    try:
        [licence, type_version, name, code_type, number, last, fields] = claims[LICENCE_CLAIM]
        return CompactClaims(
            identifier=unpack_identifier(licence),
            type_version=read_integer(type_version, 1, 999),
            holder_name=read_text(name),
            holder_code_type=f"{read_integer(code_type, 0, 999):03d}",
            holder_number_short=read_text(number),
            valid_until=None if last is None else read_day(last),
            fields={read_integer(place, 1, 200): read_value(value) for place, value in fields.items()},
            issued_at=read_instant(claims[_IAT]),
            expires_at=read_instant(claims[_EXP]),
            holder_key=parse_cose_key(claims[_CNF][_COSE_KEY]),
            status=read_status(claims[_STATUS]["status_list"]),
        )
    except InvalidLicenceIdentifierError as cause:
        raise CwtError(cause.message.zh, cause.message.en) from cause
    except MALFORMED as cause:
        # Whatever does not have its place or its kind: there is nothing to say beyond that.
        raise CwtError(
            "证照副本的内容不完整。", "The compact licence lacks a part, or has a wrong one."
        ) from cause
