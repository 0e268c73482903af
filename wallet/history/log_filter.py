"""Which lines of the log somebody wants to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from typing import Final

from standards.errors import InvalidInputError
from standards.text import Text
from wallet.history.entry import OUTCOMES, Entry, EntryKind, Use
from wallet.history.sentences import sentence_of

CHINA_TIME: Final = timezone(timedelta(hours=8), "UTC+08:00")
"""Days are days of the country's one civil time (GB/T 7408)."""

_MOST_CHARS: Final = 100


class Group(StrEnum):
    """Kinds of lines that people look for together."""

    SHOWN = "shown"
    REFUSED = "refused"
    OUTSIDE = "outside"
    LICENCES = "licences"
    RIGHTS = "rights"
    COMPLAINTS = "complaints"


GROUP_NAMES: Final[Mapping[Group, Text]] = {
    Group.SHOWN: Text("出示", "Shown"),
    Group.REFUSED: Text("拒绝和拦下", "Refused"),
    Group.OUTSIDE: Text("部门依法查阅", "Looked at without you"),
    Group.LICENCES: Text("领取和变更", "Received, changed"),
    Group.RIGHTS: Text("授权和代办", "Authority given"),
    Group.COMPLAINTS: Text("投诉", "Complaints"),
}

_KIND: Final = EntryKind
_GROUPS: Final[Mapping[Group, frozenset[EntryKind]]] = {
    Group.SHOWN: frozenset(
        {_KIND.SHARING, *OUTCOMES, _KIND.CODE_USED, _KIND.SHEET_USED, _KIND.DOCUMENT_TAKEN}
    ),
    Group.REFUSED: frozenset({_KIND.REFUSED, _KIND.UNANSWERABLE, _KIND.ATTEMPT_REFUSED, _KIND.CODE_REFUSED}),
    Group.OUTSIDE: frozenset({_KIND.CONSULTED}),
    Group.LICENCES: frozenset(
        {
            _KIND.RECEIVED,
            _KIND.FOUND,
            _KIND.UPDATED,
            _KIND.ENDED,
            _KIND.REMOVED,
            _KIND.RESTORED,
            _KIND.EXPORTED,
            _KIND.IMPORTED,
            _KIND.MOVED,
        }
    ),
    Group.RIGHTS: frozenset(
        {
            _KIND.WALLET_OPENED,
            _KIND.GRANT_GIVEN,
            _KIND.GRANT_ACCEPTED,
            _KIND.GRANT_WITHDRAWN,
            _KIND.GRANT_ENDED,
            _KIND.HANDED_OVER,
            _KIND.CODE_PREPARED,
            _KIND.SHEET_MADE,
            _KIND.SHEET_WITHDRAWN,
        }
    ),
    Group.COMPLAINTS: frozenset(
        {
            _KIND.COMPLAINT_SENT,
            _KIND.COMPLAINT_ANSWERED,
            _KIND.COMPLAINT_CLOSED,
            _KIND.COMPLAINT_WITHDRAWN,
        }
    ),
}


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What lines must have; each part is left out by being empty.

    Attributes:
        group: of their kind.
        holding: id of a licence that they are about.
        words: found in the sentence, in either language, or in the name of the party or of who acted.
        since: first day.
        until: last day.
    """

    group: Group | None = None
    holding: str = ""
    words: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether every line fits."""
        return self == LogFilter()

    def fits(self, entry: Entry) -> bool:
        """Whether a line is wanted."""
        if self.group is not None and entry.kind not in _GROUPS[self.group]:
            return False
        if self.holding and self.holding not in (*entry.holdings, entry.about):
            # The outcome of a show names no licence of its own; it is joined to the line that does.
            return False
        if self.since is not None and entry.at < _begin(self.since):
            return False
        if self.until is not None and entry.at >= _begin(self.until + timedelta(days=1)):
            return False
        return not self.words or self.words.lower() in _all_words(entry).lower()

    def to_query(self) -> dict[str, str]:
        """The query parameters that mean this filter."""
        wanted = {
            "group": self.group.value if self.group else "",
            "licence": self.holding,
            "words": self.words,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
        }
        return {name: value for name, value in wanted.items() if value}


def parse_log_filter(query: Mapping[str, str]) -> LogFilter:
    """Read ``group``, ``licence``, ``words``, ``since``, ``until``; empty ones count as left out.

    Raises:
        InvalidInputError: a group that there is not, or no day.
    """
    group = query.get("group", "")
    if group and group not in tuple(Group):
        raise InvalidInputError("没有这一类记录。", "There is no such kind of line.", where="group")
    return LogFilter(
        Group(group) if group else None,
        query.get("licence", "")[:_MOST_CHARS],
        query.get("words", "").strip()[:_MOST_CHARS],
        _day(query, "since"),
        _day(query, "until"),
    )


def _day(query: Mapping[str, str], name: str) -> date | None:
    given = query.get(name, "")
    try:
        day = date.fromisoformat(given) if given else None
    except ValueError as error:
        raise InvalidInputError("日期格式不正确。", "The day is malformed.", where=name) from error
    if day is not None and not 1970 <= day.year <= 9000:
        raise InvalidInputError("日期超出范围。", "The day is out of range.", where=name)
    return day


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA_TIME).astimezone(UTC)


def _all_words(entry: Entry) -> str:
    sentence = sentence_of(Use(entry))
    party = entry.party or Text("", "")
    actor = entry.actor.name if entry.actor else ""
    return f"{sentence.zh}\n{sentence.en}\n{party.zh}\n{party.en}\n{actor}\n{entry.receipt_number}"
