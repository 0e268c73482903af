"""Whether the store really keeps what we give it: a durable write, read back. A ping would prove less."""

from __future__ import annotations

import os
import secrets
from typing import Any

from pymongo.database import Database
from pymongo.errors import PyMongoError

from service.errors import StoreUnavailableError
from standards.text import Text

_COLLECTION = "health"


def check_health(database: Database[dict[str, Any]]) -> None:
    """Write a mark of this process durably and read it back.

    One document per process id, in the collection ``health`` (shard key ``_id``; a handful of documents).

    Raises:
        StoreUnavailableError: the write was not acknowledged by a majority, or cannot be read.
    """
    process = f"process-{os.getpid() % 1024}"
    mark = secrets.token_hex(8)
    try:
        database[_COLLECTION].update_one({"_id": process}, {"$set": {"mark": mark}}, upsert=True)
        found = database[_COLLECTION].find_one({"_id": process})
    except PyMongoError as error:
        raise _unavailable() from error
    # Another process can share the number; its mark, present at all, proves the same.
    if found is None or not isinstance(found.get("mark"), str):
        raise _unavailable()


def _unavailable() -> StoreUnavailableError:
    return StoreUnavailableError(
        "存储服务没有完成写入。",
        "The store did not complete a write.",
        next_step=Text(
            "请稍后重试；若持续，请检查存储服务。", "Try again; if it stays so, look after the store."
        ),
    )
