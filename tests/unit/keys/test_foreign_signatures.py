"""Signatures that we did not make: what their bytes prove is said, and whose they are is not.

Made by OpenSSL's ``cms`` command, which knows nothing of us; and by hand where no tool makes what an attacker would.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import algos, cms
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.fields import SigSeedSubFilter

from keys.path_validation import PathReason
from keys.pdf_check import Changes, CheckedSeal, check_pdf
from tests.support import pdf_attacks as attack
from tests.support.foreign_seals import Stranger, by_openssl, put_in
from tests.support.trust_world import AT, TrustWorld

ADOBE = SigSeedSubFilter.ADOBE_PKCS7_DETACHED
PSS = ("-cades", "-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:digest")
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


def checked(pdf: bytes) -> tuple[CheckedSeal, ...]:
    return check_pdf(pdf, TrustWorld.create().validator(), AT).seals


@needs_openssl
@pytest.mark.parametrize(
    ("kind", "options", "md"),
    [
        ("rsa", ("-cades",), "sha256"),
        ("rsa", ("-cades",), "sha512"),
        ("rsa", ("-cades", "-keyid"), "sha256"),
        ("rsa", PSS, "sha256"),
        ("p256", ("-cades",), "sha256"),
        ("p384", ("-cades",), "sha384"),
        ("p521", ("-cades",), "sha512"),
    ],
)
def test_an_intact_signature_of_nobody_known(
    kind: str, options: tuple[str, ...], md: str, tmp_path: Path
) -> None:
    signed = put_in(attack.document(), by_openssl(tmp_path, Stranger(kind), options=options, md=md))
    (one,) = checked(signed)
    assert (one.problem, one.changes, one.signer) == (None, Changes.NONE, "Foreign Example Ltd")
    assert one.path_problem is not None
    assert one.path_problem.reason is PathReason.UNKNOWN_ANCHOR
    assert not one.holds
    assert one.proven_at is None
    altered = bytearray(signed)
    altered[12] ^= 1
    assert [seal.problem for seal in checked(bytes(altered))] == ["content-changed"]


@needs_openssl
@pytest.mark.parametrize(
    ("kind", "options", "md", "problem"),
    [
        ("rsa", ("-cades",), "sha1", "algorithm-not-allowed"),
        ("rsa-1024", ("-cades",), "sha256", "algorithm-not-allowed"),
        ("rsa", ("-noattr",), "sha256", "signature-malformed"),
        ("rsa", ("-cades", "-nodetach"), "sha256", "signature-malformed"),
        ("rsa", ("-cades", "-nocerts"), "sha256", "signer-certificate-missing"),
        ("rsa", (), "sha256", "signer-certificate-not-bound"),
    ],
)
def test_what_is_not_taken_for_a_signature(
    kind: str, options: tuple[str, ...], md: str, problem: str, tmp_path: Path
) -> None:
    signed = put_in(attack.document(), by_openssl(tmp_path, Stranger(kind), options=options, md=md))
    (one,) = checked(signed)
    assert one.problem == problem
    assert not one.holds


@needs_openssl
def test_two_signers_in_one_value(tmp_path: Path) -> None:
    """PAdES allows one: with two, readers disagree about who signed."""
    both = by_openssl(tmp_path, Stranger("p256"), Stranger("rsa", "Second Example Ltd"))
    (one,) = checked(put_in(attack.document(), both))
    assert one.problem == "several-signers-in-one"


@needs_openssl
def test_two_signers_one_after_the_other(tmp_path: Path) -> None:
    once = put_in(attack.document(), by_openssl(tmp_path, Stranger("p256")))
    twice = put_in(once, by_openssl(tmp_path, Stranger("rsa", "Second Example Ltd")), field="Foreign2")
    seals = checked(twice)
    assert [one.problem for one in seals] == [None, None]
    assert [one.changes for one in seals] == [Changes.SEALED_AGAIN, Changes.NONE]
    assert [one.signer for one in seals] == ["Foreign Example Ltd", "Second Example Ltd"]


@needs_openssl
def test_an_older_encoding_without_a_bound_certificate(tmp_path: Path) -> None:
    """adbe.pkcs7.detached, as most tools make it: PAdES' rule does not hold for it."""
    (one,) = checked(
        put_in(attack.document(), by_openssl(tmp_path, Stranger("rsa"), options=()), sub_filter=ADOBE)
    )
    assert one.problem is None


@needs_openssl
@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler's pdfsig is not installed")
def test_poppler_says_the_same(tmp_path: Path) -> None:
    signed = put_in(attack.document(), by_openssl(tmp_path, Stranger("rsa")))
    path = tmp_path / "foreign.pdf"
    for pdf, intact in ((signed, True), (signed.replace(b"%%EOF", b"%%EOf", 1), False)):
        path.write_bytes(pdf)
        done = subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False, timeout=30)
        assert ("Signature is Valid" in done.stdout) == intact
        assert all((one.problem is None) == intact for one in checked(pdf))


# -- by hand ----------------------------------------------------------------------------------------------------------


def attributes_of(digest: bytes, stranger: Stranger) -> list[dict[str, Any]]:
    der = stranger.certificate.public_bytes(Encoding.DER)
    named = {"certs": [{"cert_hash": hashlib.sha256(der).digest()}]}
    return [
        {"type": "content_type", "values": ["data"]},
        {"type": "message_digest", "values": [digest]},
        {"type": "signing_certificate_v2", "values": [named]},
    ]


def by_hand(stranger: Stranger, **changes: Any) -> Any:
    """A CMS value with the parts of ``changes`` as an attacker wants them; signed properly over them."""

    def make(covered: bytes) -> bytes:
        digest = hashlib.sha256(covered).digest()
        attributes = cms.CMSAttributes(changes.get("attributes", attributes_of)(digest, stranger))
        value = stranger.key.sign(attributes.dump(), ec.ECDSA(SHA256()))
        certificate = asn1.Certificate.load(stranger.certificate.public_bytes(Encoding.DER))
        info = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    "issuer_and_serial_number",
                    cms.IssuerAndSerialNumber(
                        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                    ),
                ),
                "digest_algorithm": algos.DigestAlgorithm({"algorithm": changes.get("md", "sha256")}),
                "signed_attrs": attributes,
                "signature_algorithm": algos.SignedDigestAlgorithm(
                    {"algorithm": changes.get("algorithm", "sha256_ecdsa")}
                ),
                "signature": changes.get("value", value),
            }
        )
        signed = cms.SignedData(
            {
                "version": "v1",
                "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
                "encap_content_info": {"content_type": changes.get("kind", "data")},
                "certificates": [certificate],
                "signer_infos": [info] * changes.get("times", 1),
            }
        )
        wrapped = changes.get("wrapped", "signed_data")
        return bytes(cms.ContentInfo({"content_type": wrapped, "content": signed}).dump())

    return make


def without(name: str) -> Any:
    return lambda digest, who: [one for one in attributes_of(digest, who) if one["type"] != name]


def twice(name: str) -> Any:
    return lambda digest, who: [
        *attributes_of(digest, who),
        *(one for one in attributes_of(digest, who) if one["type"] == name),
    ]


def two_values(digest: bytes, who: Stranger) -> list[dict[str, Any]]:
    content, _, named = attributes_of(digest, who)
    return [content, {"type": "message_digest", "values": [digest, b"\0" * 32]}, named]


def of_another(digest: bytes, who: Stranger) -> list[dict[str, Any]]:
    return attributes_of(digest, Stranger("p256"))


def test_by_hand_the_right_one_is_intact() -> None:
    (one,) = checked(put_in(attack.document(), by_hand(Stranger("p256"))))
    assert one.problem is None


@pytest.mark.parametrize(
    "changes",
    [
        {"attributes": without("message_digest")},
        {"attributes": without("content_type")},
        {"attributes": twice("message_digest")},
        {"attributes": two_values},
        {"attributes": of_another},
        {"times": 2},
        {"times": 0},
        {"md": "sha1"},
        {"md": "sha512"},
        {"md": "md5"},
        {"algorithm": "sha1_ecdsa"},
        {"algorithm": "sha512_ecdsa"},
        {"algorithm": "sha256_rsa"},
        {"value": b""},
        {"value": b"\x30\x06\x02\x01\x00\x02\x01\x00"},
        {"kind": "tst_info"},
        {"kind": "signed_data"},
    ],
    ids=lambda changes: "-".join(getattr(one, "__qualname__", str(one)) for one in changes.values()),
)
def test_cms_oddities(changes: dict[str, Any]) -> None:
    (one,) = checked(put_in(attack.document(), by_hand(Stranger("p256"), **changes)))
    assert one.problem is not None
    assert not one.holds


@pytest.mark.parametrize(
    "value",
    [
        b"\x30\x80\x00\x00",
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x03\x02\x01\x05",
        b"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
        b"\x30\x82\x0f\xa0" + b"\x30\x80" * 2000,
        b"\x30\x00",
    ],
    ids=["indefinite", "endless", "number", "no-content", "nested", "empty"],
)
def test_values_that_are_no_cms(value: bytes) -> None:
    (one,) = checked(put_in(attack.document(), lambda _: value))
    assert one.problem is not None


def test_a_kind_of_key_that_is_not_taken_here() -> None:
    """Ed25519: nothing is known about it, and it is not called forged."""
    stranger = Stranger("ed25519")

    def sign(covered: bytes) -> bytes:
        signed = Stranger("p256")
        made = cms.ContentInfo.load(by_hand(signed)(covered))
        info = made["content"]["signer_infos"][0]
        certificate = asn1.Certificate.load(stranger.certificate.public_bytes(Encoding.DER))
        made["content"]["certificates"] = [certificate]
        info["sid"] = cms.SignerIdentifier(
            "issuer_and_serial_number",
            cms.IssuerAndSerialNumber(
                {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
            ),
        )
        info["digest_algorithm"] = algos.DigestAlgorithm({"algorithm": "sha512"})
        digest = hashlib.sha512(covered).digest()
        attributes = cms.CMSAttributes(attributes_of(digest, stranger))
        info["signed_attrs"] = attributes
        info["signature_algorithm"] = algos.SignedDigestAlgorithm({"algorithm": "ed25519"})
        info["signature"] = stranger.key.sign(attributes.dump())
        return bytes(made.dump(force=True))

    (one,) = checked(put_in(attack.document(), sign))
    assert one.problem == "algorithm-not-allowed"
