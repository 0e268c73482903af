"""The cryptography of one CMS signature (RFC 5652), strict: one signer, signed attributes, algorithms from a table of ours."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from keys.certificates.wire import UNREADABLE
from keys.pdf_check.der_pieces import Piece, only, pieces

_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_CURVES: Final = frozenset({"secp256r1", "secp384r1", "secp521r1"})
_LEAST_RSA_BITS: Final = 2048
_MAX_CERTIFICATES: Final = 20
_TOKEN: Final = cms.CMSAttributeType("signature_time_stamp_token").dump()


class SignedDataProblem(StrEnum):
    """Why a signature is not valid."""

    MALFORMED = "signature-malformed"
    OTHER_CONTENT = "content-changed"
    WRONG = "signature-wrong"
    ALGORITHM = "algorithm-not-allowed"
    NO_CERTIFICATE = "signer-certificate-missing"
    OTHER_CERTIFICATE = "signer-certificate-swapped"


class SignedDataError(Exception):
    """A signature that is not valid."""

    def __init__(self, problem: SignedDataProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class VerifiedSignature:
    """A signature that its certificate's key made. Whose certificate that is, is not known here.

    Attributes:
        leaf: DER of the signer's certificate.
        certificates: DER, all that came along, the leaf among them.
        value: the signature value, what a time stamp of it covers.
        tokens: DER of the time stamps over the value, not checked.
        binds_certificate: whether the signed attributes name the certificate (RFC 5035), which PAdES wants.
        stamped: of a time stamp, what it says; else ``None``.
    """

    leaf: bytes = field(repr=False)
    certificates: tuple[bytes, ...] = field(repr=False)
    value: bytes = field(repr=False)
    tokens: tuple[bytes, ...] = field(repr=False)
    binds_certificate: bool
    stamped: Stamped | None = None


@dataclass(frozen=True, slots=True)
class Stamped:
    """What a time-stamp token says.

    Attributes:
        at: the instant, aware UTC.
        algorithm, digest: of what was stamped.
    """

    at: datetime
    algorithm: str
    digest: bytes = field(repr=False)


def verify_detached(der: bytes, digest: bytes) -> VerifiedSignature:
    """A signature over content with this digest (by the algorithm that the signature names); raises ``SignedDataError``."""
    parts = _parts_of(der)
    if parts.content_type != "data" or parts.content is not None:
        raise SignedDataError(SignedDataProblem.MALFORMED)
    return _verify(parts, digest, None)


def verify_token(der: bytes) -> VerifiedSignature:
    """A time-stamp token (RFC 3161); what it stamps, the caller compares. Raises ``SignedDataError``."""
    parts = _parts_of(der)
    if parts.content_type != "tst_info" or parts.content is None:
        raise SignedDataError(SignedDataProblem.MALFORMED)
    try:
        info = tsp.TSTInfo.load(parts.content, strict=True)
        stamped = Stamped(
            info["gen_time"].native,
            str(info["message_imprint"]["hash_algorithm"]["algorithm"].native),
            bytes(info["message_imprint"]["hashed_message"].native),
        )
        algorithm = str(parts.info["digest_algorithm"]["algorithm"].native)
    except (ValueError, TypeError, KeyError, AttributeError) as cause:
        raise SignedDataError(SignedDataProblem.MALFORMED) from cause
    if algorithm not in _HASHES:
        raise SignedDataError(SignedDataProblem.ALGORITHM)
    if stamped.at.tzinfo is None:
        raise SignedDataError(SignedDataProblem.MALFORMED)
    return _verify(parts, hashlib.new(algorithm, parts.content).digest(), stamped)


@dataclass(frozen=True, slots=True)
class _Parts:
    """The pieces of a signature, cut out of the bytes as they came: a library that encodes them anew may change them."""

    content_type: str
    content: bytes | None
    certificates: tuple[bytes, ...]
    info: Any
    signed_attributes: bytes
    unsigned_attributes: bytes | None


def _parts_of(der: bytes) -> _Parts:
    try:
        kind, wrapped = pieces(only(pieces(der)).content)
        if cms.ContentType.load(kind.encoded).native != "signed_data" or wrapped.tag != 0xA0:
            raise SignedDataError(SignedDataProblem.MALFORMED)
        _, _, enclosed, *rest = pieces(only(pieces(wrapped.content)).content)
        content_type, *content = pieces(enclosed.content)
        certificates = next((one.content for one in rest if one.tag == 0xA0), b"")
        info = only(pieces(rest[-1].content)) if rest[-1].tag == 0x31 else None
        if info is None:
            raise SignedDataError(SignedDataProblem.MALFORMED)
        attributes = pieces(info.content)
        return _Parts(
            str(cms.ContentType.load(content_type.encoded).native),
            _octets(content[0]) if content else None,
            tuple(one.encoded for one in pieces(certificates) if one.tag == 0x30),
            cms.SignerInfo.load(info.encoded, strict=True),
            only([one for one in attributes if one.tag == 0xA0]).encoded,
            next((one.content for one in attributes if one.tag == 0xA1), None),
        )
    except (ValueError, TypeError, KeyError, IndexError) as cause:
        raise SignedDataError(SignedDataProblem.MALFORMED) from cause


def _octets(wrapped: Piece) -> bytes:
    """The one octet string under an explicit tag."""
    inner = only(pieces(wrapped.content))
    if wrapped.tag != 0xA0 or inner.tag != 0x04:
        raise ValueError("an octet string is expected")
    return inner.content


def _verify(parts: _Parts, digest: bytes, stamped: Stamped | None) -> VerifiedSignature:
    if len(parts.certificates) > _MAX_CERTIFICATES:
        raise SignedDataError(SignedDataProblem.MALFORMED)
    try:
        info = parts.info
        attributes = _attributes(info["signed_attrs"])
        if attributes["content_type"].native != parts.content_type:
            raise SignedDataError(SignedDataProblem.MALFORMED)
        if str(info["digest_algorithm"]["algorithm"].native) not in _HASHES:
            # Not the same as altered: nobody took this digest, so nothing is known.
            raise SignedDataError(SignedDataProblem.ALGORITHM)
        if not digest or bytes(attributes["message_digest"].native) != digest:
            raise SignedDataError(SignedDataProblem.OTHER_CONTENT)
        leaf = _signer(info["sid"], parts.certificates)
        binds = _check_binding(attributes, leaf)
        # What was signed is the set itself, not the implicit tag that it stands under (RFC 5652 section 5.4).
        covered = b"\x31" + parts.signed_attributes[1:]
        value = bytes(info["signature"].native)
        _check_value(leaf, info, covered, value)
        tokens = _tokens(parts.unsigned_attributes)
    except (*UNREADABLE, KeyError, AttributeError) as cause:
        raise SignedDataError(SignedDataProblem.MALFORMED) from cause
    return VerifiedSignature(leaf, parts.certificates, value, tokens, binds, stamped)


def _attributes(signed_attributes: Any) -> dict[str, Any]:
    """By name; one that occurs twice, or has several values, has no one meaning."""
    found: dict[str, Any] = {}
    for attribute in signed_attributes:
        name = str(attribute["type"].native)
        if name in found or len(attribute["values"]) != 1:
            raise SignedDataError(SignedDataProblem.MALFORMED)
        found[name] = attribute["values"][0]
    if "content_type" not in found or "message_digest" not in found:
        raise SignedDataError(SignedDataProblem.MALFORMED)
    return found


def _signer(sid: Any, certificates: tuple[bytes, ...]) -> bytes:
    for der in certificates:
        certificate = asn1.Certificate.load(der)
        if sid.name == "issuer_and_serial_number":
            same = (
                certificate.issuer.dump() == sid.chosen["issuer"].dump()
                and certificate.serial_number == sid.chosen["serial_number"].native
            )
        else:
            same = certificate.key_identifier is not None and certificate.key_identifier == sid.chosen.native
        if same:
            return der
    raise SignedDataError(SignedDataProblem.NO_CERTIFICATE)


def _check_binding(attributes: dict[str, Any], leaf: bytes) -> bool:
    """Whether the attributes name a certificate; raises when they name another than the signer's."""
    named = attributes.get("signing_certificate_v2")
    if named is not None:
        first = named["certs"][0]
        algorithm = str(first["hash_algorithm"]["algorithm"].native)
        if algorithm not in _HASHES or hashlib.new(algorithm, leaf).digest() != first["cert_hash"].native:
            raise SignedDataError(SignedDataProblem.OTHER_CERTIFICATE)
        return True
    older = attributes.get("signing_certificate")
    # RFC 2634 fixed SHA-1 here: it can contradict, not prove.
    if older is not None and _sha1(leaf) != older["certs"][0]["cert_hash"].native:
        raise SignedDataError(SignedDataProblem.OTHER_CERTIFICATE)
    return False


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()


def _check_value(leaf: bytes, info: Any, covered: bytes, value: bytes) -> None:
    key = x509.load_der_x509_certificate(leaf).public_key()
    algorithm = info["signature_algorithm"]
    name = str(info["digest_algorithm"]["algorithm"].native)
    digest = _HASHES.get(name)
    kind = str(algorithm.signature_algo)
    # Plain rsaEncryption says nothing of a digest; every other name says which, and it must be the same one.
    says_digest = str(algorithm["algorithm"].native) != "rsassa_pkcs1v15"
    if digest is None or (says_digest and str(algorithm.hash_algo) != name):
        raise SignedDataError(SignedDataProblem.ALGORITHM)
    try:
        if isinstance(key, ec.EllipticCurvePublicKey) and kind == "ecdsa" and key.curve.name in _CURVES:
            key.verify(value, covered, ec.ECDSA(digest))
        elif (
            isinstance(key, rsa.RSAPublicKey)
            and key.key_size >= _LEAST_RSA_BITS
            and kind == "rsassa_pkcs1v15"
        ):
            key.verify(value, covered, padding.PKCS1v15(), digest)
        elif isinstance(key, rsa.RSAPublicKey) and key.key_size >= _LEAST_RSA_BITS and kind == "rsassa_pss":
            key.verify(value, covered, padding.PSS(padding.MGF1(digest), padding.PSS.AUTO), digest)
        else:
            raise SignedDataError(SignedDataProblem.ALGORITHM)
    except InvalidSignature as cause:
        raise SignedDataError(SignedDataProblem.WRONG) from cause


def _tokens(unsigned_attributes: bytes | None) -> tuple[bytes, ...]:
    """The values of the time-stamp attributes, at most four."""
    found: list[bytes] = []
    for attribute in pieces(unsigned_attributes or b""):
        kind, values = pieces(attribute.content)
        if kind.encoded == _TOKEN:
            found += [one.encoded for one in pieces(values.content)]
    return tuple(found[:4])
