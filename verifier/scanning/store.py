"""Which codes this window has seen: a code works once here, also while no wallet service can be asked.

Collection ``scanned_codes``. Shard key and only unique key: ``_id``, the name of the code under a key of this node, so that
the rows tell nothing. A row goes by TTL long after its code has ended.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import Any, Final

from pymongo import ASCENDING, IndexModel
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from standards.jose import b64url_encode

KEPT: Final = timedelta(minutes=30)
"""A code serves for a minute and the skew of two clocks."""


class ScannedCodeStore:
    """The codes that were scanned at this window, whichever department."""

    def __init__(self, database: Database[dict[str, Any]], key: bytes) -> None:
        self._rows: Collection[dict[str, Any]] = database["scanned_codes"]
        self._key = key

    def ensure_indexes(self) -> None:
        """Make the TTL index; a repeat changes nothing."""
        self._rows.create_indexes(
            [IndexModel([("delete_at", ASCENDING)], name="expiry", expireAfterSeconds=0)]
        )

    def take(self, name: str, at: datetime) -> bool:
        """Note that a code was scanned (one durable write); ``False`` when it was before."""
        digest = b64url_encode(hmac.digest(self._key, name.encode(), "sha256"))
        try:
            self._rows.insert_one({"_id": digest, "delete_at": at + KEPT})
        except DuplicateKeyError:
            return False
        return True
