"""Whom this node takes for a wallet provider: the trust lists, its own where it publishes them, else as fetched."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Final

import orjson

from issuer.registrar.bundle import trust_bundle
from issuer.registrar.errors import RegionNotFoundError
from issuer.registrar.registrar import Registrar
from keys.trust_list import TrustStore
from keys.trust_list.bundle import parse_trust_bundle
from service.trust_feed import TrustFeed

FRESH_FOR: Final = timedelta(seconds=10)
"""How long a process relies on its own lists as it last read them."""


class ProviderTrust:
    """The trust store in force at an issuer. Safe for threads."""

    def __init__(self, registrar: Registrar, feed: TrustFeed, *, publishes: bool) -> None:
        """Args:
        registrar: of this node.
        feed: for a node that is no registrar.
        publishes: whether the nation's list is this node's own.
        """
        self._registrar = registrar
        self._feed = feed
        self._publishes = publishes
        self._lock = threading.Lock()
        self._held: tuple[datetime, TrustStore] | None = None

    def current(self, at: datetime) -> TrustStore:
        """The store at ``at``.

        Raises:
            TrustAnchorError: this node has no anchor.
        """
        if not self._publishes:
            return self._feed.current()
        with self._lock:
            held = self._held
            if held is None or not timedelta(0) <= at - held[0] < FRESH_FOR:
                try:
                    bundle = parse_trust_bundle(orjson.dumps(trust_bundle(self._registrar, {}, at=at)))
                except RegionNotFoundError:
                    return self._feed.current()
                self._held = held = (at, bundle.trust_store(at))
            return held[1]
