"""Steps 1 to 9 over a document (DESIGN section 3): its seals, the licence attached to it, and whether the page agrees.

The same facts, evidence, policy and instant always give the same report.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from keys.pdf_check import CheckedPdf, CheckedSeal, PdfFacts, Unreadable, check_seals
from keys.trust_list import Role
from standards.documents import (
    CREDENTIAL,
    FACE,
    METADATA,
    Annotation,
    InvalidDocumentPartError,
    LicenceMetadata,
    parse_manifest,
    parse_metadata,
)
from standards.licence_types import LicenceType, load_catalogue
from standards.text import Text
from standards.verification_report import Finding, Step, VerificationReport
from verifier.checking.check_presentation import NO_RULE
from verifier.checking.checked import CheckedLicence
from verifier.checking.evidence import Evidence, ListUsed
from verifier.checking.findings import not_checked, with_detail
from verifier.checking.policy import VerificationPolicy
from verifier.checking.step_8_request import NO_REQUEST
from verifier.documents import findings as said
from verifier.documents.check_attached import CheckedAttached, check_attached
from verifier.documents.check_seal import day_and_time, seal_findings
from verifier.documents.compare_face import ComparedField, compare_face

_MAX_CREDENTIAL_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class CheckedDocument:
    """The answer about one document.

    Attributes:
        report: findings and verdict.
        pdf: what was found of its seals; ``None`` when it could not be read.
        licence: the attached licence, once signature and path hold; else ``None``.
        annotation: of a per-use copy; else ``None``.
        document_id: as its metadata say, or empty.
        fields: printed items beside the licence's, where they could be compared.
        lists: lists that the findings rest on.
    """

    report: VerificationReport
    pdf: CheckedPdf | None = None
    licence: CheckedLicence | None = None
    annotation: Annotation | None = None
    document_id: str = ""
    fields: tuple[ComparedField, ...] = field(default=(), repr=False)
    lists: tuple[ListUsed, ...] = ()


def credential_of(document: PdfFacts | Unreadable | None) -> str | None:
    """The text of the attached licence, unverified; for gathering its status list before checking."""
    if not isinstance(document, PdfFacts):
        return None
    attached = document.attached(CREDENTIAL.name)
    if len(attached) != 1 or not 0 < len(attached[0]) <= _MAX_CREDENTIAL_BYTES:
        return None
    try:
        return attached[0].decode("ascii").strip()
    except UnicodeDecodeError:
        return None


def check_document(
    document: PdfFacts | Unreadable | None,
    evidence: Evidence,
    *,
    policy: VerificationPolicy,
    at: datetime,
    recipient: str | None = None,
    types: dict[str, LicenceType] | None = None,
) -> CheckedDocument:
    """Check what was read of a document.

    Args:
        document: as :func:`verifier.documents.reading.read_document` answers; ``None`` when there was no time for it.
        evidence: lists in hand.
        policy: limits.
        at: the instant of the decision, aware UTC; may lie in the past or in the future.
        recipient: name of whoever checks, to hold against the one that a per-use copy was made for.
        types: further licence types by ``vct``, beside those that the product knows.
    """
    if not isinstance(document, PdfFacts):
        first = said.BUSY if document is None else said.UNREADABLE[document]
        rest = not_checked(*(step for step in Step if step is not Step.FORM))
        return CheckedDocument(VerificationReport.of((first, *rest)))
    pdf = check_seals(document, evidence.trust.validator, at)
    found = [*_form(document), *seal_findings(pdf)]
    text = credential_of(document)
    ours = any(one.name in {CREDENTIAL.name, METADATA.name, FACE.name} for one in document.attachments)
    if not ours:
        # A document of somebody else: its seals are all that can be told.
        steps = (Step.VALIDITY, Step.STATUS, Step.HOLDER_BINDING, Step.REQUEST, Step.MATERIAL_RULE)
        listing = _listing(pdf, evidence) or not_checked(Step.AUTHORISATION)
        return CheckedDocument(
            VerificationReport.of((*found, said.NO_LICENCE, *listing, *not_checked(*steps))), pdf
        )
    if text is None:
        rest = not_checked(*(step for step in Step if step > Step.PATH))
        return CheckedDocument(VerificationReport.of((*found, said.SEVERAL_LICENCES, *rest)), pdf)
    attached = check_attached(text, evidence, policy=policy, at=at, proven_at=_proven(pdf))
    found += attached.findings
    found += _listing(pdf, evidence)
    found += _belong_together(pdf, attached)
    metadata = _metadata(document)
    if metadata is None:
        found.append(said.SEVERAL_LICENCES)
    compared, fields = _compare(document, attached, types)
    if compared is not None:
        found.append(compared)
    found += _copy(metadata, attached, at, recipient)
    found += [said.NO_HOLDER, NO_RULE]
    return CheckedDocument(
        VerificationReport.of(found),
        pdf,
        attached.licence,
        metadata.annotation if metadata else None,
        metadata.document_id if metadata else "",
        fields,
        attached.lists,
    )


def _form(document: PdfFacts) -> list[Finding]:
    found = [said.READ]
    if document.odd:
        found.append(said.ODD)
    if document.active:
        found.append(said.ACTIVE)
    return found


def _proven(pdf: CheckedPdf) -> datetime | None:
    """By when the attached licence existed at the latest: the earliest proof of a seal that holds."""
    return min((seal.proven_at for seal in pdf.seals if seal.holds and seal.proven_at), default=None)


def _listing(pdf: CheckedPdf, evidence: Evidence) -> tuple[Finding, ...]:
    """Step 4: every seal is registered on its region's list, at the instant by which it existed."""
    found = []
    for seal in pdf.seals:
        if seal.path is None or not seal.holds:
            continue
        decision = evidence.trust.role_entry(seal.path, Role.SEAL, seal.judged_at)
        if decision.allowed:
            name = decision.entry.name if decision.entry else Text("", "")
            found.append(with_detail(said.SEALER_LISTED, Text(f"{name.zh}。", f"{name.en}.")))
        else:
            found.append(said.SEALER_LISTING_UNKNOWN if decision.indeterminate else said.SEALER_NOT_LISTED)
    return tuple(found)


def _belong_together(pdf: CheckedPdf, attached: CheckedAttached) -> list[Finding]:
    """Step 4: whoever sealed the document is whoever issued the licence; a second seal may be another authority's."""
    if attached.licence is None:
        return []
    sealers = [seal.path.subject.uscc for seal in pdf.seals if seal.holds and seal.path is not None]
    if not sealers:
        return []
    issuer = attached.licence.issuer_uscc
    return [said.SEALED_BY_ISSUER if issuer and issuer in sealers else said.SEALED_BY_ANOTHER]


def _metadata(document: PdfFacts) -> LicenceMetadata | None:
    attached = document.attached(METADATA.name)
    if len(attached) != 1:
        return None
    try:
        return parse_metadata(attached[0])
    except InvalidDocumentPartError:
        return None


def _compare(
    document: PdfFacts, attached: CheckedAttached, types: dict[str, LicenceType] | None
) -> tuple[Finding | None, tuple[ComparedField, ...]]:
    if attached.licence is None:
        return None, ()
    vct = attached.licence.vct
    licence_type = load_catalogue().find_vct(vct) or (types or {}).get(vct)
    manifests = document.attached(FACE.name)
    if licence_type is None or len(manifests) != 1:
        return said.FACE_UNKNOWN, ()
    try:
        manifest = parse_manifest(manifests[0])
    except InvalidDocumentPartError:
        return said.FACE_UNKNOWN, ()
    face = compare_face(manifest, document.printed, attached.licence.claims, licence_type)
    notes = bool(document.notes)
    if face.agrees and not notes:
        return said.FACE_AGREES, face.fields
    differs = face.what_differs if not notes else Text("页面上另有批注", "notes on the page")
    return with_detail(said.FACE_DIFFERS, Text(f"{differs.zh}。", f"{differs.en}.")), face.fields


def _copy(
    metadata: LicenceMetadata | None, attached: CheckedAttached, at: datetime, recipient: str | None
) -> list[Finding]:
    """What the metadata say, held against the licence; and of a per-use copy, for whom, for what and until when."""
    if metadata is None:
        return [NO_REQUEST]
    found: list[Finding] = []
    if attached.licence is not None and not _same_licence(metadata, attached.licence):
        found.append(said.METADATA_DIFFERS)
    annotation = metadata.annotation
    if annotation is None:
        return [*found, NO_REQUEST]
    if at >= annotation.expires_at:
        ended = day_and_time(annotation.expires_at)
        found.append(with_detail(said.COPY_ENDED, Text(f"{ended}。", f"{ended}.")))
    detail = Text(
        f"用途“{annotation.purpose}”，使用方“{annotation.recipient}”。",
        f'purpose "{annotation.purpose}", recipient "{annotation.recipient}".',
    )
    for_another = recipient is not None and recipient.strip() != annotation.recipient.strip()
    return [*found, with_detail(said.COPY_FOR_ANOTHER if for_another else said.COPY_FOR, detail)]


def _same_licence(metadata: LicenceMetadata, licence: CheckedLicence) -> bool:
    claims = licence.claims
    pairs = (
        (claims.get("licence_identifier"), metadata.identifier),
        (claims.get("licence_number"), metadata.number),
    )
    return all(said_by is None or said_by == written for said_by, written in pairs) and (
        not metadata.authority_code or metadata.authority_code == licence.issuer_uscc
    )


def seal_of(pdf: CheckedPdf | None) -> CheckedSeal | None:
    """The first seal, for people."""
    return pdf.seals[0] if pdf and pdf.seals else None
