"""Signatures that others make: any CMS value put into a PDF, by OpenSSL's command where that is asked for."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from tests.support.trust_world import FROM, UNTIL

_ROOM = 12_000
MAKERS: dict[str, Callable[[], Any]] = {
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
    "rsa-1024": lambda: rsa.generate_private_key(65537, 1024),
    "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "p521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
}


class Stranger:
    """Somebody with a key and a certificate that he made himself. Attributes: key; certificate."""

    def __init__(self, kind: str, name: str = "Foreign Example Ltd") -> None:
        self.key: Any = MAKERS[kind]()
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Foreign Example CA")]))
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(FROM)
            .not_valid_after(UNTIL - timedelta(days=1))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False)
            .sign(self.key, None if kind == "ed25519" else hashes.SHA256())
        )

    def write(self, folder: Path) -> tuple[str, str]:
        """Certificate and key as files."""
        number = self.certificate.serial_number
        certificate, key = folder / f"{number}.crt", folder / f"{number}.key"
        certificate.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        key.write_bytes(
            self.key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return str(certificate), str(key)


def put_in(
    pdf: bytes,
    make: Callable[[bytes], bytes],
    *,
    sub_filter: SigSeedSubFilter = SigSeedSubFilter.PADES,
    field: str = "Foreign1",
) -> bytes:
    """``pdf`` with a signature whose value is what ``make`` answers for the bytes that it covers."""
    steps: Any = PdfCMSEmbedder().write_cms(
        field_name=field, writer=IncrementalPdfFileWriter(io.BytesIO(pdf))
    )
    next(steps)
    steps.send(SigObjSetup(sig_placeholder=SignatureObject(subfilter=sub_filter, bytes_reserved=_ROOM)))
    prepared, out = steps.send(SigIOSetup(md_algorithm="sha256", in_place=True))
    whole = out.getvalue()
    covered = whole[: prepared.reserved_region_start] + whole[prepared.reserved_region_end :]
    steps.send(make(covered))
    return bytes(out.getvalue())


def by_openssl(
    folder: Path, *signers: Stranger, options: tuple[str, ...] = ("-cades",), md: str = "sha256"
) -> Callable[[bytes], bytes]:
    """What ``openssl cms -sign`` makes."""

    def make(covered: bytes) -> bytes:
        data, out = folder / "covered", folder / "cms"
        data.write_bytes(covered)
        who: list[str] = []
        for signer in signers:
            certificate, key = signer.write(folder)
            who += ["-signer", certificate, "-inkey", key]
        subprocess.run(
            [
                *("openssl", "cms", "-sign", "-binary", "-outform", "DER", "-md", md),
                *(*who, *options, "-in", str(data), "-out", str(out)),
            ],
            check=True,
            capture_output=True,
            timeout=30,
        )
        return out.read_bytes()

    return make
