"""What stands in a document, as values; nothing of it is verified. They cross from the process that reads to the one that decides."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Unreadable(StrEnum):
    """Why a document cannot be read at all."""

    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    TOO_LARGE = "too-large"
    AMBIGUOUS = "ambiguous"
    """Readers may take it for different documents: several headers, cross references of two kinds."""


class UnreadablePdfError(Exception):
    """A document that cannot be read; ``why`` says so for people elsewhere."""

    def __init__(self, why: Unreadable) -> None:
        super().__init__(why.value)
        self.why = why


class SealKind(StrEnum):
    """What a signature field holds."""

    SEAL = "seal"
    TIME_STAMP = "time-stamp"
    """A document time stamp (ISO 32000-2 section 12.8.5)."""


class Changes(StrEnum):
    """What came after a signature."""

    NONE = "none"
    LONG_TERM = "long-term"
    """Certificates, revocation lists, time stamps: what keeps a signature provable."""
    SEALED_AGAIN = "sealed-again"
    """Further signatures, and nothing else."""
    FORBIDDEN = "forbidden"
    """Anything else, whatever the file says it allows."""


@dataclass(frozen=True, slots=True)
class SealFacts:
    """One signature.

    Attributes:
        name: of its field.
        kind: seal or time stamp of the document.
        sub_filter: how it is encoded, as the file says.
        cms: DER of the signature, empty when there is none.
        digest: of the bytes that it covers, by the algorithm that the signature names; empty when it names none of ours.
        gap: where its own value begins and ends in the file.
        covered: how many bytes of the file from its beginning, its own value aside.
        problem: why it is no signature over a whole revision of the file, or ``None``.
        changes: what came after.
        what: in words of the analysis, for the log of an expert; may be empty.
        certifies: DocMDP level 1..3 when it says what may be changed, else ``None``.
        stated_at: the time that the signer wrote, RFC 3339, or empty.
        reason: as written.
        page: of its picture, from 0, or ``None`` when it has none.
    """

    name: str
    kind: SealKind
    sub_filter: str = ""
    cms: bytes = field(default=b"", repr=False)
    digest: bytes = field(default=b"", repr=False)
    gap: tuple[int, int] = (0, 0)
    covered: int = 0
    problem: str | None = None
    changes: Changes = Changes.NONE
    what: str = ""
    certifies: int | None = None
    stated_at: str = ""
    reason: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file within the document."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Printed:
    """Text that a viewer shows.

    Attributes:
        pages: all upright text of each page, without white space.
        fields: upright text of each box that was asked for, in its order, without white space.
        slanted: all other text: watermarks.
    """

    pages: tuple[str, ...] = field(default=(), repr=False)
    fields: tuple[str, ...] = field(default=(), repr=False)
    slanted: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PdfFacts:
    """A document.

    Attributes:
        size: in bytes.
        pages: how many.
        revisions: how often it was saved on top of itself, the first time included.
        seals: in the order in which they were made.
        attachments: files within it, bounded in number and size.
        certificates, revocation_lists: DER, of its security store.
        active: what would make a viewer do something: scripts, actions, layers.
        notes: annotations on pages that are no signature field.
        looks_changed: whether a page looks otherwise than the first seal left it, fields of further seals aside.
        odd: what is strange about the file as a whole.
        printed: its text.
    """

    size: int
    pages: int
    revisions: int
    seals: tuple[SealFacts, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    certificates: tuple[bytes, ...] = field(default=(), repr=False)
    revocation_lists: tuple[bytes, ...] = field(default=(), repr=False)
    active: tuple[str, ...] = ()
    notes: int = 0
    looks_changed: bool = False
    odd: tuple[str, ...] = ()
    printed: Printed = Printed()

    def attached(self, name: str) -> tuple[bytes, ...]:
        """Every attachment of a name."""
        return tuple(one.data for one in self.attachments if one.name == name)

    def to_json(self) -> dict[str, Any]:
        """JSON shape."""
        return {
            "size": self.size,
            "pages": self.pages,
            "revisions": self.revisions,
            "seals": [_seal_json(seal) for seal in self.seals],
            "attachments": [[one.name, _encoded(one.data)] for one in self.attachments],
            "certificates": [_encoded(one) for one in self.certificates],
            "revocation_lists": [_encoded(one) for one in self.revocation_lists],
            "active": list(self.active),
            "notes": self.notes,
            "looks_changed": self.looks_changed,
            "odd": list(self.odd),
            "page_texts": list(self.printed.pages),
            "field_texts": list(self.printed.fields),
            "slanted": self.printed.slanted,
        }

    @classmethod
    def of_json(cls, wire: Mapping[str, Any]) -> PdfFacts:
        """What :meth:`to_json` wrote; raises ``ValueError``, ``TypeError`` or ``KeyError`` for anything else."""
        return cls(
            size=int(wire["size"]),
            pages=int(wire["pages"]),
            revisions=int(wire["revisions"]),
            seals=tuple(_seal(seal) for seal in wire["seals"]),
            attachments=tuple(Attachment(str(name), _decoded(data)) for name, data in wire["attachments"]),
            certificates=tuple(_decoded(one) for one in wire["certificates"]),
            revocation_lists=tuple(_decoded(one) for one in wire["revocation_lists"]),
            active=tuple(str(one) for one in wire["active"]),
            notes=int(wire["notes"]),
            looks_changed=bool(wire["looks_changed"]),
            odd=tuple(str(one) for one in wire["odd"]),
            printed=Printed(
                tuple(str(one) for one in wire["page_texts"]),
                tuple(str(one) for one in wire["field_texts"]),
                str(wire["slanted"]),
            ),
        )


def _seal_json(seal: SealFacts) -> dict[str, Any]:
    return {
        "name": seal.name,
        "kind": seal.kind.value,
        "sub_filter": seal.sub_filter,
        "cms": _encoded(seal.cms),
        "digest": _encoded(seal.digest),
        "gap": list(seal.gap),
        "covered": seal.covered,
        "problem": seal.problem,
        "changes": seal.changes.value,
        "what": seal.what,
        "certifies": seal.certifies,
        "stated_at": seal.stated_at,
        "reason": seal.reason,
        "page": seal.page,
    }


def _seal(wire: Mapping[str, Any]) -> SealFacts:
    return SealFacts(
        name=str(wire["name"]),
        kind=SealKind(wire["kind"]),
        sub_filter=str(wire["sub_filter"]),
        cms=_decoded(wire["cms"]),
        digest=_decoded(wire["digest"]),
        gap=(int(wire["gap"][0]), int(wire["gap"][1])),
        covered=int(wire["covered"]),
        problem=_optional_text(wire["problem"]),
        changes=Changes(wire["changes"]),
        what=str(wire["what"]),
        certifies=_optional_number(wire["certifies"]),
        stated_at=str(wire["stated_at"]),
        reason=str(wire["reason"]),
        page=_optional_number(wire["page"]),
    )


def _optional_text(value: Any) -> str | None:
    return None if value is None else str(value)


def _optional_number(value: Any) -> int | None:
    return None if value is None else int(value)


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
