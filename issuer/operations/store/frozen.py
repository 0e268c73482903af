"""The licences of a bulk operation, frozen at its proposal, and what became of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo.database import Database

from issuer.operations.bulk_operation import CHUNK_LICENCES, Looked, Obstacle, Outcome, Settled
from issuer.operations.store.documents import FrozenDocument
from standards.text import Text

_NONE = -1
_CHUNKS_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class FrozenChunk:
    """Some licences of an operation.

    Attributes:
        number: 0, 1, 2 …
        licences: as they were at the proposal.
        settled: what became of each, or ``None`` while the chunk is not done.
    """

    number: int
    licences: tuple[Looked, ...]
    settled: tuple[Settled, ...] | None


class FrozenLicences:
    """Writes and reads the chunks."""

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self._chunks = database["bulk_operation_licences"]

    @staticmethod
    def ensure_indexes() -> None:
        """Make the indexes; repeating it changes nothing."""
        FrozenDocument.ensure_indexes()

    def freeze(self, operation: str, licences: Sequence[Looked], *, delete_at: datetime) -> None:
        """Keep the licences of a new operation: one durable write for each ten thousand."""
        rows: list[dict[str, Any]] = []
        for first in range(0, len(licences), CHUNK_LICENCES):
            of_chunk = licences[first : first + CHUNK_LICENCES]
            index = _Obstacles()
            entries = [[one.identifier, one.revision, index.of(one.obstacle)] for one in of_chunk]
            rows.append(
                {
                    "_id": _key(operation, first // CHUNK_LICENCES),
                    "licences": entries,
                    "obstacles": index.rows,
                    "delete_at": delete_at,
                }
            )
            if len(rows) == _CHUNKS_AT_ONCE:
                self._chunks.insert_many(rows)
                rows = []
        if rows:
            self._chunks.insert_many(rows)

    def chunk(self, operation: str, number: int) -> FrozenChunk | None:
        """One chunk, or ``None`` behind the last."""
        row = self._chunks.find_one({"_id": _key(operation, number)})
        return None if row is None else _chunk(row)

    def chunks(self, operation: str) -> Iterator[FrozenChunk]:
        """All chunks in their order."""
        for row in self._chunks.find({"_id": _range(operation)}).sort("_id"):
            yield _chunk(row)

    def settle(self, operation: str, chunk: FrozenChunk, settled: Sequence[Settled]) -> None:
        """Note what became of a chunk's licences: one durable write; repeating it overwrites."""
        index = _Obstacles()
        for one in chunk.licences:
            index.of(one.obstacle)
        results = [[one.outcome.value, index.of(one.obstacle)] for one in settled]
        self._chunks.update_one(
            {"_id": _key(operation, chunk.number)}, {"$set": {"results": results, "obstacles": index.rows}}
        )


class _Obstacles:
    """The distinct obstacles of a chunk, each written once."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self._places: dict[Obstacle, int] = {}

    def of(self, obstacle: Obstacle | None) -> int:
        if obstacle is None:
            return _NONE
        if obstacle not in self._places:
            self._places[obstacle] = len(self.rows)
            self.rows.append([obstacle.code, obstacle.message.zh, obstacle.message.en])
        return self._places[obstacle]


def _chunk(row: dict[str, Any]) -> FrozenChunk:
    obstacles = [Obstacle(code, Text(zh, en)) for code, zh, en in row["obstacles"]]

    def obstacle(place: int) -> Obstacle | None:
        return None if place == _NONE else obstacles[place]

    licences = tuple(
        Looked(identifier, revision, obstacle(place)) for identifier, revision, place in row["licences"]
    )
    results = row.get("results")
    settled = (
        None
        if results is None
        else tuple(
            Settled(one.identifier, Outcome(outcome), obstacle(place))
            for one, (outcome, place) in zip(licences, results, strict=True)
        )
    )
    return FrozenChunk(int(row["_id"].rpartition("/")[2]), licences, settled)


def _key(operation: str, number: int) -> str:
    return f"{operation}/{number:06d}"


def _range(operation: str) -> dict[str, str]:
    # The character behind the slash is the zero.
    return {"$gte": f"{operation}/", "$lt": f"{operation}0"}
