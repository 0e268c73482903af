"""What a check stood on, kept as it was: trust lists, revocation lists, status lists, each once under its digest.

Collection ``record_evidence``. Shard key and only unique key: ``_id``, the SHA-256 of the content. What no record names goes
after two days by TTL; a decision takes the mark for that away from what it stands on. None of it is personal data: lists of
authorities, and of bits.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from bson.binary import Binary
from pymongo import ASCENDING, IndexModel
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

KEPT: Final = timedelta(days=2)
"""Longer than a presentation is kept."""

_KNOWN: Final = 4096
"""Digests that this process remembers: what is known is not written again."""


class EvidenceStore:
    """Content by digest. Safe for threads: what is forgotten or raced for is only written once more."""

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self._rows: Collection[dict[str, Any]] = database["record_evidence"]
        self._known: dict[str, datetime] = {}
        self._pinned: dict[str, None] = {}

    def ensure_indexes(self) -> None:
        """Make the TTL index; a repeat changes nothing."""
        self._rows.create_indexes(
            [IndexModel([("delete_at", ASCENDING)], name="expiry", expireAfterSeconds=0)]
        )

    def keep(self, contents: Iterable[bytes], at: datetime) -> None:
        """Keep what is not kept yet (a durable write for each that is new to this process, none otherwise)."""
        for content in contents:
            digest = digest_of_content(content)
            if digest in self._pinned or at < self._known.get(digest, at):
                continue
            self._insert(digest, content, at)
            _remember(self._known, digest, at + KEPT / 2)

    def _insert(self, digest: str, content: bytes, at: datetime) -> None:
        row = {"_id": digest, "content": Binary(zlib.compress(content, 6)), "delete_at": at + KEPT}
        try:
            self._rows.insert_one(row)
        except DuplicateKeyError:
            # Seen before; it starts its two days anew, unless a record holds it for good.
            self._rows.update_one(
                {"_id": digest, "delete_at": {"$ne": None}}, {"$max": {"delete_at": at + KEPT}}
            )

    def pin(self, digests: Iterable[str]) -> None:
        """Keep these for good: a record stands on them (one durable write while any is new to this process)."""
        new = [digest for digest in dict.fromkeys(digests) if digest not in self._pinned]
        if not new:
            return
        for digest in new:
            if self._rows.update_one({"_id": digest}, {"$set": {"delete_at": None}}).matched_count:
                _remember(self._pinned, digest, None)

    def read(self, digests: Iterable[str]) -> dict[str, bytes]:
        """Contents by digest; one that is missing or altered is absent."""
        rows = self._rows.find({"_id": {"$in": list(digests)}})
        contents = {row["_id"]: zlib.decompress(bytes(row["content"])) for row in rows}
        return {
            digest: content for digest, content in contents.items() if digest_of_content(content) == digest
        }


def digest_of_content(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def digests_named(lists: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The digests that the ``lists`` of an answer or record name."""
    return tuple(str(one["digest"]) for one in lists if one.get("digest"))


def _remember(memory: dict[str, Any], digest: str, value: Any) -> None:
    memory[digest] = value
    while len(memory) > _KNOWN:
        memory.pop(next(iter(memory)))
