"""Sealing one document."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.cms_embedder import (
    PdfCMSEmbedder,
    SigIOSetup,
    SigMDPSetup,
    SigObjSetup,
)
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from keys.cms import CmsSigner
from keys.errors import SealingError
from keys.sealing.document_writer import DocumentWriter
from keys.sealing.evidence import SealEvidence, SealLevel, TimeStamper
from keys.sealing.long_term import add_archive_time_stamp, add_evidence
from keys.signer import Signer

_CMS_BYTES: Final = 1024
"""Beside the certificates: attributes, identifiers and the signature take about 700."""

_TOKEN_BYTES: Final = 8 * 1024
"""A time-stamp token with its chain; services of others send up to 6 KB."""

_DIGEST: Final = "sha256"


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing that needs no font and no other resource.

    Attributes:
        content: operators of a content stream (ISO 32000-2 sections 8.4 and 8.5), colours in DeviceRGB.
        width: in points.
        height: in points.
    """

    content: bytes = field(repr=False)
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class VisibleSeal:
    """The picture of the seal on a page.

    Attributes:
        page: from 0; −1 is the last.
        box: left, bottom, right, top in points from the page's lower left corner.
        picture: is drawn into the box, as large as fits.
    """

    page: int
    box: tuple[float, float, float, float]
    picture: Picture


@dataclass(frozen=True, slots=True)
class Seal:
    """How a document is sealed.

    Attributes:
        field_name: name of the signature field; taken where the document has one of that name, else made.
        level: how long it is meant to last.
        reason: why, as a reader program shows it.
        location: where, or ``None``.
        visible: the picture, or ``None`` where the page shows the seal itself or the prepared field has its place.
        certify: whether this seal says what may be changed afterwards: the first seal of a document.
        changes_allowed: with ``certify``: whether prepared fields may still be sealed (DocMDP 2) or nothing may change (1).
    """

    field_name: str
    level: SealLevel
    reason: str
    location: str | None = None
    visible: VisibleSeal | None = None
    certify: bool = True
    changes_allowed: bool = False


class Sealer:
    """An authority's sealing key, prepared. Immutable; safe to share between threads."""

    def __init__(self, signer: Signer) -> None:
        """Prepare a key; raises ``SigningKeyError`` when it has no certificate."""
        self._cms = CmsSigner(signer)
        self._bytes = _CMS_BYTES + sum(map(len, signer.certificate_chain))

    def seal(
        self,
        pdf: bytes,
        seal: Seal,
        *,
        at: datetime,
        time_stamper: TimeStamper | None = None,
        evidence: SealEvidence | None = None,
    ) -> bytes:
        """Seal a document; what it was before stays in it byte for byte, and the seal follows (an incremental update).

        Args:
            pdf: the document.
            seal: how.
            at: the time the signature states, aware; a time stamp proves it, nothing else does.
            time_stamper: for every level but B-B.
            evidence: for B-LT and B-LTA.

        Raises:
            SealingError: no PDF, a field that is sealed already, or a level without what it needs.
            TimeStampError: the time-stamp authority did not answer as it should.
        """
        _check_means(seal.level, time_stamper, evidence)
        sealed = self._signed(pdf, seal, at, time_stamper)
        if evidence is not None and seal.level.carries_evidence:
            sealed = add_evidence(sealed, evidence)
        if time_stamper is not None and seal.level is SealLevel.ARCHIVED:
            sealed = add_archive_time_stamp(sealed, time_stamper)
        return sealed

    def _signed(self, pdf: bytes, seal: Seal, at: datetime, time_stamper: TimeStamper | None) -> bytes:
        stamper = time_stamper if seal.level.is_timestamped else None
        try:
            writer = DocumentWriter(pdf)
            steps = PdfCMSEmbedder(new_field_spec=_field(seal)).write_cms(seal.field_name, writer)
            field = next(steps)
            if seal.visible is not None:
                _draw(writer, field.get_object(), seal.visible)
            steps.send(_placeholder(seal, at, self._bytes + (_TOKEN_BYTES if stamper else 0)))
            prepared, output = steps.send(SigIOSetup(md_algorithm=_DIGEST))
        except (PdfError, SigningError) as cause:
            raise SealingError(
                "文件无法签章：它不是完好的 PDF，或签章域已被占用。",
                "The document cannot be sealed: it is no whole PDF, or its field is sealed already.",
                where=seal.field_name,
            ) from cause
        digest = prepared.document_digest
        signature = self._cms.signature_over(digest)
        token = stamper(hashlib.sha256(signature).digest()) if stamper else None
        steps.send(self._cms.wrap(signature, digest, token))
        return bytes(output.getvalue())


def _check_means(level: SealLevel, time_stamper: TimeStamper | None, evidence: SealEvidence | None) -> None:
    if level.is_timestamped and time_stamper is None:
        raise SealingError(
            f"{level} 级签章需要时间戳服务。", f"A seal of level {level} needs a time-stamp authority."
        )
    if level.carries_evidence and evidence is None:
        raise SealingError(
            f"{level} 级签章需要证书与吊销列表。",
            f"A seal of level {level} needs certificates and revocation lists.",
        )


def _placeholder(seal: Seal, at: datetime, reserved: int) -> SigObjSetup:
    permission = MDPPerm.FILL_FORMS if seal.changes_allowed else MDPPerm.NO_CHANGES
    return SigObjSetup(
        sig_placeholder=SignatureObject(
            timestamp=at.replace(microsecond=0),
            subfilter=SigSeedSubFilter.PADES,
            reason=seal.reason,
            location=seal.location,
            bytes_reserved=2 * reserved,  # written in hexadecimal
        ),
        mdp_setup=SigMDPSetup(
            md_algorithm=_DIGEST, certify=seal.certify, docmdp_perms=permission if seal.certify else None
        ),
    )


def _field(seal: Seal) -> SigFieldSpec:
    if seal.visible is None:
        return SigFieldSpec(seal.field_name)
    left, bottom, right, top = seal.visible.box
    # pyHanko takes whole points; a seal is about 120 of them wide.
    return SigFieldSpec(
        seal.field_name,
        on_page=seal.visible.page,
        box=(round(left), round(bottom), round(right), round(top)),
    )


def _draw(writer: DocumentWriter, field: Any, visible: VisibleSeal) -> None:
    """Make the picture the field's appearance; a reader program fits it into the box (ISO 32000-2 section 12.5.5)."""
    picture = visible.picture
    pdf: Any = generic  # the library's classes of PDF objects have no annotations
    form = pdf.StreamObject(
        {
            pdf.pdf_name("/Type"): pdf.pdf_name("/XObject"),
            pdf.pdf_name("/Subtype"): pdf.pdf_name("/Form"),
            pdf.pdf_name("/BBox"): pdf.ArrayObject(
                map(pdf.FloatObject, (0, 0, picture.width, picture.height))
            ),
            pdf.pdf_name("/Resources"): pdf.DictionaryObject(),
        },
        stream_data=picture.content,
    )
    form.compress()
    field["/AP"] = pdf.DictionaryObject({pdf.pdf_name("/N"): writer.add_object(form)})
    writer.update_container(field)
