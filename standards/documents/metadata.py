"""``metadata.json``: the licence's metadata under the names of GB/T 36903 (M: rebuilt from public implementations)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import orjson

from standards.codes.iso_date import parse_date
from standards.documents.annotation import Annotation, parse_annotation
from standards.documents.errors import InvalidDocumentPartError
from standards.json_reader import Reader, parse_json
from standards.licence_types import FieldKind, LicenceType

MEMBERS: Final[Mapping[str, str]] = {
    "identifier": "ZZBS",
    "number": "ZZBH",
    "name": "ZZMC",
    "version": "ZZBB",
    "type_name": "ZZLXMC",
    "type_code": "ZZLXDM",
    "issue_date": "ZZBFRQ",
    "authority": "ZZBFJG",
    "authority_code": "ZZBFJGDM",
    "division": "ZZBFJGSSXZQHDM",
    "valid_from": "ZZYXQQSRQ",
    "valid_until": "ZZYXQJZRQ",
    "status": "ZZZT",
    "holders": "CZZT",
    "holder_name": "CZZTMC",
    "holder_code": "CZZTDM",
    "holder_code_type": "CZZTDMLX",
    "signer": "ZZQZR",
    "signed_at": "ZZQZSJ",
    "seal_name": "ZZQZMC",
}
"""The one table of names; wrong ones are corrected here."""

EXTENSION: Final = "KZ_"
"""Begins the name of a type's own field."""

_MAX_HOLDERS: Final = 100


@dataclass(frozen=True, slots=True, repr=False)
class MetadataHolder:
    """One holder."""

    name: str
    code_type: str
    code: str


@dataclass(frozen=True, slots=True, repr=False)
class LicenceMetadata:
    """The metadata of one document.

    Attributes:
        identifier: GB/T 36904.
        number: as printed.
        type_name, type_code, type_version: of the catalogue.
        version: of the licence, from 1.
        issue_date, valid_from, valid_until: days.
        authority, authority_code, division: who issued it.
        status: in words, when the document was made.
        holders: 1..n.
        seal_name: what the seal says.
        document_id: of this document.
        fields: the type's own fields that are text.
        annotation: of a per-use copy; ``None`` for an original.
    """

    identifier: str
    number: str
    type_name: str
    type_code: str
    type_version: str
    version: int
    issue_date: date
    valid_from: date | None
    valid_until: date | None
    authority: str
    authority_code: str
    division: str
    status: str
    holders: tuple[MetadataHolder, ...]
    seal_name: str
    document_id: str
    fields: Mapping[str, Any]
    annotation: Annotation | None = None


def build_metadata(metadata: LicenceMetadata, licence_type: LicenceType) -> bytes:
    """The attachment; pictures are left to the page and the credential."""
    wire: dict[str, Any] = {
        MEMBERS["identifier"]: metadata.identifier,
        MEMBERS["number"]: metadata.number,
        MEMBERS["name"]: metadata.type_name,
        MEMBERS["version"]: metadata.version,
        MEMBERS["type_name"]: metadata.type_name,
        MEMBERS["type_code"]: metadata.type_code,
        "type_version": metadata.type_version,
        MEMBERS["issue_date"]: metadata.issue_date.isoformat(),
        MEMBERS["authority"]: metadata.authority,
        MEMBERS["authority_code"]: metadata.authority_code,
        MEMBERS["division"]: metadata.division,
        MEMBERS["valid_from"]: metadata.valid_from and metadata.valid_from.isoformat(),
        MEMBERS["valid_until"]: metadata.valid_until and metadata.valid_until.isoformat(),
        MEMBERS["status"]: metadata.status,
        MEMBERS["holders"]: [
            {
                MEMBERS["holder_name"]: holder.name,
                MEMBERS["holder_code_type"]: holder.code_type,
                MEMBERS["holder_code"]: holder.code,
            }
            for holder in metadata.holders
        ],
        MEMBERS["seal_name"]: metadata.seal_name,
        "document_id": metadata.document_id,
    }
    for field in licence_type.own_fields:
        if field.kind is not FieldKind.IMAGE and metadata.fields.get(field.name) is not None:
            wire[EXTENSION + field.name.upper()] = metadata.fields[field.name]
    if metadata.annotation is not None:
        wire["JZJ"] = metadata.annotation.to_json()
    return orjson.dumps(wire)


def parse_metadata(data: bytes) -> LicenceMetadata:
    """Read an attachment, untrusted; raises ``InvalidDocumentPartError``."""
    reader = Reader(parse_json(data, error=InvalidDocumentPartError), error=InvalidDocumentPartError)
    holders = reader.objects(MEMBERS["holders"], min_items=1, max_items=_MAX_HOLDERS)
    annotation = reader.optional_object("JZJ")
    return LicenceMetadata(
        identifier=reader.text(MEMBERS["identifier"], max_chars=200),
        number=reader.text(MEMBERS["number"], max_chars=200),
        type_name=reader.text(MEMBERS["type_name"], max_chars=200),
        type_code=reader.text(MEMBERS["type_code"], max_chars=40),
        type_version=reader.text("type_version", max_chars=10),
        version=reader.integer(MEMBERS["version"], minimum=1),
        issue_date=_day(reader, "issue_date"),
        valid_from=_optional_day(reader, "valid_from"),
        valid_until=_optional_day(reader, "valid_until"),
        authority=reader.text(MEMBERS["authority"], max_chars=200),
        authority_code=reader.text(MEMBERS["authority_code"], max_chars=40),
        division=reader.text(MEMBERS["division"], max_chars=12),
        status=reader.text(MEMBERS["status"], max_chars=40),
        holders=tuple(
            MetadataHolder(
                holder.text(MEMBERS["holder_name"], max_chars=200),
                holder.text(MEMBERS["holder_code_type"], max_chars=3),
                holder.text(MEMBERS["holder_code"], max_chars=100),
            )
            for holder in holders
        ),
        seal_name=reader.text(MEMBERS["seal_name"], max_chars=200),
        document_id=reader.text("document_id", max_chars=64),
        fields={
            name.removeprefix(EXTENSION).lower(): reader.any(name)
            for name in reader.names()
            if name.startswith(EXTENSION)
        },
        annotation=None if annotation is None else parse_annotation(annotation),
    )


def _day(reader: Reader, name: str) -> date:
    return parse_date(reader.text(MEMBERS[name], max_chars=10), where=reader.pointer(MEMBERS[name]))


def _optional_day(reader: Reader, name: str) -> date | None:
    member = MEMBERS[name]
    return None if member not in reader or reader.any(member) is None else _day(reader, name)
