"""The forms in which a licence is issued to a wallet's keys: SD-JWT VC, and the compact one for codes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from issuer.issuance.configurations import OfferedType
from issuer.issuance.credential_issuer import CredentialIssuer
from issuer.issuance.credential_templates import CredentialTemplates
from issuer.library.credential_claims import credential_claims
from issuer.library.licence import Holder, Licence
from standards.cwt import CompactClaims, build_compact_licence, short_number
from standards.cwt.face import pack_face
from standards.cwt.fitting import fit_fields
from standards.jose import PublicJwk, b64url_encode
from standards.sd_jwt_vc import build_credential
from standards.status_list import StatusReference

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CopyToBe:
    """One copy: the key that it is bound to, and its own status entry."""

    key: PublicJwk
    status: StatusReference


@dataclass(frozen=True, slots=True)
class CopiesToBe:
    """A batch of copies of one licence for one holder.

    Attributes:
        issuer: who signs.
        offered: the type.
        licence: the record.
        holder: whose copies they are.
        copies: one for each key.
        issued_at: now.
        expires_at: when they must be fetched anew at the latest.
    """

    issuer: CredentialIssuer
    offered: OfferedType
    licence: Licence
    holder: Holder
    copies: Sequence[CopyToBe]
    issued_at: datetime
    expires_at: datetime


def sd_jwt_copies(batch: CopiesToBe, templates: CredentialTemplates) -> Iterator[str]:
    """The copies as SD-JWT VC with all disclosures."""
    claims = credential_claims(batch.licence, batch.offered.licence_type, batch.holder)
    template = templates.of(batch.issuer, batch.offered)
    for copy in batch.copies:
        yield build_credential(
            template,
            claims,
            holder_key=copy.key,
            status=copy.status,
            issued_at=batch.issued_at,
            expires_at=batch.expires_at,
            sign=batch.issuer.signer.sign,
        )


def compact_copies(batch: CopiesToBe) -> Iterator[str]:
    """The copies in their compact form, in base64url: the same times as the others, rounded to the day alike."""
    licence_type, holder = batch.offered.licence_type, batch.holder
    claims: dict[str, Any] = credential_claims(batch.licence, licence_type, holder)
    first = batch.copies[0]
    compact = CompactClaims(
        identifier=batch.licence.identifier,
        type_version=int(licence_type.version),
        holder_name=holder.name,
        holder_code_type=holder.code_type,
        holder_number_short=short_number(holder.code_type, holder.number),
        valid_until=batch.licence.valid_until,
        fields=pack_face(licence_type, claims),
        issued_at=_midnight(batch.issued_at),
        expires_at=_midnight_after(batch.expires_at),
        holder_key=first.key,
        status=first.status,
    )
    compact = fit_fields(compact)
    for copy in batch.copies:
        made = build_compact_licence(
            replace(compact, holder_key=copy.key, status=copy.status),
            certificate=batch.issuer.signer.certificate_chain[0],
            sign=batch.issuer.signer.sign,
        )
        yield b64url_encode(made)


def _midnight(instant: datetime) -> datetime:
    day: date = instant.astimezone(UTC).date()
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _midnight_after(instant: datetime) -> datetime:
    before = _midnight(instant)
    return before if before == instant else before + _DAY
