"""Status lists and licence types of the bundle in force, for the feeds that could not fetch one."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from service.clock import Clock
from service.type_feed import TypeDocuments
from standards.errors import InvalidInputError
from verifier.offline.bundle import STATUS, TYPE
from verifier.offline.store import OfflineStore, UpstreamState

_LOOK_AGAIN: Final = timedelta(seconds=2)

CUT_OFF_AFTER: Final = timedelta(seconds=25)
"""A window counts as cut off when its centre has not answered for so long, and did not the last time."""


class KeptTokens:
    """What the window of one process falls back on. Safe for threads; looks into the store every two seconds at most."""

    def __init__(self, store: OfflineStore, clock: Clock, *, is_window: bool) -> None:
        self._store = store
        self._clock = clock
        self._is_window = is_window
        self._lock = threading.Lock()
        self._looked_at: datetime | None = None
        self._version: int | None = None
        self._taken_at: datetime | None = None
        self._digests: Mapping[str, str] = {}
        self._tokens: dict[str, str] = {}
        self._types: Mapping[str, str] = {}
        self._state = UpstreamState()

    @property
    def is_window(self) -> bool:
        """Whether this node has a centre at all."""
        return self._is_window

    @property
    def cut_off(self) -> bool:
        """Whether the centre is out of reach: then nobody waits for any other service either."""
        if not self._is_window:
            return False
        self._look()
        return is_cut_off(self._state, self._clock.now())

    @property
    def state(self) -> UpstreamState:
        """As last looked up."""
        if self._is_window:
            self._look()
        return self._state

    @property
    def taken_at(self) -> datetime | None:
        """When the bundle in force came."""
        return self._taken_at

    def token(self, uri: str) -> tuple[str, datetime] | None:
        """The kept token of a list, and when it came."""
        if not self._is_window:
            return None
        self._look()
        with self._lock:
            digest, taken_at = self._digests.get(uri), self._taken_at
            if digest is None or taken_at is None:
                return None
            text = self._tokens.get(digest)
            if text is None:
                content = self._store.part(digest)
                if content is None:
                    return None
                text = self._tokens[digest] = content.decode("ascii", "replace")
            return text, taken_at

    def type_documents(self, origin: str, vct: str) -> TypeDocuments | None:
        """What the issuer at ``origin`` published of a type, when the bundle was made."""
        if not self._is_window:
            return None
        self._look()
        with self._lock:
            digest = self._types.get(f"{origin} {vct}")
        content = self._store.part(digest) if digest is not None else None
        try:
            return None if content is None else TypeDocuments.from_bytes(content)
        except InvalidInputError:
            return None

    def look_now(self) -> None:
        """See at once what has just been written."""
        with self._lock:
            self._looked_at = None
        self._look()

    def _look(self) -> None:
        now = self._clock.now()
        with self._lock:
            if self._looked_at is not None and timedelta(0) <= now - self._looked_at < _LOOK_AGAIN:
                return
            self._looked_at = now
            self._state = self._store.state()
            applied = self._store.applied()
            if applied is None or applied.manifest.version == self._version:
                return
            self._version, self._taken_at = applied.manifest.version, applied.taken_at
            self._digests = {one.name: one.digest for one in applied.manifest.parts if one.kind == STATUS}
            self._types = {one.name: one.digest for one in applied.manifest.parts if one.kind == TYPE}
            wanted = set(self._digests.values())
            self._tokens = {digest: text for digest, text in self._tokens.items() if digest in wanted}


def is_cut_off(state: UpstreamState, at: datetime) -> bool:
    """Whether the last try failed and the last success is long ago, or never was, or a scan noticed it first."""
    if state.problem is None:
        return False
    return state.away or state.reached_at is None or not timedelta(0) <= at - state.reached_at < CUT_OFF_AFTER
