"""A terminal: a device at a window, known by a key that never leaves its browser (R16)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from standards.jose import PublicJwk
from standards.text import Text
from verifier.terminals.errors import InvalidTerminalError

ENROLMENT_LIFETIME: Final = timedelta(minutes=10)
"""How long an enrolment code may be typed in."""

MAX_NAME_CHARS: Final = 40

_ID: Final = re.compile(r"[0-9a-f]{16}", re.ASCII)


class TerminalKind(StrEnum):
    """Who stands before it."""

    DESK = "desk"
    """A clerk, signed in."""
    KIOSK = "kiosk"
    """A citizen, alone: no member of staff is ever signed in there."""


KIND_NAMES: Final = {
    TerminalKind.DESK: Text("窗口工作台", "Desk"),
    TerminalKind.KIOSK: Text("自助终端", "Kiosk"),
}


class TerminalState(StrEnum):
    """Where a terminal stands."""

    WAITING = "waiting"
    """Registered; no device has typed its code in yet."""
    ENROLLED = "enrolled"
    BARRED = "barred"
    """Refused with its next request, everywhere. Only a new code lets a device in its place."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """One terminal.

    Attributes:
        id: random; names it in records.
        name: as on its plate.
        kind: for a clerk or for citizens.
        department: USCC of the department that answers for it.
        place: where it stands.
    """

    id: str
    name: str
    kind: TerminalKind
    department: str
    place: str


@dataclass(frozen=True, slots=True)
class TerminalEvent:
    """Something that was done with a terminal.

    Attributes:
        at: when.
        by: id of the member of staff, or ``command`` or ``device``.
        what: ``registered``, ``code``, ``enrolled``, ``renamed``, ``moved``, ``barred``.
    """

    at: datetime
    by: str
    what: str


@dataclass(frozen=True, slots=True)
class TerminalEntry:
    """A terminal with everything that an administrator sees of it.

    Attributes:
        terminal: the value that others know.
        state: waiting, enrolled, barred.
        key: of the device, or ``None`` before it was enrolled.
        code_expires_at: until when the enrolment code may be typed in, or ``None`` when there is none.
        enrolled_at: when the device that has its place now was enrolled.
        seen_at: when the device last proved its key.
        challenged_at: when the newest challenge that it answered was made; an older one is refused.
        bar_reason: why it was barred, in the administrator's words.
        history: the last of what was done, oldest first.
    """

    terminal: Terminal
    state: TerminalState
    key: PublicJwk | None
    code_expires_at: datetime | None
    enrolled_at: datetime | None
    seen_at: datetime | None
    challenged_at: datetime | None
    bar_reason: str
    history: tuple[TerminalEvent, ...]

    @property
    def key_name(self) -> str:
        """The first characters of the key's thumbprint (RFC 7638): sessions of a device before are no longer good."""
        return "" if self.key is None else self.key.thumbprint()[:16]

    def awaits_device(self, at: datetime) -> bool:
        """Whether its code can still be typed in."""
        return self.code_expires_at is not None and at < self.code_expires_at


def parse_terminal_id(text: str) -> str:
    """An id from an address or a token.

    Raises:
        InvalidTerminalError: it cannot be one.
    """
    if not _ID.fullmatch(text):
        raise InvalidTerminalError("这不是终端编号。", "This is no terminal's id.", where="terminal")
    return text


def check_label(text: str, where: str) -> str:
    """A name or place as an administrator types it: one line that can be read, without hidden characters.

    Raises:
        InvalidTerminalError: empty, too long, or with control or direction characters.
    """
    label = " ".join(text.split())
    hidden = any(unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs", "Cn"} for character in label)
    if not 0 < len(label) <= MAX_NAME_CHARS or hidden:
        raise InvalidTerminalError(
            f"应为 1 至 {MAX_NAME_CHARS} 个可见字符。",
            f"It has 1 to {MAX_NAME_CHARS} characters that can be seen.",
            where=where,
        )
    return label
