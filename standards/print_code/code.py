"""Building, reading and verifying the code on a printed licence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import orjson
from cryptography.hazmat.primitives.asymmetric import ec

from standards.codes.licence_identifier import InvalidLicenceIdentifierError, LicenceIdentifier
from standards.cwt.base45 import base45_decode, base45_encode
from standards.cwt.cbor import decode_cbor, encode_cbor
from standards.cwt.compact_licence import MEDIA_TYPE, SHA_256, TYP, X5T
from standards.cwt.cose import SIGNATURE_BYTES, UnverifiedSign1, build_sign1, parse_sign1, verify_sign1
from standards.cwt.errors import CwtError
from standards.cwt.packed_identifier import pack_identifier, unpack_identifier
from standards.cwt.readers import MALFORMED, read_day, read_instant, read_integer, read_status, read_text
from standards.jose import Sign
from standards.licence_types.licence_type import vct_of
from standards.status_list import StatusReference

PRINT_PREFIX: Final = "ELD1:"
"""Licence document, version 1. (``ELP1:`` is a sheet that a wallet prints.)"""

PRINT_CLAIM: Final = -65540
"""Claim key, from the range for private use (RFC 8392 section 9.1)."""

CODE_BYTES: Final = 640
"""A symbol of version 20 at level M holds 970 characters: 643 bytes behind Base45 and the prefix."""

MAX_TEXT_CHARS: Final = 1200
MAX_VALUE_CHARS: Final = 400
"""A longer value is left to the digest."""

_SHORT_VALUE_CHARS: Final = 40
"""What people compare at a glance goes in before anything longer."""

_HEADS_BYTES: Final = 4
"""By how much the lengths before map, payload and message grow with what is in them."""

_BLANK: Final = " \t\r\n"
_MAX_VALUES: Final = 100
_DIGEST_BYTES: Final = 16
_EXP, _IAT, _STATUS = 4, 6, 65535


@dataclass(frozen=True, slots=True)
class PrintClaims:
    """What the code says of the paper that it stands on.

    Attributes:
        identifier: the licence in one version.
        type_version: version of its type.
        document_id: of this document.
        purpose, recipient: of a per-use copy; ``None`` for an original.
        digest: over all printed values, see :func:`digest_of`.
        printed: printed text by the field's place in print, from 1; empty where nothing is printed. A place that is missing is one
            that did not fit.
        issued_at: when the document was made.
        expires_at: end of the copy, or ``None``.
        status: the document's own status entry.
        valid_until: last day of the licence, or ``None`` when long term.
    """

    identifier: LicenceIdentifier
    type_version: int
    document_id: str
    purpose: str | None
    recipient: str | None
    digest: bytes
    printed: Mapping[int, str]
    issued_at: datetime
    expires_at: datetime | None
    status: StatusReference
    valid_until: date | None = None

    @property
    def vct(self) -> str:
        """The credential type that the same licence has as an SD-JWT VC."""
        return vct_of(self.identifier.type_code, str(self.type_version))


@dataclass(frozen=True, slots=True)
class UnverifiedPrintCode:
    """A well-formed code of which nothing has been verified.

    Attributes:
        message: as received.
        thumbprint: SHA-256 of the authority's certificate (DER).
        unverified: what it says.
    """

    message: UnverifiedSign1
    thumbprint: bytes
    unverified: PrintClaims


@dataclass(frozen=True, slots=True)
class VerifiedPrintCode:
    """A code whose authority's signature was verified. Made only by :func:`verify_print_code`."""

    claims: PrintClaims


def digest_of(printed: Iterable[tuple[str, str]]) -> bytes:
    """16 bytes that stand for all printed values: ``(name of the claim, text)`` in reading order."""
    return sha256(orjson.dumps([list(pair) for pair in printed])).digest()[:_DIGEST_BYTES]


def build_print_code(claims: PrintClaims, *, certificate: bytes, sign: Sign) -> str:
    """The text of the symbol; what does not fit is left out: short values go in first, each kind in the order of print.

    A text that would end in a space, which scanners cut off, is made again as of a second earlier.

    Args:
        claims: what the paper says.
        certificate: DER of the authority's signing certificate.
        sign: with the key of that certificate.
    """
    fitting = replace(claims, printed=_fit(claims))
    while True:
        text = PRINT_PREFIX + base45_encode(_sign1(fitting, certificate, sign))
        if not text.endswith(" "):
            return text
        fitting = replace(fitting, issued_at=fitting.issued_at - timedelta(seconds=1))


def _fit(claims: PrintClaims) -> dict[int, str]:
    """The printed values that the symbol holds, by place."""
    empty = _sign1(replace(claims, printed={}), b"", lambda _: bytes(SIGNATURE_BYTES))
    left = CODE_BYTES - len(empty) - _HEADS_BYTES
    fitting: dict[int, str] = {}
    for place, text in sorted(claims.printed.items(), key=lambda item: len(item[1]) > _SHORT_VALUE_CHARS):
        size = len(encode_cbor({place: text})) - 1
        if len(text) <= MAX_VALUE_CHARS and size <= left:
            left -= size
            fitting[place] = text
    return dict(sorted(fitting.items()))


def _sign1(claims: PrintClaims, certificate: bytes, sign: Sign) -> bytes:
    last = claims.valid_until
    payload: dict[int, Any] = {
        _IAT: int(claims.issued_at.timestamp()),
        _STATUS: claims.status.to_claim(),
        PRINT_CLAIM: [
            pack_identifier(claims.identifier),
            claims.type_version,
            claims.document_id,
            claims.purpose,
            claims.recipient,
            claims.digest,
            dict(claims.printed),
            None if last is None else last.year * 10_000 + last.month * 100 + last.day,
        ],
    }
    if claims.expires_at is not None:
        payload[_EXP] = int(claims.expires_at.timestamp())
    header = {TYP: MEDIA_TYPE, X5T: [SHA_256, sha256(certificate).digest()]}
    return build_sign1(header, encode_cbor(payload), sign)


def parse_print_code(text: str) -> UnverifiedPrintCode:
    """A code from untrusted text; raises ``CwtError``."""
    trimmed = text.strip(_BLANK)
    if not trimmed.startswith(PRINT_PREFIX) or len(trimmed) > MAX_TEXT_CHARS:
        raise CwtError("不是打印件上的二维码。", "This is no code of a printed licence.")
    message = parse_sign1(base45_decode(trimmed.removeprefix(PRINT_PREFIX)))
    match message.protected.get(X5T):
        case [algorithm, bytes(thumbprint)] if algorithm == SHA_256 and len(thumbprint) == 32:
            pass
        case _:
            raise CwtError(
                "缺少签发机构证书的指纹。", "The thumbprint of the issuer's certificate is missing."
            )
    if message.protected.get(TYP) != MEDIA_TYPE:
        raise CwtError("不是 CWT。", "This is not a CWT.")
    return UnverifiedPrintCode(message, thumbprint, _parse_claims(message.payload))


def verify_print_code(code: UnverifiedPrintCode, issuer_key: ec.EllipticCurvePublicKey) -> VerifiedPrintCode:
    """The code as verified with the key of the certificate that it names, whose path the caller validates.

    Raises ``CwtAlgorithmError`` or ``CwtSignatureError``.
    """
    verify_sign1(code.message, issuer_key)
    return VerifiedPrintCode(code.unverified)


def _read_printed(value: Any) -> str:
    """Empty says that nothing stands there: what a forger writes there is seen as well."""
    return "" if value == "" else read_text(value, MAX_VALUE_CHARS)


def _parse_claims(payload: bytes) -> PrintClaims:
    claims = decode_cbor(payload)
    try:
        [licence, type_version, document_id, purpose, recipient, digest, printed, last] = claims[PRINT_CLAIM]
        if not isinstance(digest, bytes) or len(digest) != _DIGEST_BYTES or len(printed) > _MAX_VALUES:
            raise ValueError("digest or number of values")
        return PrintClaims(
            identifier=unpack_identifier(licence),
            type_version=read_integer(type_version, 1, 999),
            document_id=read_text(document_id, 64),
            purpose=None if purpose is None else read_text(purpose),
            recipient=None if recipient is None else read_text(recipient),
            digest=digest,
            printed={read_integer(place, 1, 200): _read_printed(value) for place, value in printed.items()},
            issued_at=read_instant(claims[_IAT]),
            expires_at=read_instant(claims[_EXP]) if _EXP in claims else None,
            status=read_status(claims[_STATUS]["status_list"]),
            valid_until=None if last is None else read_day(last),
        )
    except InvalidLicenceIdentifierError as cause:
        raise CwtError(cause.message.zh, cause.message.en) from cause
    except MALFORMED as cause:
        raise CwtError(
            "打印码的内容不完整。", "The printed code lacks a part, or has a wrong one."
        ) from cause
