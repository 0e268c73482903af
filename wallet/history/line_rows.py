"""The rows of chained lines: how a line is sealed and put behind the one before, and how it is read back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
from bson import Binary
from pymongo.client_session import ClientSession
from pymongo.collection import Collection

from service.record_chain import has_mark, seal_mark
from wallet.accounts.account import Holder
from wallet.history.chain import Head, Line, kept_until, next_line
from wallet.history.entry import Actor, Entry, parse_entry

_Row = dict[str, Any]


def next_of(holder: Holder, entry: Entry, head: Head | None) -> Line:
    """The line of an entry, behind ``head``."""
    entry = replace(entry, actor=actor_of(holder))
    sealed = holder.envelope.seal(orjson.dumps(entry.sealed_json()), _context(entry.entry_id))
    return next_line(entry.entry_id, entry.at, sealed, head)


def remembered_head(
    heads: Collection[_Row], holder: Holder, session: ClientSession | None = None
) -> Head | None:
    """What is remembered of the newest line: the newest, unless a process died before it could say so."""
    noted = heads.find_one({"_id": holder.account_id}, session=session)
    return None if noted is None else head_of(holder, noted)


def newest_head(
    rows: Collection[_Row], heads: Collection[_Row], holder: Holder, session: ClientSession | None = None
) -> Head | None:
    """The newest line, looked for."""
    newest = rows.find_one(
        {"account_id": holder.account_id, "sequence": {"$exists": True}},
        {"sequence": 1, "hash": 1, "noted_at": 1},
        sort=[("sequence", -1)],
        session=session,
    )
    head = None if newest is None else Head(newest["sequence"], newest["hash"], newest["noted_at"])
    remembered = remembered_head(heads, holder, session)
    if remembered is not None and (head is None or head.sequence < remembered.sequence):
        # The newest lines are gone, in their time or not: what follows stands behind them, so that a gap stays a gap.
        return remembered
    return head


def row_of(holder: Holder, line: Line) -> _Row:
    """As it is stored."""
    return {
        "_id": line.entry_id,
        "account_id": holder.account_id,
        "at": line.at,
        "noted_at": line.noted_at,
        "sealed": Binary(line.sealed),
        "sequence": line.sequence,
        "previous": line.previous,
        "previous_at": line.previous_at,
        "hash": line.hash,
        "mark": Binary(seal_mark(holder.envelope, line.hash, _place(holder, line.sequence))),
        "purge_at": kept_until(line.noted_at),
    }


def note_head(heads: Collection[_Row], holder: Holder, line: Line, session: ClientSession | None) -> None:
    """Remember the newest line; an older one than is remembered changes nothing, and may raise ``DuplicateKeyError``."""
    mark = seal_mark(holder.envelope, line.hash, _head_place(holder, line.sequence, line.noted_at))
    heads.update_one(
        {"_id": holder.account_id, "sequence": {"$lt": line.sequence}},
        {
            "$set": {
                "sequence": line.sequence,
                "hash": line.hash,
                "noted_at": line.noted_at,
                "mark": Binary(mark),
            }
        },
        upsert=True,
        session=session,
    )


def head_of(holder: Holder, row: _Row) -> Head | None:
    """What is remembered; ``None`` when this node did not write it."""
    place = _head_place(holder, row["sequence"], row["noted_at"])
    if not has_mark(holder.envelope, row["mark"], row["hash"], place):
        return None
    return Head(row["sequence"], row["hash"], row["noted_at"])


def actor_of(holder: Holder) -> Actor | None:
    """Who acts in the holder's name; ``None`` for the holder in person."""
    if holder.acting.is_self:
        return None
    return Actor(holder.person.name, holder.acting.capacity.value)


def line_of(holder: Holder, row: _Row) -> Line:
    """A row in its place in the chain."""
    marked = has_mark(holder.envelope, row.get("mark"), row["hash"], _place(holder, row["sequence"]))
    return Line(
        row["_id"],
        row["at"],
        row["noted_at"],
        bytes(row["sealed"]),
        row["sequence"],
        row["previous"],
        row["previous_at"],
        row["hash"],
        marked,
    )


def entry_of(holder: Holder, row: _Row) -> Entry:
    """What a row says; raises ``SealedDataError`` for another account's."""
    plain = holder.envelope.open(bytes(row["sealed"]), _context(row["_id"]))
    return parse_entry(row["_id"], row["at"], orjson.loads(plain))


def _context(entry_id: str) -> str:
    return f"use log {entry_id}"


def _place(holder: Holder, sequence: int) -> str:
    return f"use log {holder.account_id} place {sequence}"


def _head_place(holder: Holder, sequence: int, noted_at: datetime) -> str:
    return f"use log {holder.account_id} head {sequence} {noted_at.timestamp():.3f}"
