"""A printed sheet as its maker sees it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from standards.json_reader import Reader
from standards.status_list import StatusReference
from standards.text import Text

_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_ID_CHARS: Final = 10


class SheetState(StrEnum):
    """What can be said of a sheet now."""

    WAITING = "waiting"
    GOOD = "good"
    OVER = "over"
    WITHDRAWN = "withdrawn"

    @property
    def word(self) -> Text:
        """For people to read."""
        return _WORDS[self]


_WORDS: Final = {
    SheetState.WAITING: Text("尚未生效", "Not yet valid"),
    SheetState.GOOD: Text("可以使用", "Can be used"),
    SheetState.OVER: Text("已到期", "Over"),
    SheetState.WITHDRAWN: Text("已撤回", "Withdrawn"),
}


@dataclass(frozen=True, slots=True)
class SheetItem:
    """A service item that a sheet is for, as the trust list names it."""

    code: str
    name: Text


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet.

    Attributes:
        sheet_id: printed on it; ten letters and digits that are not mistaken for one another.
        account_id: of the wallet.
        holding_id: the licence.
        licence: name of its type.
        holder_name: whose it is.
        items: what it is for.
        not_before, expires_at: when it may be used.
        bearer: who else may hand it over (name, last four of the number), or ``None``.
        text: of the code.
        status: its entry in this wallet service's list.
        made_at: when.
        right_id: the right under which it was made for the holder: it falls with it; ``None`` of who made it for himself.
        withdrawn_at: since when it is refused, or ``None``.
        used_at: when windows had it noted, oldest first.
    """

    sheet_id: str
    account_id: str
    holding_id: str
    licence: Text
    holder_name: str
    items: tuple[SheetItem, ...]
    not_before: datetime
    expires_at: datetime
    bearer: tuple[str, str] | None
    text: str
    status: StatusReference
    made_at: datetime
    right_id: str | None = None
    withdrawn_at: datetime | None = None
    used_at: tuple[datetime, ...] = ()

    def state(self, at: datetime) -> SheetState:
        """Its state at an instant."""
        if self.withdrawn_at is not None:
            return SheetState.WITHDRAWN
        if at >= self.expires_at:
            return SheetState.OVER
        return SheetState.WAITING if at < self.not_before else SheetState.GOOD

    @property
    def last_moment(self) -> datetime:
        """The last second in which it may be used: who reads "until 2 December 00:00" comes on the 2nd."""
        return self.expires_at - timedelta(seconds=1)

    def sealed_json(self) -> dict[str, Any]:
        """What is sealed of it."""
        return {
            "licence": self.licence.to_json(),
            "holder_name": self.holder_name,
            "items": [{"code": item.code, "name": item.name.to_json()} for item in self.items],
            "bearer": None if self.bearer is None else list(self.bearer),
            "text": self.text,
            "status": {"uri": self.status.uri, "index": self.status.index},
        }

    def withdrawn(self, at: datetime) -> Sheet:
        """The sheet as withdrawn."""
        return replace(self, withdrawn_at=at)


def new_sheet_id() -> str:
    """A fresh id, 50 bits: it names, it does not authorise."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_ID_CHARS))


def parse_sealed(document: Any) -> dict[str, Any]:
    """Read back what :meth:`Sheet.sealed_json` wrote, as arguments of :class:`Sheet`."""
    reader = Reader(document)
    bearer = reader.any("bearer")
    status = reader.object("status")
    return {
        "licence": _text(reader.any("licence")),
        "holder_name": reader.text("holder_name"),
        "items": tuple(
            SheetItem(one.text("code"), _text(one.any("name"))) for one in reader.objects("items")
        ),
        "bearer": None if bearer is None else (bearer[0], bearer[1]),
        "text": reader.text("text", max_chars=5000),
        "status": StatusReference(status.text("uri"), status.integer("index")),
    }


def _text(value: Any) -> Text:
    reader = Reader(value)
    return Text(reader.text("zh", min_chars=0), reader.text("en", min_chars=0))
