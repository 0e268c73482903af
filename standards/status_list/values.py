"""Status values and the reference to one (Token Status List sections 6 and 7)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from standards.json_reader import Reader
from standards.status_list.errors import StatusListError

_MAX_URI_CHARS: Final = 2048
MAX_INDEX: Final = 2**32 - 1
"""Largest index that is read: far above any list that fits into ``MAX_LIST_BYTES``."""


class StatusValue(IntEnum):
    """What the two bits of an entry say (section 7.1; 3 is left to the application)."""

    VALID = 0
    """The licence is in force."""

    INVALID = 1
    """The licence has ended, for whatever reason: it never comes back under this entry."""

    SUSPENDED = 2
    """Not in force for now: suspended, reported lost, or not yet effective."""

    INSPECTION_OVERDUE = 3
    """In force, but its annual inspection is overdue (application specific)."""


@dataclass(frozen=True, slots=True)
class StatusReference:
    """Where the status of one issued copy stands.

    Attributes:
        uri: address of the status list; equals the ``sub`` of its token.
        index: the entry's index, from 0.
    """

    uri: str
    index: int

    def to_claim(self) -> dict[str, Any]:
        """The ``status`` claim of a credential (section 6.2)."""
        return {"status_list": {"idx": self.index, "uri": self.uri}}


def parse_status_claim(obj: Any) -> StatusReference:
    """The reference in an untrusted ``status`` claim; raises ``StatusListError`` when there is none."""
    entry = Reader(obj, "/status", error=StatusListError).object("status_list")
    return StatusReference(
        entry.text("uri", max_chars=_MAX_URI_CHARS), entry.integer("idx", maximum=MAX_INDEX)
    )
