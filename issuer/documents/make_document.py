"""Use case: make a licence's document: draw the face, attach the credential, seal it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from issuer.documents.annotation_input import AnnotationInput
from issuer.documents.desk import DocumentDesk
from issuer.documents.errors import DocumentNotAvailableError
from issuer.documents.faces.drawing import value_on_face
from issuer.documents.faces.render import FaceInput
from issuer.documents.renewal.algorithms import protected_until
from issuer.documents.store import CopyMade, StoredOriginal
from issuer.issuance.credential_issuer import CredentialIssuer
from issuer.library.credential_claims import credential_claims
from issuer.library.licence import Licence, LicenceState
from issuer.library.standing import standing
from issuer.registrar.authority import Authority
from issuer.status.entry import status_list_uri
from issuer.status.store import NewCopies
from keys.sealing import Seal, SealLevel, VisibleSeal
from standards.documents import (
    Annotation,
    LicenceMetadata,
    MetadataHolder,
    build_metadata,
)
from standards.licence_types import FieldKind, LicenceType
from standards.print_code import PrintClaims, build_print_code, digest_of
from standards.sd_jwt_vc import build_credential
from standards.status_list import StatusReference
from standards.text import Text

_ID_BYTES: Final = 15
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DocumentOrder:
    """Which document of which licence.

    Attributes:
        authority: who seals.
        licence: the record.
        licence_type: its type.
        by: the system or the member of staff who asks.
    """

    authority: Authority
    licence: Licence
    licence_type: LicenceType
    by: str


def original_of(desk: DocumentDesk, order: DocumentOrder, *, at: datetime) -> StoredOriginal:
    """The original: made once, and from then on the same file.

    Raises:
        DocumentNotAvailableError: the licence is not in force, and no original was made while it was.
        FaceDoesNotFitError, CharacterNotPrintableError, FontsMissingError: the page cannot be drawn.
        TimeStampAuthorityUnavailableError: nothing was made.
    """
    identifier = str(order.licence.identifier)
    kept = desk.store.original(identifier)
    if kept is not None:
        return kept
    document_id = f"yj-{secrets.token_urlsafe(_ID_BYTES)}"
    level = desk.policies.of(order.licence_type.code).original
    pdf = sealed_document(desk, order, document_id, None, level, at=at)
    return desk.store.add_original(
        StoredOriginal(
            identifier,
            order.authority.uscc,
            document_id,
            level.value,
            at,
            protected_until(desk.stamp_chain(at)) if level is SealLevel.ARCHIVED else None,
            pdf,
        )
    )


def annotated_copy(
    desk: DocumentDesk, order: DocumentOrder, asked: AnnotationInput, *, at: datetime
) -> tuple[CopyMade, bytes]:
    """A copy for one use; noted durably before it is answered, and not kept. Raises as :func:`original_of`."""
    document_id = f"jz-{secrets.token_urlsafe(_ID_BYTES)}"
    annotation = Annotation(
        document_id, asked.purpose, asked.recipient, at, asked.expires_at, order.authority.name.zh
    )
    level = desk.policies.of(order.licence_type.code).copy
    pdf = sealed_document(desk, order, document_id, annotation, level, at=at)
    made = CopyMade(
        document_id,
        str(order.licence.identifier),
        order.authority.uscc,
        asked.purpose,
        asked.recipient,
        order.by,
        at,
        asked.expires_at,
    )
    desk.store.add_copy(made)
    return made, pdf


def sealed_document(
    desk: DocumentDesk,
    order: DocumentOrder,
    document_id: str,
    annotation: Annotation | None,
    level: SealLevel,
    *,
    at: datetime,
) -> bytes:
    """The file alone, with a status entry of its own, so that a change of the licence reaches it; raises as :func:`original_of`."""
    return _Making(desk, order, document_id, annotation, at).sealed(level)


@dataclass(frozen=True, slots=True)
class _Making:
    """One document as it is made."""

    desk: DocumentDesk
    order: DocumentOrder
    document_id: str
    annotation: Annotation | None
    at: datetime

    def sealed(self, level: SealLevel) -> bytes:
        """The whole document."""
        desk, order = self.desk, self.order
        issuer = desk.issuance.issuers.of_authority(order.authority.uscc, at=self.at)
        ends = issuer.certified_until - _DAY
        if self.annotation is not None:
            ends = min(ends, self.annotation.expires_at)
        status = self._status_entry(ends)
        # Only now is the licence's standing read: a change under way finds the entry, or is seen here.
        licence = self._in_force()
        claims = credential_claims(licence, order.licence_type, licence.holders[0])
        face = desk.renderer.render(
            FaceInput(
                layout=desk.layouts.of(order.authority.uscc, order.licence_type),
                licence_type=order.licence_type,
                claims=claims,
                authority=order.authority.name.zh,
                code=self._code(claims, issuer, status),
                credential=self._credential(claims, issuer, status, ends),
                metadata=build_metadata(self._metadata(licence), order.licence_type),
                made_at=self.at,
                document_id=self.document_id,
                annotation=self.annotation,
            )
        )
        sealer = desk.sealer(order.authority, self.at)
        place = face.seals[0]
        reason = "颁发电子证照" if self.annotation is None else f"加注件：{self.annotation.purpose}"
        return sealer.seal(
            face.pdf,
            Seal(
                place.field_name,
                level,
                reason,
                visible=VisibleSeal(place.page, place.box, desk.pictures.of(order.authority.name.zh)),
            ),
            at=self.at,
            time_stamper=desk.time_stamper(self.at) if level.is_timestamped else None,
            evidence=desk.evidence(self.at, order.authority) if level.carries_evidence else None,
        )

    def _status_entry(self, ends: datetime) -> StatusReference:
        entries = self.desk.issuance.entries.allocate(self.order.authority.uscc, 1)
        copies = NewCopies(str(self.order.licence.identifier), entries, self.at, ends + _DAY)
        self.desk.status.insert_copies([(f"document:{self.document_id}", copies)])
        uri = status_list_uri(self.desk.issuance.settings.issuer_url, entries.list_number)
        return StatusReference(uri, entries.indexes[0])

    def _in_force(self) -> Licence:
        order = self.order
        licence = self.desk.issuance.licences.find(str(order.licence.identifier), order.authority.uscc)
        state = None if licence is None else standing(licence, order.licence_type, self.at)
        if licence is None or state is not LicenceState.VALID:
            label = LicenceState.OTHER.label if state is None else state.label
            raise DocumentNotAvailableError(
                f"证照当前状态为“{label.zh}”，不能制作文件。",
                f"The licence is not in force ({label.en}); no document is made of it.",
                next_step=Text(
                    "恢复有效或换发后再制作。", "Ask again when it is in force, or for its new version."
                ),
            )
        return licence

    def _credential(
        self, claims: dict[str, Any], issuer: CredentialIssuer, status: StatusReference, ends: datetime
    ) -> str:
        offered = self.desk.issuance.types.by_vct(self.order.licence_type.vct)
        assert offered is not None  # the licence's own type
        return build_credential(
            self.desk.issuance.templates.of(issuer, offered),
            claims,
            holder_key=None,
            status=status,
            issued_at=self.at,
            expires_at=ends,
            sign=issuer.signer.sign,
        )

    def _code(self, claims: dict[str, Any], issuer: CredentialIssuer, status: StatusReference) -> str:
        licence_type, annotation = self.order.licence_type, self.annotation
        printed = [
            (field, value_on_face(field.name, licence_type, claims))
            for field in licence_type.fields
            if field.printed and field.kind is not FieldKind.IMAGE
        ]
        return build_print_code(
            PrintClaims(
                identifier=self.order.licence.identifier,
                type_version=int(licence_type.version),
                document_id=self.document_id,
                purpose=annotation.purpose if annotation else None,
                recipient=annotation.recipient if annotation else None,
                digest=digest_of((field.name, text) for field, text in printed),
                printed={field.order: text for field, text in printed},
                issued_at=self.at,
                expires_at=annotation.expires_at if annotation else None,
                status=status,
                valid_until=self.order.licence.valid_until,
            ),
            certificate=issuer.signer.certificate_chain[0],
            sign=issuer.signer.sign,
        )

    def _metadata(self, licence: Licence) -> LicenceMetadata:
        order = self.order
        return LicenceMetadata(
            identifier=str(licence.identifier),
            number=licence.licence_number,
            type_name=order.licence_type.name.zh,
            type_code=order.licence_type.code,
            type_version=order.licence_type.version,
            version=licence.version,
            issue_date=licence.issue_date,
            valid_from=licence.valid_from,
            valid_until=licence.valid_until,
            authority=licence.authority.name,
            authority_code=licence.authority.uscc,
            division=licence.authority.division,
            status=LicenceState.VALID.label.zh,
            holders=tuple(
                MetadataHolder(holder.name, holder.code_type, holder.number) for holder in licence.holders
            ),
            seal_name=order.authority.name.zh,
            document_id=self.document_id,
            fields=licence.fields,
            annotation=self.annotation,
        )
