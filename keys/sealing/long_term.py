"""What makes a seal outlive its certificates: the document security store and archive time stamps (EN 319 142-1 section 5.4)."""

from __future__ import annotations

import hashlib
import io
from typing import Final

from asn1crypto import crl, x509
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore

from keys.sealing.document_writer import DocumentWriter
from keys.sealing.evidence import SealEvidence, TimeStamper

_TOKEN_BYTES: Final = 8 * 1024
"""A token with its chain; services of others send up to 6 KB."""


def add_evidence(pdf: bytes, evidence: SealEvidence) -> bytes:
    """Add certificates and revocation lists that the document does not hold yet."""
    writer = DocumentWriter(pdf)
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=[x509.Certificate.load(der) for der in evidence.certificates],
        crls=[crl.CertificateList.load(der) for der in evidence.revocation_lists],
    )
    output = io.BytesIO()
    writer.write(output)  # type: ignore[no-untyped-call]
    return output.getvalue()


def add_archive_time_stamp(pdf: bytes, time_stamper: TimeStamper) -> bytes:
    """Add a document time stamp over everything that is there (ISO 32000-2 section 12.8.5)."""
    writer = DocumentWriter(pdf)
    # The name must be new in the document: renewals add one each.
    name = f"ArchiveTimeStamp-{hashlib.sha256(pdf).hexdigest()[:16]}"
    steps = PdfCMSEmbedder().write_cms(name, writer)
    next(steps)
    placeholder = DocumentTimestamp(bytes_reserved=2 * _TOKEN_BYTES)  # type: ignore[no-untyped-call]
    steps.send(SigObjSetup(sig_placeholder=placeholder))
    prepared, output = steps.send(SigIOSetup(md_algorithm="sha256"))
    steps.send(time_stamper(prepared.document_digest))
    return bytes(output.getvalue())
