"""CMS signed data of one key (RFC 5652): everything but the digest and the signature is encoded once.

Building these structures anew for each document with an ASN.1 library takes ten times as long as everything else about a seal.
So what never changes for a key is encoded by the library when the key is taken, and a few lines of DER put the rest around it.
ECDSA with SHA-256, one signer, signed attributes content-type, message-digest and signing-certificate-v2 (RFC 5035, RFC 5816; no
signing-time, which PAdES forbids: ETSI EN 319 142-1 section 6.3).
"""

from __future__ import annotations

import hashlib
from typing import Final

from asn1crypto import algos, cms, core, tsp, x509
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from keys.errors import SigningKeyError
from keys.signer import Signer

_SEQUENCE: Final = 0x30
_SET: Final = 0x31
_OCTETS: Final = 0x04
_TAG_0: Final = 0xA0
_TAG_1: Final = 0xA1

_VERSION_1: Final = core.Integer(1).dump()
_VERSION_3: Final = core.Integer(3).dump()
_SIGNED_DATA: Final = cms.ContentType("signed_data").dump()
_SHA256: Final = algos.DigestAlgorithm({"algorithm": "sha256"}).dump()
_ES256: Final = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}).dump()
_TIME_STAMP_TOKEN: Final = cms.CMSAttributeType("signature_time_stamp_token").dump()

_NO_DIGEST: Final = bytes(32)


def der(tag: int, *contents: bytes) -> bytes:
    """One DER value: tag, definite length, contents (X.690 section 10.1)."""
    content = b"".join(contents)
    size = len(content)
    if size < 0x80:  # the short form ends there (X.690 section 8.1.3.4)
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content


class CmsSigner:
    """A key prepared for one type of content. Immutable; safe to share between threads."""

    def __init__(self, signer: Signer, content_type: str = "data") -> None:
        """Prepare a key.

        Args:
            signer: with its certificate chain.
            content_type: name of the content type as ``asn1crypto`` has it: ``data`` or ``tst_info``.

        Raises:
            SigningKeyError: no certificate is attached.
        """
        if not signer.certificate_chain:
            raise SigningKeyError(
                "签章密钥没有证书。", "The sealing key has no certificate.", where=signer.key_id
            )
        self._signer = signer
        leaf = x509.Certificate.load(signer.certificate_chain[0])
        self._content_type = cms.ContentType(content_type).dump()
        self._before, self._after = _attributes_around_digest(signer.certificate_chain[0], leaf, content_type)
        self._certificates = der(_TAG_0, *sorted(signer.certificate_chain))
        self._sid = cms.IssuerAndSerialNumber(
            {"issuer": leaf.issuer, "serial_number": leaf.serial_number}
        ).dump()

    def sign_detached(self, digest: bytes, time_stamp: bytes | None = None) -> bytes:
        """ContentInfo over content that is elsewhere.

        Args:
            digest: its SHA-256.
            time_stamp: token over the signature value; see :meth:`signature_over`.
        """
        return self.wrap(self.signature_over(digest), digest, time_stamp)

    def signature_over(self, digest: bytes) -> bytes:
        """The signature value over the attributes of a content with this digest, DER; what a signature time stamp stamps."""
        raw = self._signer.sign(der(_SET, self._before, digest, self._after))
        half = len(raw) // 2
        return encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))

    def wrap(self, signature: bytes, digest: bytes, time_stamp: bytes | None = None) -> bytes:
        """ContentInfo of a detached signature, with a time stamp over it as unsigned attribute (ETSI EN 319 122-1 section 5.3)."""
        unsigned = (
            b""
            if time_stamp is None
            else der(_TAG_1, der(_SEQUENCE, _TIME_STAMP_TOKEN, der(_SET, time_stamp)))
        )
        signer_info = self._signer_info(digest, signature, unsigned)
        return _content_info(_VERSION_1, der(_SEQUENCE, self._content_type), self._certificates, signer_info)

    def sign_enclosed(self, content: bytes, *, with_certificates: bool) -> bytes:
        """ContentInfo that holds its content as an octet string (RFC 5652 section 5.2)."""
        digest = hashlib.sha256(content).digest()
        signer_info = self._signer_info(digest, self.signature_over(digest))
        return _content_info(
            _VERSION_3,
            der(_SEQUENCE, self._content_type, der(_TAG_0, der(_OCTETS, content))),
            self._certificates if with_certificates else b"",
            signer_info,
        )

    def _signer_info(self, digest: bytes, signature: bytes, unsigned: bytes = b"") -> bytes:
        attributes = der(_TAG_0, self._before, digest, self._after)
        signed = der(_OCTETS, signature)
        return der(_SEQUENCE, _VERSION_1, self._sid, _SHA256, attributes, _ES256, signed, unsigned)


def _content_info(version: bytes, enclosed: bytes, certificates: bytes, signer_info: bytes) -> bytes:
    signed_data = der(_SEQUENCE, version, der(_SET, _SHA256), enclosed, certificates, der(_SET, signer_info))
    return der(_SEQUENCE, _SIGNED_DATA, der(_TAG_0, signed_data))


def _attributes_around_digest(
    leaf_der: bytes, leaf: x509.Certificate, content_type: str
) -> tuple[bytes, bytes]:
    """The signed attributes, encoded and in DER order, up to the digest and from it on."""
    certificate = tsp.ESSCertIDv2(
        {
            "cert_hash": hashlib.sha256(leaf_der).digest(),
            "issuer_serial": tsp.IssuerSerial(
                {
                    "issuer": [x509.GeneralName("directory_name", leaf.issuer)],
                    "serial_number": leaf.serial_number,
                }
            ),
        }
    )
    attributes = (
        {"type": "content_type", "values": (content_type,)},
        {"type": "message_digest", "values": (_NO_DIGEST,)},
        {"type": "signing_certificate_v2", "values": (tsp.SigningCertificateV2({"certs": [certificate]}),)},
    )
    # DER orders a set by its encodings; the digest comes too late in its attribute to change their order.
    encoded = b"".join(sorted(cms.CMSAttribute(attribute).dump() for attribute in attributes))
    before, after = encoded.split(_NO_DIGEST)
    return before, after
