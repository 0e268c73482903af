"""What makes a per-use copy (加注件) one: for what, for whom, until when (GB/T 36903: JZJ… members)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from standards.documents.errors import InvalidDocumentPartError
from standards.json_reader import Reader
from standards.single_line import is_single_line
from standards.text import Text

MAX_PURPOSE_CHARS: Final = 60
MAX_RECIPIENT_CHARS: Final = 60
MAX_MAKER_CHARS: Final = 120

_ID: Final = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)


class MaterialLevel(StrEnum):
    """How far a document is to be trusted as a material (DOMAIN section 3)."""

    ISSUER_MADE = "A"
    """By the authority that issued the licence."""

    VERIFIED = "B"
    """Held against the original at a window."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a per-use copy says about itself.

    Attributes:
        document_id: of this copy alone.
        purpose: for which use it was made.
        recipient: who is to take it.
        made_at, expires_at: aware.
        maker: who made it.
        level: how far it is to be trusted as a material.
    """

    document_id: str
    purpose: str
    recipient: str
    made_at: datetime
    expires_at: datetime
    maker: str
    level: MaterialLevel = MaterialLevel.ISSUER_MADE

    def watermark(self, expires_on: str) -> Text:
        """The sentence across the page; ``expires_on`` is the day as printed."""
        if self.level is MaterialLevel.ISSUER_MADE:
            return Text(
                f"此件由{self.maker}提供，仅供办理政务服务事项时使用，有效期至{expires_on}",
                f"Provided by {self.maker} for public services only, valid until {expires_on}",
            )
        return Text(
            f"此件经与原件核对无误，仅供办理政务服务事项时使用，有效期至{expires_on}",
            f"Held against the original, for public services only, valid until {expires_on}",
        )

    def to_json(self) -> dict[str, Any]:
        """The shape in ``metadata.json``."""
        return {
            "document_id": self.document_id,
            "JZJZZSJ": self.made_at.isoformat(),
            "JZJZZZ": self.maker,
            "JZJZZSY": self.purpose,
            "JZJSYDX": self.recipient,
            "JZJYXQJZSJ": self.expires_at.isoformat(),
            "level": self.level.value,
        }


def parse_annotation(reader: Reader) -> Annotation:
    """Read what :meth:`Annotation.to_json` wrote; raises ``InvalidDocumentPartError``."""
    document_id = reader.text("document_id", max_chars=64)
    if not _ID.fullmatch(document_id):
        raise InvalidDocumentPartError(
            "加注件编号不对。", "The copy's id is malformed.", where=reader.pointer("document_id")
        )
    return Annotation(
        document_id,
        _line(reader, "JZJZZSY", MAX_PURPOSE_CHARS),
        _line(reader, "JZJSYDX", MAX_RECIPIENT_CHARS),
        reader.iso_instant("JZJZZSJ"),
        reader.iso_instant("JZJYXQJZSJ"),
        _line(reader, "JZJZZZ", MAX_MAKER_CHARS),
        MaterialLevel(reader.choice("level", tuple(MaterialLevel))),
    )


def _line(reader: Reader, name: str, max_chars: int) -> str:
    text = reader.text(name, max_chars=max_chars)
    if not is_single_line(text):
        raise reader.fail(name, "应为一行文字。", "One line of text is expected.")
    return text
