"""Records of window nodes at their centre: each window's chain as it is, under the window's own name.

Collection ``window_records``. Shard key ``chain`` (department and window), then ``sequence``; the unique index on both is the
compare-and-set. A window is named by the system in its token. What was shown is sealed under this node's keys.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

import orjson
from bson.binary import Binary
from pymongo import ASCENDING, IndexModel
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from keys.envelope import Envelope
from service.record_chain import FIRST_PREVIOUS, link_hash
from service.store.sealed_rows import SealedRows
from standards.errors import InvalidInputError
from standards.json_reader import Reader, parse_json
from standards.text import Text
from verifier.acceptance.record import AcceptanceRecord
from verifier.offline.errors import InvalidWindowRecordsError, WindowChainBrokenError

MAX_BATCH: Final = 50
_MAX_BODY_CHARS: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class WindowRecord:
    """One record of a window's chain, whose hash and place hold."""

    sequence: int
    previous: str
    hash: str
    body: bytes
    shown: bytes

    @property
    def record_id(self) -> str:
        """The record's own name, random."""
        return str(orjson.loads(self.body)["id"])

    @property
    def lists(self) -> list[Mapping[str, Any]]:
        """The lists that it stands on."""
        found: list[Mapping[str, Any]] = orjson.loads(self.body).get("lists") or []
        return found


class WindowRecordStore:
    """The chains of all window nodes."""

    def __init__(self, database: Database[dict[str, Any]], envelope: Envelope) -> None:
        self._rows: Collection[dict[str, Any]] = database["window_records"]
        self._envelope = envelope

    def ensure_indexes(self) -> None:
        """Make the unique index; a repeat changes nothing."""
        self._rows.create_indexes([IndexModel([("chain", ASCENDING), ("sequence", ASCENDING)], unique=True)])

    def head(self, department: str, window: str) -> tuple[int, str]:
        """Where a chain ends: sequence number and hash; 0 where it has not begun."""
        row = self._rows.find_one(
            {"chain": _chain(department, window)}, {"sequence": 1, "hash": 1}, sort=[("sequence", -1)]
        )
        return (row["sequence"], row["hash"]) if row else (0, FIRST_PREVIOUS)

    def add(
        self, department: str, window: str, records: Sequence[WindowRecord], at: datetime
    ) -> tuple[int, str]:
        """Continue a chain (one bulk write); what is there already is left as it is. Answers the new end.

        Raises:
            WindowChainBrokenError: another record stands in one of the places.
            InvalidWindowRecordsError: the records do not follow the end of the chain.
        """
        chain = _chain(department, window)
        end, end_hash = self.head(department, window)
        known = {
            row["sequence"]: row["hash"]
            for row in self._rows.find(
                {"chain": chain, "sequence": {"$in": [one.sequence for one in records]}},
                {"sequence": 1, "hash": 1},
            )
        }
        if any(known.get(one.sequence, one.hash) != one.hash for one in records):
            raise _broken()
        new = [one for one in records if one.sequence not in known]
        if new and (new[0].sequence != end + 1 or new[0].previous != end_hash):
            raise InvalidWindowRecordsError(
                f"记录应接在第 {end} 号之后。", f"Records continue after number {end}.", where="/records/0"
            )
        if new:
            self._insert(chain, new, at)
        return self.head(department, window)

    def _insert(self, chain: str, new: Sequence[WindowRecord], at: datetime) -> None:
        rows = [
            {
                "chain": chain,
                "sequence": one.sequence,
                "record_id": one.record_id,
                "previous": one.previous,
                "hash": one.hash,
                "body": Binary(one.body),
                "shown": self._envelope.seal(one.shown, _context(chain, one.sequence)),
                "taken_at": at,
            }
            for one in new
        ]
        try:
            self._rows.insert_many(rows, ordered=True)
        except BulkWriteError:
            # The same window sent twice at once: the other one's rows count if they are the same.
            for one in new:
                row = self._rows.find_one({"chain": chain, "sequence": one.sequence}, {"hash": 1})
                if row is not None and row["hash"] != one.hash:
                    raise _broken() from None

    def chain(self, department: str, window: str) -> Iterator[WindowRecord]:
        """All records of a window, in order, opened."""
        name = _chain(department, window)
        for row in self._rows.find({"chain": name}).sort("sequence", 1):
            shown = self._envelope.open(bytes(row["shown"]), _context(name, row["sequence"]))
            yield WindowRecord(row["sequence"], row["previous"], row["hash"], bytes(row["body"]), shown)

    def chains(self) -> tuple[tuple[str, str], ...]:
        """Department and window of every chain."""
        return tuple(tuple(name.split(" ", 1)) for name in sorted(self._rows.distinct("chain")))

    def after(
        self, department: str, window: str, sequence: int, *, limit: int
    ) -> tuple[AcceptanceRecord, ...]:
        """The records that come after a place in a window's chain, in order, for those who follow it."""
        rows = self._rows.find(
            {"chain": _chain(department, window), "sequence": {"$gt": sequence}}, {"shown": 0}
        ).sort("sequence", 1)
        return tuple(
            AcceptanceRecord(bytes(row["body"]), row["sequence"], row["previous"], row["hash"], marked=True)
            for row in rows.limit(limit)
        )

    def sealed_rows(self) -> SealedRows:
        """What a change of the master key brings over."""
        return SealedRows(
            Text("窗口节点的受理记录", "records of window nodes"),
            self._rows,
            ("chain", "sequence", "shown"),
            self._renewed,
        )

    def _renewed(self, row: dict[str, Any]) -> dict[str, Any]:
        if not self._envelope.is_older(row["shown"]):
            return {}
        return {"shown": self._envelope.reseal(row["shown"], _context(row["chain"], row["sequence"]))}


def record_to_json(record: WindowRecord) -> dict[str, Any]:
    """On the wire."""
    return {
        "sequence": record.sequence,
        "previous": record.previous,
        "hash": record.hash,
        "body": base64.b64encode(record.body).decode(),
        "shown": base64.b64encode(record.shown).decode(),
    }


def parse_records(body: Any, department: str) -> tuple[WindowRecord, ...]:
    """Records as sent, each whole, of this department, one after the other; raises ``InvalidWindowRecordsError``."""
    reader = Reader(body, error=InvalidWindowRecordsError)
    entries = reader.objects("records", min_items=1, max_items=MAX_BATCH)
    records = tuple(_record(entry, department) for entry in entries)
    for before, after in pairwise(records):
        if after.sequence != before.sequence + 1 or after.previous != before.hash:
            raise reader.fail("records", "记录不连续。", "The records do not follow each other.")
    return records


def _record(entry: Reader, department: str) -> WindowRecord:
    try:
        content = base64.b64decode(entry.text("body", max_chars=_MAX_BODY_CHARS), validate=True)
        shown = base64.b64decode(entry.text("shown", max_chars=_MAX_BODY_CHARS), validate=True)
        facts = Reader(parse_json(content), error=InvalidWindowRecordsError)
        named = (facts.text("department"), facts.text("shown_digest"))
        facts.text("id", max_chars=100)
        if not all(isinstance(one, dict) for one in facts.list("lists")):
            raise facts.fail("lists", "无法读取。", "These cannot be read.")
    except (binascii.Error, ValueError, InvalidInputError) as cause:
        raise entry.fail("body", "记录无法读取。", "The record cannot be read.") from cause
    record = WindowRecord(
        entry.integer("sequence", minimum=1, maximum=2**53),
        entry.text("previous", max_chars=64),
        entry.text("hash", max_chars=64),
        content,
        shown,
    )
    if link_hash(content, record.sequence, record.previous) != record.hash:
        raise entry.fail("hash", "散列值与记录不符。", "The hash is not that of the record.")
    if named[0] != department:
        raise entry.fail("body", "记录属于另一部门。", "The record is another department's.")
    # Erased after its time: nothing is left that the digest could be compared with.
    if shown and hashlib.sha256(shown).hexdigest() != named[1]:
        raise entry.fail("shown", "所出示内容与记录不符。", "What was shown is not what the record names.")
    return record


def _chain(department: str, window: str) -> str:
    return f"{department} {window}"


def _context(chain: str, sequence: int) -> str:
    return f"window record {chain} {sequence}"


def _broken() -> WindowChainBrokenError:
    return WindowChainBrokenError(
        "本窗口节点的记录链与上级保存的不一致。",
        "The chain of this window is not the one that is kept here.",
        next_step=Text("请勿再受理，并报告管理员。", "Stop accepting, and tell the administrator."),
    )
