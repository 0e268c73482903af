"""Status lists by address, kept as long as their ``ttl`` and ``exp`` allow (Token Status List section 13.7).

The cache holds texts, not verdicts: whoever uses one verifies it with the key of the credential's issuer. One thread
fetches a list, the others wait for it. Memory is bounded; what was not used longest goes first.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from service.clock import Clock
from service.outbound import Outbound, OutboundAnswerError
from service.status_feed.snapshot import StatusSnapshot
from standards.errors import ElicenceError
from standards.status_list import parse_status_list_token
from standards.text import Text

MEDIA_TYPE: Final = "application/statuslist+jwt"
"""Media type of a status list token (section 8.1)."""

MAX_TOKEN_BYTES: Final = 8 * 1024 * 1024
"""Largest token that is fetched: a list of 2^20 entries of 2 bits has at most 350 KB as text."""

MAX_KEPT_BYTES: Final = 64 * 1024 * 1024
"""Most bytes of tokens that one process keeps."""

MAX_KEPT_LISTS: Final = 1024
"""Most addresses that one process remembers, failures included."""

DEFAULT_TTL: Final = timedelta(minutes=5)
"""How long a list is kept that names neither ``ttl`` nor ``exp``."""

LONGEST_TTL: Final = timedelta(hours=12)
"""A revocation is seen within this time, whatever a list says of itself."""

SHORTEST_TTL: Final = timedelta(milliseconds=50)
"""A list that is over when it arrives, or that may be kept for one second or less, is still fetched only so often: a
burst of decisions shares one fetch, and a suspension is seen by the next person at the window."""

_WHOLE_SECOND: Final = 1.0
"""``ttl`` and ``exp`` are whole seconds, so that the last of them may be over already."""

RETRY: Final = timedelta(seconds=5)
"""How soon to ask again after a failure: neither hammering the issuer nor leaving the window waiting."""


PATIENCE_SECONDS: Final = 0.5
"""How long a window that has a list from elsewhere waits for a newer one. The fetch goes on behind it; a network that was
lost a moment ago costs the first scan half a second, and the next ones nothing."""


NOTHING_IN_HAND_SECONDS: Final = 1.5
"""How long it waits for a list of which it has nothing: the clerk is promised an answer in two seconds, and "cannot tell, scan
again" is one. The fetch goes on behind it."""

_CUT_OFF: Final = Text("已断网。", "This node is cut off.")
_AWAITED: Final = Text("正在获取更新的状态列表。", "A newer status list is being fetched.")


@dataclass
class _Slot:
    """One address. Its lock is held while it is fetched."""

    snapshot: StatusSnapshot
    asked_at: datetime
    due_at: datetime | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class KeptLists(Protocol):
    """Lists that a node has from elsewhere, for the time without a network."""

    @property
    def is_window(self) -> bool:
        """Whether a clerk waits, who can decide by what there is."""
        ...

    @property
    def cut_off(self) -> bool:
        """Whether nobody is to be waited for."""
        ...

    def token(self, uri: str) -> tuple[str, datetime] | None:
        """The token kept for an address, and when it came."""
        ...


class StatusFeed:
    """The status lists of one process. Safe for threads."""

    def __init__(self, outbound: Outbound, clock: Clock, *, kept: KeptLists | None = None) -> None:
        """``kept`` is asked where a list cannot be fetched, and instead of fetching while the node is cut off."""
        self._kept = kept
        self._outbound = outbound
        self._clock = clock
        self._slots: OrderedDict[str, _Slot] = OrderedDict()
        self._slots_lock = threading.Lock()
        self._slow_until: datetime | None = None

    def snapshot(self, uri: str) -> StatusSnapshot:
        """The newest copy of the list at ``uri`` (untrusted), fetched when the one in hand is due. Never raises.

        Ask only for lists of credentials whose issuer is already trusted: a stranger's credential should not make
        this service fetch.
        """
        slot = self._slot(uri)
        if not self._is_due(slot):
            return slot.snapshot
        if self._kept is not None and self.cut_off:
            # A fetch that began before the loss was noted may still hold the lock: nobody waits for it.
            return self._held_or_kept(uri, slot.snapshot, _CUT_OFF)
        if self._kept is not None and (self._kept.is_window or slot.snapshot.token is not None):
            return self._fetched_in_time(uri, slot, self._held_or_kept(uri, slot.snapshot, _AWAITED))
        with slot.lock:
            # Another thread may have fetched it while this one waited.
            if self._is_due(slot):
                self._fetch(uri, slot)
        self._trim()
        return slot.snapshot

    def _fetched_in_time(self, uri: str, slot: _Slot, instead: StatusSnapshot) -> StatusSnapshot:
        """The newest copy if it comes soon; else the one there is, while the fetch goes on for the next who asks."""
        empty = instead.token is None
        patience = NOTHING_IN_HAND_SECONDS if empty else 0.0 if self.seems_away else PATIENCE_SECONDS
        # With a list in hand: somebody is fetching the newer one, and has waited already.
        if not slot.lock.acquire(timeout=patience if empty else 0):
            return instead
        done = threading.Event()

        def fetch() -> None:
            try:
                if self._is_due(slot):
                    self._fetch(uri, slot)
            finally:
                slot.lock.release()
                done.set()

        threading.Thread(target=fetch, name="status-feed", daemon=True).start()
        if not done.wait(patience):
            self._slow_until = self._clock.now() + RETRY
            return instead
        self._trim()
        return slot.snapshot

    @property
    def seems_away(self) -> bool:
        """Whether a publisher kept a window waiting a moment ago: the network may be lost, before anybody has noted it."""
        until, now = self._slow_until, self._clock.now()
        return until is not None and until - RETRY <= now < until

    def in_hand(self, uri: str) -> str | None:
        """The token that the last :meth:`snapshot` gave for this address; never fetches."""
        with self._slots_lock:
            slot = self._slots.get(uri)
        return slot.snapshot.token if slot is not None else None

    def origins(self) -> frozenset[str]:
        """Where the lists in hand came from; only lists of credentials whose issuer was trusted are ever asked for."""
        with self._slots_lock:
            uris = [uri for uri, slot in self._slots.items() if slot.snapshot.token is not None]
        return frozenset(f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, uris))

    @property
    def cut_off(self) -> bool:
        """Whether this node goes by the lists that it has, because the network is away."""
        return self._kept is not None and self._kept.cut_off

    def _is_due(self, slot: _Slot) -> bool:
        now = self._clock.now()
        # Asked in the future: the machine's clock was set back, and the list would be kept far too long.
        return slot.due_at is None or now >= slot.due_at or now < slot.asked_at

    def _slot(self, uri: str) -> _Slot:
        with self._slots_lock:
            slot = self._slots.get(uri)
            if slot is None:
                slot = self._slots[uri] = _Slot(StatusSnapshot(uri), self._clock.now())
            self._slots.move_to_end(uri)
            return slot

    def _fetch(self, uri: str, slot: _Slot) -> None:
        now = self._clock.now()
        slot.asked_at = now
        held = slot.snapshot
        try:
            token = self._get(uri)
            lifetime = _lifetime(parse_status_list_token(token).jws.claims(), now)
        except ElicenceError as problem:
            slot.snapshot = self._held_or_kept(uri, held, problem.message)
            slot.due_at = now + RETRY
            return
        # The same text stays the same object, so that whoever verified it need not do so again.
        same = held.token if held.token == token else token
        slot.snapshot = StatusSnapshot(uri, same, now)
        slot.due_at = now + lifetime

    def _held_or_kept(self, uri: str, held: StatusSnapshot, problem: Text) -> StatusSnapshot:
        """Without a fetch: the list in hand, or the kept one where it came later."""
        kept = self._kept.token(uri) if self._kept is not None else None
        if kept is None or (held.fetched_at is not None and held.fetched_at >= kept[1]):
            return StatusSnapshot(uri, held.token, held.fetched_at, problem)
        return StatusSnapshot(uri, held.token if held.token == kept[0] else kept[0], kept[1], problem)

    def _get(self, uri: str) -> str:
        response = self._outbound.get(uri, accept=MEDIA_TYPE, max_bytes=MAX_TOKEN_BYTES)
        if response.status != 200:
            raise OutboundAnswerError(
                f"状态列表的发布方应答 {response.status}。",
                f"The publisher of the status list answered {response.status}.",
            )
        return response.body.decode("ascii", "replace").strip()

    def _trim(self) -> None:
        with self._slots_lock:
            kept_bytes = sum(len(slot.snapshot.token or "") for slot in self._slots.values())
            while len(self._slots) > 1 and (len(self._slots) > MAX_KEPT_LISTS or kept_bytes > MAX_KEPT_BYTES):
                _, dropped = self._slots.popitem(last=False)
                kept_bytes -= len(dropped.snapshot.token or "")


def _lifetime(claims: dict[str, Any], now: datetime) -> timedelta:
    """How long a copy may be used before it is fetched again: the shorter of ``ttl`` and what is left until ``exp``.

    The claims are not verified; a wrong value costs a fetch, or is bounded by ``LONGEST_TTL``.
    """
    ttl, expires = _seconds(claims.get("ttl")), _seconds(claims.get("exp"))
    left = None if expires is None else expires - now.timestamp()
    named = [seconds for seconds in (ttl, left) if seconds is not None]
    if not named:
        return DEFAULT_TTL
    certain = min(named) - _WHOLE_SECOND
    bounded = min(max(certain, SHORTEST_TTL.total_seconds()), LONGEST_TTL.total_seconds())
    return timedelta(seconds=bounded)


def _seconds(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
