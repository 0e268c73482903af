"""Bundles and the state of a window node, in the store: so they survive restarts, and all processes see the same.

Collection ``offline_parts``: shard key and only unique key ``_id``, the SHA-256 of the content. Collection
``offline_bundles``: shard key ``_id``, department and version at a centre, ``applied`` at a window. Collection
``offline_state``: shard key ``_id``; one row. Old bundles and what only they name go by TTL.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bson.binary import Binary
from pymongo import ASCENDING, IndexModel, UpdateOne
from pymongo.collection import Collection
from pymongo.database import Database

from verifier.offline.bundle import Key, Manifest, Parts, digest_of, parse_manifest

KEPT: Final = timedelta(days=8)
"""How long a bundle can be the base of a difference: a window that was off for a week takes little."""

_APPLIED: Final = "applied"
_STATE: Final = "upstream"


@dataclass(frozen=True, slots=True)
class UpstreamState:
    """What a window node knows of its way to the centre.

    Attributes:
        tried_at: when it was last asked, or ``None``.
        reached_at: when it last answered, or ``None``.
        skew: how far this machine's clock was ahead of the centre's at that time.
        problem: code of what went wrong the last time, or ``None``.
        department, sequence: how far the centre has this node's chain of records.
        bundle_at: when it was last asked for a bundle.
        away: whether a scan found it silent together with another service, since it last answered.
    """

    tried_at: datetime | None = None
    reached_at: datetime | None = None
    skew: timedelta = timedelta()
    problem: str | None = None
    department: str = ""
    sequence: int = 0
    bundle_at: datetime | None = None
    away: bool = False


@dataclass(frozen=True, slots=True)
class Applied:
    """The bundle in force at a window: ``taken_at`` is when it came."""

    manifest: Manifest
    taken_at: datetime


class OfflineStore:
    """Bundles of a centre, and the one that a window works with."""

    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self._parts: Collection[dict[str, Any]] = database["offline_parts"]
        self._bundles: Collection[dict[str, Any]] = database["offline_bundles"]
        self._state: Collection[dict[str, Any]] = database["offline_state"]

    def ensure_indexes(self) -> None:
        """Make the TTL indexes; a repeat changes nothing."""
        for rows in (self._parts, self._bundles):
            rows.create_indexes([IndexModel([("delete_at", ASCENDING)], name="expiry", expireAfterSeconds=0)])

    # -- centre -----------------------------------------------------------------------------------------------------

    def newest(self, department: str) -> Manifest | None:
        """The newest bundle of a department."""
        row = self._bundles.find_one({"department": department}, sort=[("version", -1)])
        return None if row is None else parse_manifest(row["manifest"])

    def find(self, department: str, version: int) -> Manifest | None:
        """One version, while it is kept."""
        row = self._bundles.find_one({"_id": f"{department} {version}"})
        return None if row is None else parse_manifest(row["manifest"])

    def add(self, manifest: Manifest, parts: Parts, at: datetime) -> None:
        """Keep a new bundle; of two with one version the first stays."""
        self._keep_parts(parts, at + KEPT)
        self._bundles.update_one(
            {"_id": f"{manifest.department} {manifest.version}"},
            {
                "$setOnInsert": {
                    "department": manifest.department,
                    "version": manifest.version,
                    "manifest": manifest.text,
                    "delete_at": at + KEPT,
                }
            },
            upsert=True,
        )

    def still_current(self, manifest: Manifest, at: datetime) -> None:
        """Nothing changed since: it is kept on."""
        self._bundles.update_one(
            {"_id": f"{manifest.department} {manifest.version}"}, {"$max": {"delete_at": at + KEPT}}
        )
        self._parts.update_many(
            {"_id": {"$in": [part.digest for part in manifest.parts]}}, {"$max": {"delete_at": at + KEPT}}
        )

    # -- window -----------------------------------------------------------------------------------------------------

    def applied(self) -> Applied | None:
        """The bundle in force."""
        row = self._bundles.find_one({"_id": _APPLIED})
        return None if row is None else Applied(parse_manifest(row["manifest"]), row["taken_at"])

    def apply(self, manifest: Manifest, parts: Parts, at: datetime) -> None:
        """Put a bundle in force: first its parts, then one write that turns to it. Killed between, the old one holds."""
        self._keep_parts(parts, None)
        before = self.applied()
        self._bundles.replace_one({"_id": _APPLIED}, {"manifest": manifest.text, "taken_at": at}, upsert=True)
        if before is not None:
            gone = {one.digest for one in before.manifest.parts} - {one.digest for one in manifest.parts}
            self._parts.update_many(
                {"_id": {"$in": list(gone)}}, {"$set": {"delete_at": at + timedelta(days=1)}}
            )

    # -- both -------------------------------------------------------------------------------------------------------

    def parts_of(self, manifest: Manifest) -> dict[Key, bytes] | None:
        """All parts of a bundle, or ``None`` when one is gone or damaged."""
        rows = self._parts.find({"_id": {"$in": [part.digest for part in manifest.parts]}})
        contents = {row["_id"]: zlib.decompress(bytes(row["content"])) for row in rows}
        parts = {part.key: contents.get(part.digest) for part in manifest.parts}
        if any(content is None for content in parts.values()):
            return None
        return {key: content for key, content in parts.items() if content is not None}

    def part(self, digest: str) -> bytes | None:
        """One part."""
        row = self._parts.find_one({"_id": digest})
        return None if row is None else zlib.decompress(bytes(row["content"]))

    def state(self) -> UpstreamState:
        """What is known of the way to the centre."""
        row = self._state.find_one({"_id": _STATE}) or {}
        return UpstreamState(
            row.get("tried_at"),
            row.get("reached_at"),
            timedelta(seconds=row.get("skew", 0)),
            row.get("problem"),
            row.get("department", ""),
            row.get("sequence", 0),
            row.get("bundle_at"),
            row.get("away", False),
        )

    def reached(self, at: datetime, skew: timedelta, department: str, sequence: int) -> None:
        """The centre answered, and has the records up to a place."""
        values = {
            "tried_at": at,
            "reached_at": at,
            "skew": skew.total_seconds(),
            "problem": None,
            "away": False,
            "department": department,
            "sequence": sequence,
        }
        self._state.update_one({"_id": _STATE}, {"$set": values}, upsert=True)

    def failed(self, at: datetime, problem: str) -> None:
        """It did not, or its answer cannot be used."""
        self._state.update_one({"_id": _STATE}, {"$set": {"tried_at": at, "problem": problem}}, upsert=True)

    def away(self, at: datetime, problem: str) -> None:
        """It was silent while a clerk waited, and so was somebody else: the network is lost."""
        values = {"tried_at": at, "problem": problem, "away": True}
        self._state.update_one({"_id": _STATE}, {"$set": values}, upsert=True)

    def asked_for_bundle(self, at: datetime) -> None:
        """The centre said what is new."""
        self._state.update_one({"_id": _STATE}, {"$set": {"bundle_at": at}}, upsert=True)

    def _keep_parts(self, parts: Parts, delete_at: datetime | None) -> None:
        contents = {digest_of(content): content for content in parts.values()}
        known = {row["_id"] for row in self._parts.find({"_id": {"$in": list(contents)}}, {"_id": 1})}
        # For good beats any day: at a node that is centre and window at once, the bundle in force stays.
        keep: dict[str, Any] = (
            {"$set": {"delete_at": None}} if delete_at is None else {"$max": {"delete_at": delete_at}}
        )
        writes = [
            UpdateOne(
                {"_id": digest},
                keep
                if digest in known
                else {"$set": {"content": Binary(zlib.compress(content, 6)), "delete_at": delete_at}},
                upsert=True,
            )
            for digest, content in contents.items()
        ]
        if writes:
            self._parts.bulk_write(writes, ordered=False)
