"""The trust store in force: read at once, renewed in the background, never made worse by a failure."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog

from keys.path_validation import PathValidator
from keys.trust_list import TrustStore
from service.clock import Clock
from service.outbound import Outbound, OutboundAnswerError
from service.settings import Settings
from service.trust_feed.anchors import load_anchors
from service.trust_feed.kept_lists import KeptLists
from service.trust_feed.renewal import Renewal
from standards.errors import ElicenceError

DEFAULT_RENEWAL: Final = timedelta(seconds=30)
"""How often lists are fetched: a withdrawn authority is known at every window within this time."""

RETRY_WITHOUT_LISTS: Final = timedelta(seconds=2)
"""How soon to ask again while nothing is in hand: the publisher may be starting."""

WAIT_FOR_OTHERS_SECONDS: Final = 5.0
"""How long a process without any list waits for another that is fetching them."""

MAX_LIST_BYTES: Final = 32 * 1024 * 1024
"""Largest list or revocation list that is fetched."""

_LOG = structlog.get_logger(__name__)


class TrustFeed:
    """Keeps the trust store of one process. Safe for threads; processes share the lists on disk."""

    def __init__(
        self, settings: Settings, outbound: Outbound, clock: Clock, *, renewal: timedelta = DEFAULT_RENEWAL
    ) -> None:
        self._settings = settings
        self._outbound = outbound
        self._clock = clock
        self._interval = renewal
        self._kept = KeptLists(settings.data / "trust" / "lists")
        self._renewing = threading.Lock()
        self._held: Renewal | None = None
        self._chains: Mapping[bytes, tuple[bytes, ...]] = {}
        self._tried_at: datetime | None = None
        self._problems: Mapping[str, ElicenceError] = {}

    def current(self) -> TrustStore:
        """The store in force. Answers at once, and starts a renewal in the background when one is due.

        Only with nothing in hand at all does it wait for the network. A store without lists answers
        "list missing" to every question, which is never acceptance.

        Raises ``TrustAnchorError`` when this node has no anchor.
        """
        held = self._held
        if held is None or held.store.nation is None:
            if held is None or self._is_due(RETRY_WITHOUT_LISTS):
                self.refresh()
            return self._in_hand().store
        if self._is_due(self._interval) and self._renewing.acquire(blocking=False):
            threading.Thread(target=self._renew_and_release, name="trust-feed", daemon=True).start()
        return held.store

    def refresh(self) -> Mapping[str, ElicenceError]:
        """Renew now, waiting for it; answers what failed, by list. What failed keeps its last good version.

        Raises ``TrustAnchorError`` when this node has no anchor.
        """
        with self._renewing:
            self._renew()
        return self.problems()

    def problems(self) -> Mapping[str, ElicenceError]:
        """What failed in the last renewal: by division (``000000`` for the nation), ``crl NAME`` for revocations."""
        return self._problems

    def issuer_chains(self) -> Mapping[bytes, tuple[bytes, ...]]:
        """Chains of listed issuers' certificates by SHA-256 of the leaf, as last renewed: how a compact licence finds its
        issuer's. Never fetches; one that is not there may come with the next renewal.
        """
        return self._chains

    def parts(self) -> tuple[tuple[str, str, str | bytes], ...]:
        """The signed texts in hand as kind (``nation``, ``region``, ``revocation``), name and content. Never fetches."""
        return self._held.parts() if self._held is not None else ()

    def _is_due(self, interval: timedelta) -> bool:
        if self._tried_at is None:
            return True
        elapsed = self._clock.now() - self._tried_at
        # Negative: the machine's clock was set back, and waiting for it to catch up could take for ever.
        return elapsed >= interval or elapsed < timedelta(0)

    def _in_hand(self) -> Renewal:
        if self._held is None:
            self._held = Renewal(TrustStore(PathValidator(load_anchors(self._settings.trust_anchor_file))))
        return self._held

    def _renew_and_release(self) -> None:
        try:
            self._renew()
        except ElicenceError as problem:
            _LOG.warning("trust-renewal-failed", reason=problem.message.en)
        finally:
            self._renewing.release()

    def _renew(self) -> None:
        at = self._clock.now()
        held = self._in_hand()
        # A copy: readers keep the store they were given, and see the next one whole.
        renewal = Renewal(held.store, dict(held.revocations), dict(held.certificates))
        try:
            # With nothing in hand it is worth waiting for the process that is fetching: services start together.
            wait = 0.0 if held.store.nation else WAIT_FOR_OTHERS_SECONDS
            with self._kept.refreshing(wait_seconds=wait) as ours:
                renewal.take_kept(self._kept.read(), at)
                # What could not be read back is fetched anew; only failures of the network are problems.
                renewal.problems.clear()
                if ours:
                    renewal.fetch_all(self._settings.trust_list_url, self._fetch, at)
                    self._kept.write(renewal.to_lists())
        except OSError as problem:
            _LOG.warning("trust-lists-not-kept", reason=problem.strerror)
        if renewal.certificates != held.certificates or renewal.store.nation is not held.store.nation:
            self._chains = renewal.issuer_chains()
        self._held = renewal
        self._tried_at = at
        self._problems = dict(renewal.problems)
        for name, failure in renewal.problems.items():
            _LOG.warning("trust-list-not-renewed", list=name, reason=failure.message.en)

    def _fetch(self, url: str, media_type: str) -> bytes:
        response = self._outbound.get(url, accept=media_type, max_bytes=MAX_LIST_BYTES)
        if response.status != 200:
            raise OutboundAnswerError(
                f"信任列表的发布方应答 {response.status}。",
                f"The publisher of the list answered {response.status}.",
            )
        return response.body
