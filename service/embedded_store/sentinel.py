"""Proof that the data are still there.

A MongoDB data directory that lost a file can come up empty, and nothing would complain: people's licences would just
be gone, and new ones would be written over the place. So a number is kept twice, once in the database and once in a
file beside it, and the store is only used while the two agree.
"""

from __future__ import annotations

import secrets
from typing import Any

import orjson
from pymongo import MongoClient

from service.embedded_store.address import StoreLayout
from service.embedded_store.errors import EmbeddedStoreDataError
from service.embedded_store.secrets_on_disk import write_private
from standards.text import Text

_DATABASE, _COLLECTION, _ID = "elicence_store", "sentinel", "node"


def expected_mark(layout: StoreLayout) -> str | None:
    """The number in the file, or ``None`` for a store that was never completed.

    Raises:
        EmbeddedStoreDataError: the file says there are data, and the server's directory is empty.
    """
    try:
        mark = orjson.loads(layout.sentinel_file.read_bytes())["mark"]
    except FileNotFoundError:
        return None
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise _lost("标记文件已损坏", "The sentinel file is damaged", layout) from error
    if not (layout.database_files / "WiredTiger").exists():
        raise _lost("数据文件不见了", "The data files are gone", layout)
    return str(mark)


def check_mark(client: MongoClient[dict[str, Any]], layout: StoreLayout, expected: str | None) -> None:
    """Compare the two numbers; write both when this is a new store.

    Raises:
        EmbeddedStoreDataError: the database does not hold the number that the file names.
    """
    collection = client[_DATABASE][_COLLECTION]
    found = collection.find_one({"_id": _ID})
    if expected is None:
        # The database first: killed in between, the next start finds it there and only writes the file.
        mark = str(found["mark"]) if found is not None else secrets.token_hex(16)
        collection.update_one({"_id": _ID}, {"$setOnInsert": {"mark": mark}}, upsert=True)
        write_private(layout.sentinel_file, orjson.dumps({"mark": mark}).decode("ascii"))
    elif found is None or found.get("mark") != expected:
        raise _lost("数据库内容与标记不符", "The database is not the one that was here before", layout)


def _lost(zh: str, en: str, layout: StoreLayout) -> EmbeddedStoreDataError:
    return EmbeddedStoreDataError(
        f"{zh}，为避免掩盖数据丢失，存储没有启动。",
        f"{en}; the store is not started, so that a loss is not hidden.",
        where=str(layout.directory),
        next_step=Text(
            "请用 elicence restore 恢复备份；若确要从空库开始，请换一个 --data 目录。",
            "Restore a backup with `elicence restore`; to begin anew, choose another --data directory.",
        ),
    )
