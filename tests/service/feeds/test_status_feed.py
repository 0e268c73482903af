"""The status feed against a real publisher on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from service.outbound import Outbound
from service.status_feed import StatusFeed, StatusSnapshot
from service.status_feed import feed as feed_module
from standards.status_list import StatusList, build_status_list_token
from tests.support.clock import FixedClock
from tests.support.publisher import Publisher, running_publisher
from tests.support.trust_world import AT, USCC_A, TrustWorld

SIGNER = TrustWorld.create().regions["330000"].leaf("某局", USCC_A)
PATH = "/status-lists/1"


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with running_publisher() as publisher:
        yield publisher


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(AT)


@pytest.fixture
def feed(publisher: Publisher, clock: FixedClock) -> StatusFeed:
    return StatusFeed(Outbound(frozenset({publisher.origin}), timeout_seconds=2), clock)


def token(uri: str, *, at: datetime = AT, ttl: int = 60, lifetime: timedelta = timedelta(hours=1)) -> str:
    return build_status_list_token(
        StatusList(64, bits=2),
        uri=uri,
        issued_at=at,
        expires_at=at + lifetime,
        ttl=timedelta(seconds=ttl),
        certificate_chain=SIGNER.certificate_chain,
        sign=SIGNER.sign,
    )


def test_kept_as_long_as_its_ttl(publisher: Publisher, clock: FixedClock, feed: StatusFeed) -> None:
    """ttl 60 s: asked again in its last second and not before; the same text stays the same object."""
    uri = publisher.publish(PATH, token(publisher.origin + PATH))
    first = feed.snapshot(uri)
    assert first.fetched_at == AT
    assert first.problem is None
    clock.advance(timedelta(seconds=58.9))
    assert feed.snapshot(uri) is first
    clock.advance(timedelta(seconds=0.1))
    second = feed.snapshot(uri)
    assert second.fetched_at == clock.now()
    assert second.token is first.token
    assert publisher.asked[PATH] == 2


def test_a_suspension_is_seen_by_the_next_decision(
    publisher: Publisher, clock: FixedClock, feed: StatusFeed
) -> None:
    """ttl 1 s, as the issuer's own lists say: a licence shown, suspended, and shown again 50 ms later is seen as it is."""
    uri = publisher.publish(PATH, token(publisher.origin + PATH, ttl=1))
    before = feed.snapshot(uri)
    assert feed.snapshot(uri) is before
    publisher.publish(PATH, token(publisher.origin + PATH, ttl=1))  # signed anew: another text
    clock.advance(timedelta(milliseconds=50))
    assert feed.snapshot(uri).token != before.token


def test_expiry_is_shorter_than_ttl(publisher: Publisher, clock: FixedClock, feed: StatusFeed) -> None:
    """ttl an hour, expires in 10 s: asked again after 10 s."""
    uri = publisher.publish(PATH, token(publisher.origin + PATH, ttl=3600, lifetime=timedelta(seconds=10)))
    feed.snapshot(uri)
    clock.advance(timedelta(seconds=10))
    feed.snapshot(uri)
    assert publisher.asked[PATH] == 2


def test_unreachable_keeps_the_old_list_and_says_so(
    publisher: Publisher, clock: FixedClock, feed: StatusFeed
) -> None:
    """The issuer goes away. The token stays, its age is told, the problem is told; it is asked every 5 s, not more."""
    uri = publisher.publish(PATH, token(publisher.origin + PATH))
    first = feed.snapshot(uri)
    publisher.contents.clear()
    clock.advance(timedelta(minutes=10))
    for _ in range(3):
        later = feed.snapshot(uri)
    assert later.token is first.token
    assert later.problem is not None
    assert later.age(clock.now()) == timedelta(minutes=10)
    assert publisher.asked[PATH] == 2
    clock.advance(timedelta(seconds=5))
    publisher.publish(PATH, token(uri, at=clock.now()))
    assert feed.snapshot(uri).problem is None


def test_never_reachable(publisher: Publisher, clock: FixedClock, feed: StatusFeed) -> None:
    uri = publisher.origin + PATH
    snapshot = feed.snapshot(uri)
    assert snapshot == StatusSnapshot(uri, None, None, snapshot.problem)
    assert snapshot.problem is not None
    assert snapshot.age(clock.now()) is None


@pytest.mark.parametrize("content", ["", "garbage", "a.b.c", "e30.e30.e30", "\u00fc"])
def test_garbage_does_not_take_the_place_of_a_list(
    publisher: Publisher, clock: FixedClock, feed: StatusFeed, content: str
) -> None:
    """The address answers with something that is no status list. The list in hand stays."""
    uri = publisher.publish(PATH, token(publisher.origin + PATH))
    first = feed.snapshot(uri)
    publisher.publish(PATH, content)
    clock.advance(timedelta(minutes=2))
    assert feed.snapshot(uri).token is first.token
    assert feed.snapshot(uri).problem is not None


def test_list_that_says_zero_or_is_over(publisher: Publisher, clock: FixedClock, feed: StatusFeed) -> None:
    """ttl 0, or exp in the past: fetched once in 50 ms at most, however often it is asked for."""
    uri = publisher.publish(PATH, token(publisher.origin + PATH, ttl=0, lifetime=timedelta(seconds=-60)))
    for _ in range(20):
        feed.snapshot(uri)
    assert publisher.asked[PATH] == 1


def test_clock_set_back(publisher: Publisher, clock: FixedClock, feed: StatusFeed) -> None:
    """A list is fetched while the clock is an hour ahead; the clock is set right. Asked again at once."""
    clock.advance(timedelta(hours=1))
    uri = publisher.publish(PATH, token(publisher.origin + PATH, lifetime=timedelta(days=1)))
    feed.snapshot(uri)
    clock.set(AT)
    feed.snapshot(uri)
    assert publisher.asked[PATH] == 2


def test_many_ask_and_one_fetches(publisher: Publisher, feed: StatusFeed) -> None:
    """Twelve windows need the same list at once. One request goes out; all get the list."""
    uri = publisher.publish(PATH, token(publisher.origin + PATH))
    publisher.gate.clear()
    found: list[StatusSnapshot] = []
    threads = [threading.Thread(target=lambda: found.append(feed.snapshot(uri))) for _ in range(12)]
    for thread in threads:
        thread.start()
    publisher.gate.set()
    for thread in threads:
        thread.join()
    assert len(found) == 12
    assert all(snapshot.token is found[0].token is not None for snapshot in found)
    assert publisher.asked[PATH] == 1


@pytest.mark.parametrize(
    "uri",
    ["http://169.254.169.254/latest", "http://127.0.0.1:1/x", "file:///etc/passwd", "", "http://[::1]:9/"],
)
def test_address_inside_our_network(feed: StatusFeed, uri: str) -> None:
    """A credential names a status list on a private address, or no web address. Not fetched; a problem, no error."""
    snapshot = feed.snapshot(uri)
    assert snapshot.token is None
    assert snapshot.problem is not None


def test_memory_is_bounded(
    publisher: Publisher, feed: StatusFeed, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More lists than are kept: the one that was not used longest goes; a list too many costs a fetch, not memory."""
    monkeypatch.setattr(feed_module, "MAX_KEPT_LISTS", 2)
    uris = [publisher.publish(f"/l/{n}", token(f"{publisher.origin}/l/{n}")) for n in range(3)]
    for uri in (uris[0], uris[1], uris[0], uris[2], uris[0], uris[1]):
        feed.snapshot(uri)
    assert publisher.asked["/l/0"] == 1
    assert publisher.asked["/l/1"] == 2
    monkeypatch.setattr(feed_module, "MAX_KEPT_BYTES", 1)
    clock.advance(timedelta(minutes=2))
    feed.snapshot(uris[2])
    assert len(feed._slots) == 1


class Kept:
    """What a window has from its centre."""

    cut_off = False
    is_window = True

    def __init__(self, uri: str, text: str) -> None:
        self._held = {uri: (text, AT - timedelta(minutes=9))}

    def token(self, uri: str) -> tuple[str, datetime] | None:
        return self._held.get(uri)


class Silent(Outbound):
    """A network in which packets vanish, until it is back."""

    def __init__(self, origin: str) -> None:
        super().__init__(frozenset({origin}))
        self.back = threading.Event()
        self.asked = 0

    def get(self, *arguments: Any, **options: Any) -> Any:
        self.asked += 1
        assert self.back.wait(30)
        return super().get(*arguments, **options)


def test_a_window_does_not_wait_for_a_network_that_is_lost(publisher: Publisher, clock: FixedClock) -> None:
    """The list of the bundle counts meanwhile, one fetch goes on behind it, and what it brings counts from then on."""
    uri = publisher.publish(PATH, token(publisher.origin + PATH))
    kept, outbound = Kept(uri, "kept"), Silent(publisher.origin)
    feed = StatusFeed(outbound, clock, kept=kept)
    assert feed.snapshot(uri).token == "kept"
    assert feed.seems_away
    assert feed.snapshot(uri).token == "kept"
    assert outbound.asked == 1
    outbound.back.set()
    for thread in threading.enumerate():
        if thread.name == "status-feed":
            thread.join(30)
    assert feed.snapshot(uri).token == publisher.contents[PATH].decode()
    clock.advance(feed_module.RETRY)
    assert not feed.seems_away


def test_without_anything_in_hand_a_window_waits(publisher: Publisher, clock: FixedClock) -> None:
    uri = publisher.publish(PATH, token(publisher.origin + PATH))
    feed = StatusFeed(Outbound(frozenset({publisher.origin})), clock, kept=Kept("other", "kept"))
    assert feed.snapshot(uri).token == publisher.contents[PATH].decode()


def test_but_not_for_longer_than_its_clerk(
    publisher: Publisher, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing in hand and nobody answers: "cannot tell" comes in time, twice, by one fetch; what it brings counts after it."""
    monkeypatch.setattr(feed_module, "NOTHING_IN_HAND_SECONDS", 0.05)
    uri = publisher.publish(PATH, token(publisher.origin + PATH))
    outbound = Silent(publisher.origin)
    feed = StatusFeed(outbound, clock, kept=Kept("other", "kept"))
    for _ in range(2):
        snapshot = feed.snapshot(uri)
        assert snapshot.token is None
        assert snapshot.problem is not None
    assert outbound.asked == 1
    outbound.back.set()
    for thread in threading.enumerate():
        if thread.name == "status-feed":
            thread.join(30)
    assert feed.snapshot(uri).token == publisher.contents[PATH].decode()


def test_cut_off_nobody_waits_for_a_fetch_that_began_before(publisher: Publisher, clock: FixedClock) -> None:
    """The loss is noted while a fetch still hangs: the next scan goes by the bundle at once."""
    uri = publisher.publish(PATH, token(publisher.origin + PATH))
    kept, outbound = Kept(uri, "kept"), Silent(publisher.origin)
    feed = StatusFeed(outbound, clock, kept=kept)
    assert feed.snapshot(uri).token == "kept"
    kept.cut_off = True
    answered: list[str | None] = []
    scan = threading.Thread(target=lambda: answered.append(feed.snapshot(uri).token))
    scan.start()
    scan.join(10)
    assert answered == ["kept"], "it waited for the fetch that hangs"
    outbound.back.set()
    for thread in threading.enumerate():
        if thread.name == "status-feed":
            thread.join(30)
