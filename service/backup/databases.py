"""The three databases as files, all of one instant, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bson
from bson import json_util
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.errors import PyMongoError

from service.backup.errors import BackupError
from service.settings import Settings
from service.store import DATABASE_OPTIONS
from service.supervisor.plan import SERVICES
from standards.text import Text

_BATCH_DOCUMENTS = 1000

_NOT_KEPT = frozenset({"health"})
"""Collections that say something about a process, not about the node."""


def dump_databases(settings: Settings, directory: Path) -> int:
    """Write all documents of the three databases, as they were at one instant, below ``directory``.

    One snapshot session serves all reads, so that a licence and the credential issued from it are either both in the
    backup or both not. The server keeps a snapshot for five minutes (``minSnapshotHistoryWindowInSeconds``); a store
    for which that is too short is backed up with its own tools.

    Returns:
        How many documents were written.

    Raises:
        BackupError: the store does not answer, or takes longer than it keeps the snapshot.
    """
    written = 0
    try:
        with (
            MongoClient[dict[str, Any]](settings.store_uri, **DATABASE_OPTIONS) as client,
            client.start_session(snapshot=True) as session,
        ):
            # The first read fixes the instant; what is listed after it misses no collection that existed then.
            client[settings.database_name("issuer")]["health"].find_one({}, session=session)
            for service in SERVICES:
                database = client[settings.database_name(service)]
                place = directory / service
                place.mkdir(parents=True)
                for name in sorted(database.list_collection_names(filter={"type": "collection"})):
                    if name in _NOT_KEPT or name.startswith("system."):
                        continue
                    written += _dump(database[name], session, place / f"{name}.bson")
                    _dump_indexes(database[name], place / f"{name}.json")
    except PyMongoError as error:
        raise BackupError(
            "无法从存储服务读取一致的快照。",
            "The store did not give a consistent snapshot.",
            next_step=Text(
                "请稍后重试；数据量很大时请使用 MongoDB 自带的备份工具。",
                "Try again; for very large stores use MongoDB's own backup.",
            ),
        ) from error
    return written


def load_databases(settings: Settings, directory: Path) -> int:
    """Replace the three databases by the documents below ``directory``; returns how many were loaded.

    Raises:
        BackupError: the store does not answer.
    """
    loaded = 0
    try:
        with MongoClient[dict[str, Any]](settings.store_uri, **DATABASE_OPTIONS) as client:
            for service in SERVICES:
                client.drop_database(settings.database_name(service))
                for file in sorted((directory / service).glob("*.bson")):
                    collection = client[settings.database_name(service)][file.stem]
                    loaded += _load(collection, file)
                    _load_indexes(collection, file.with_suffix(".json"))
    except PyMongoError as error:
        raise BackupError(
            "存储服务没有接受备份的数据。",
            "The store did not take the data of the backup.",
            next_step=Text("请重新执行 elicence restore --force。", "Run `elicence restore --force` again."),
        ) from error
    return loaded


def holds_documents(settings: Settings) -> bool:
    """Whether any of the three databases has a collection."""
    with MongoClient[dict[str, Any]](settings.store_uri, **DATABASE_OPTIONS) as client:
        return any(client[settings.database_name(service)].list_collection_names() for service in SERVICES)


def _dump(collection: Collection[dict[str, Any]], session: ClientSession, file: Path) -> int:
    count = 0
    with file.open("wb") as out:
        # Sorted by _id the restored collection comes out in the same order, and the read needs no sort in memory.
        # Its declared type is that of documents; it yields runs of BSON.
        batches: Any = collection.find_raw_batches(
            {}, session=session, sort=[("_id", 1)], batch_size=_BATCH_DOCUMENTS
        )
        for batch in batches:
            out.write(batch)
            count += batch_length(batch)
    return count


def batch_length(batch: bytes) -> int:
    """How many documents a run of BSON holds: each begins with its length in 4 bytes (bsonspec.org)."""
    count = position = 0
    while position < len(batch):
        position += int.from_bytes(batch[position : position + 4], "little")
        count += 1
    return count


def _dump_indexes(collection: Collection[dict[str, Any]], file: Path) -> None:
    indexes = [dict(index) for index in collection.list_indexes() if index["name"] != "_id_"]
    file.write_text(json_util.dumps(indexes), "utf-8")


def _load(collection: Collection[dict[str, Any]], file: Path) -> int:
    loaded = 0
    batch: list[Any] = []
    with file.open("rb") as content:
        for document in bson.decode_file_iter(
            content, bson.CodecOptions(document_class=bson.raw_bson.RawBSONDocument)
        ):
            batch.append(document)
            if len(batch) == _BATCH_DOCUMENTS:
                collection.insert_many(batch, ordered=False)
                loaded, batch = loaded + len(batch), []
    if batch:
        collection.insert_many(batch, ordered=False)
    return loaded + len(batch)


def _load_indexes(collection: Collection[dict[str, Any]], file: Path) -> None:
    specifications = json_util.loads(file.read_text("utf-8"))
    if specifications:
        indexes = [
            {key: value for key, value in one.items() if key not in {"v", "ns"}} for one in specifications
        ]
        collection.database.command("createIndexes", collection.name, indexes=indexes)
