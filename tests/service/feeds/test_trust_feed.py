"""The trust feed against a real publisher on loopback."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509

from keys.certificates import RevocationReason, RevokedSerial, certificate_to_pem, issue_crl
from keys.errors import TrustListRollbackError
from keys.path_validation import PathError, PathReason
from keys.trust_list import NATION, Role, TrustEntry, TrustReason, TrustStore
from keys.trust_list.issuer_certificates import build_certificates
from service.outbound import Outbound
from service.settings import Settings
from service.trust_feed import TrustAnchorError, TrustFeed
from tests.support.clock import FixedClock
from tests.support.publisher import Publisher, running_publisher
from tests.support.trust_world import AT, USCC_A, USCC_B, TrustWorld, entry_of

SIGNER_NAME = "某局"


@pytest.fixture(scope="module")
def world() -> TrustWorld:
    world = TrustWorld.create()
    del world.regions["510000"]
    return world


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with running_publisher() as publisher:
        yield publisher


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(AT)


@pytest.fixture
def feed_settings(tmp_path: Path, world: TrustWorld, publisher: Publisher) -> Settings:
    anchor = tmp_path / "anchor.pem"
    anchor.write_text(certificate_to_pem(world.anchor))
    return Settings(
        data=tmp_path,
        trust_anchor_file=anchor,
        trust_list_url=f"{publisher.origin}/trust/list",
        allowed_origins=frozenset({publisher.origin}),
    )


def new_feed(settings: Settings, clock: FixedClock) -> TrustFeed:
    return TrustFeed(settings, Outbound(settings.allowed_origins, timeout_seconds=2), clock)


def publish(
    publisher: Publisher, world: TrustWorld, *entries: TrustEntry, sequence: int = 1, **changes: object
) -> None:
    region = replace(
        world.regions["330000"].entry,
        list_uri=f"{publisher.origin}/trust/lists/330000",
        crl_uri=f"{publisher.origin}/crl/330000.crl",
    )
    publisher.publish(
        "/trust/list",
        world.nation_list(
            sequence, regions=(region,), crl_uri=f"{publisher.origin}/crl/000000.crl", **changes
        ),
    )
    publisher.publish("/trust/lists/330000", world.region_list("330000", entries, sequence, **changes))
    publish_crl(publisher, world)


def publish_crl(publisher: Publisher, world: TrustWorld, *rows: RevokedSerial, number: int = 1) -> None:
    due = AT + timedelta(days=7)
    region = world.regions["330000"].authority
    publisher.publish("/crl/330000.crl", issue_crl(region, rows, number=number, at=AT, next_update=due))
    publisher.publish("/crl/000000.crl", issue_crl(world.root, [], number=1, at=AT, next_update=due))


def test_first_question_fetches_everything(
    publisher: Publisher, world: TrustWorld, feed_settings: Settings, clock: FixedClock
) -> None:
    signer = world.regions["330000"].leaf(SIGNER_NAME, USCC_A)
    publish(publisher, world, entry_of(signer))
    feed = new_feed(feed_settings, clock)
    store = feed.current()
    path = store.validator.validate(signer.certificate_chain, AT)
    assert store.issuer_may_issue(path, "T1", AT).allowed
    assert len(store.validator.revocation_lists) == 2
    assert feed.problems() == {}
    assert feed.current() is store


def test_restart_without_network_uses_the_last_good_lists(
    publisher: Publisher, world: TrustWorld, feed_settings: Settings, clock: FixedClock
) -> None:
    """Lists were fetched, the node restarts, the publisher is gone. Decisions go on, and say how old the list is."""
    signer = world.regions["330000"].leaf(SIGNER_NAME, USCC_A)
    publish(publisher, world, entry_of(signer))
    new_feed(feed_settings, clock).refresh()
    publisher.contents.clear()
    clock.advance(timedelta(days=2))
    feed = new_feed(feed_settings, clock)
    store = feed.current()
    path = store.validator.validate(signer.certificate_chain, clock.now())
    decision = store.issuer_may_issue(path, "T1", clock.now())
    assert decision.allowed
    assert decision.list_age == timedelta(days=2, hours=1)
    assert set(feed.problems()) == {NATION, "330000", "crl 000000", "crl 330000"}
    clock.advance(timedelta(days=6))
    assert feed.current().issuer_may_issue(path, "T1", clock.now()).reason is TrustReason.STALE_LIST


def test_older_lists_are_refused_also_after_a_restart(
    publisher: Publisher, world: TrustWorld, feed_settings: Settings, clock: FixedClock
) -> None:
    """Sequence 5 was fetched; the publisher goes back to 4, in which the authority was not yet withdrawn. Refused."""
    signer = world.regions["330000"].leaf(SIGNER_NAME, USCC_A)
    publish(publisher, world, entry_of(signer, until=AT - timedelta(days=1)), sequence=5)
    new_feed(feed_settings, clock).refresh()
    publish(publisher, world, entry_of(signer), sequence=4)
    for feed in (new_feed(feed_settings, clock), new_feed(feed_settings, clock)):
        problems = feed.refresh()
        assert isinstance(problems[NATION], TrustListRollbackError)
        assert isinstance(problems["330000"], TrustListRollbackError)
        store = feed.current()
        path = store.validator.validate(signer.certificate_chain, AT)
        assert store.issuer_may_issue(path, "T1", AT).reason is TrustReason.WITHDRAWN


def test_forged_list_keeps_the_good_one(
    publisher: Publisher, world: TrustWorld, feed_settings: Settings, clock: FixedClock
) -> None:
    """The publisher's address answers with another nation's list, then with garbage. The good lists stay."""
    signer = world.regions["330000"].leaf(SIGNER_NAME, USCC_A)
    publish(publisher, world, entry_of(signer))
    feed = new_feed(feed_settings, clock)
    feed.refresh()
    for forged in (TrustWorld.create().nation_list(9), "garbage", "", "\u00fc"):
        publisher.publish("/trust/list", forged)
        assert NATION in feed.refresh()
        store = feed.current()
        path = store.validator.validate(signer.certificate_chain, AT)
        assert store.issuer_may_issue(path, "T1", AT).allowed


def test_altered_files_are_not_believed(
    publisher: Publisher, world: TrustWorld, feed_settings: Settings, clock: FixedClock
) -> None:
    """Somebody puts his own lists into the directory of kept lists. They are verified like fetched ones: refused."""
    other = TrustWorld.create()
    kept = feed_settings.data / "trust" / "lists"
    kept.mkdir(parents=True)
    (kept / "000000.jwt").write_text(other.nation_list())
    (kept / "330000.jwt").write_text(other.region_list("330000"))
    (kept / "330000.crl").write_bytes(b"garbage")
    store = new_feed(feed_settings, clock).current()
    assert store.nation is None


def test_revocation_is_learnt_and_not_unlearnt(
    publisher: Publisher, world: TrustWorld, feed_settings: Settings, clock: FixedClock
) -> None:
    """Revocation list 2 revokes the authority; the publisher goes back to list 1. It stays revoked."""
    signer = world.regions["330000"].leaf(SIGNER_NAME, USCC_A)
    publish(publisher, world, entry_of(signer))
    serial = x509.load_der_x509_certificate(signer.certificate_chain[0]).serial_number
    publish_crl(publisher, world, RevokedSerial(serial, AT, RevocationReason.KEY_COMPROMISE), number=2)
    feed = new_feed(feed_settings, clock)
    feed.refresh()
    publish_crl(publisher, world, number=1)
    assert "crl 330000" in feed.refresh()
    for current in (feed, new_feed(feed_settings, clock)):
        with pytest.raises(PathError) as caught:
            current.current().validator.validate(signer.certificate_chain, AT)
        assert caught.value.reason is PathReason.REVOKED


def test_verification_does_not_wait_for_a_slow_publisher(
    publisher: Publisher, world: TrustWorld, feed_settings: Settings, clock: FixedClock
) -> None:
    """A renewal is due and the publisher does not answer. The store in hand is given at once, again and again."""
    publish(publisher, world)
    feed = new_feed(feed_settings, clock)
    before = feed.current()
    publish(publisher, world, sequence=2)
    publisher.gate.clear()
    clock.advance(timedelta(minutes=5))
    asked = publisher.asked["/trust/list"]
    began = time.monotonic()
    for _ in range(50):
        assert feed.current() is before
    assert time.monotonic() - began < 1
    publisher.gate.set()
    deadline = time.monotonic() + 10
    while feed.current() is before and time.monotonic() < deadline:
        time.sleep(0.01)
    renewed = feed.current().nation
    assert renewed is not None
    assert renewed.value.sequence == 2
    assert publisher.asked["/trust/list"] == asked + 1


def test_nothing_reachable_at_first(
    publisher: Publisher, world: TrustWorld, feed_settings: Settings, clock: FixedClock
) -> None:
    """The publisher starts after the window. Before: every question is "list missing". After: answers."""
    feed = new_feed(feed_settings, clock)
    signer = world.regions["330000"].leaf(SIGNER_NAME, USCC_A)
    store = feed.current()
    path = store.validator.validate(signer.certificate_chain, AT)
    assert store.issuer_may_issue(path, "T1", AT).reason is TrustReason.NO_LIST
    publish(publisher, world, entry_of(signer))
    clock.advance(timedelta(seconds=2))
    assert feed.current().issuer_may_issue(path, "T1", clock.now()).allowed


def test_a_directory_that_cannot_be_written_costs_the_copies_and_no_trust(
    publisher: Publisher, world: TrustWorld, feed_settings: Settings, clock: FixedClock
) -> None:
    """Where the lists would be kept lies a file (a disk mounted for reading only is the like). Lists are in force."""
    (feed_settings.data / "trust").mkdir()
    (feed_settings.data / "trust" / "lists").write_text("in the way")
    publish(publisher, world)
    feed = new_feed(feed_settings, clock)
    assert set(feed.current().regions) == {"330000"}
    publish(publisher, world, sequence=2)
    assert not feed.refresh()
    assert feed.current().nation.value.sequence == 2


def test_list_address_inside_our_network(
    publisher: Publisher, world: TrustWorld, feed_settings: Settings, clock: FixedClock
) -> None:
    """A nation's list names a region's list on loopback, not an origin of ours. Not fetched."""
    region = replace(world.regions["330000"].entry, list_uri="http://127.0.0.1:1/list")
    publisher.publish("/trust/list", world.nation_list(regions=(region,)))
    problems = new_feed(feed_settings, clock).refresh()
    assert problems["330000"].code == "outbound-address-refused"


@pytest.mark.parametrize("content", [None, b"", b"garbage"])
def test_no_anchor(feed_settings: Settings, clock: FixedClock, content: bytes | None) -> None:
    """The anchor file is missing, empty, or garbage. The operator is told which file; nothing is trusted."""
    feed_settings.trust_anchor_file.unlink()
    if content is not None:
        feed_settings.trust_anchor_file.write_bytes(content)
    with pytest.raises(TrustAnchorError) as caught:
        new_feed(feed_settings, clock).current()
    assert str(feed_settings.trust_anchor_file) in caught.value.message.en


def test_leaf_as_anchor(feed_settings: Settings, clock: FixedClock, world: TrustWorld) -> None:
    """An operator puts an authority's own certificate where the anchor belongs. Refused: it is no root."""
    der = world.regions["330000"].leaf(SIGNER_NAME, USCC_A).certificate_chain[0]
    feed_settings.trust_anchor_file.write_text(certificate_to_pem(x509.load_der_x509_certificate(der)))
    with pytest.raises(TrustAnchorError):
        new_feed(feed_settings, clock).current()


def test_services_that_start_together_all_have_lists(
    publisher: Publisher, world: TrustWorld, feed_settings: Settings, clock: FixedClock
) -> None:
    """Three services of a node ask at once, with nothing on disk and a slow publisher. None begins without lists."""
    publish(publisher, world)
    publisher.gate.clear()
    feeds = [new_feed(feed_settings, clock) for _ in range(3)]
    stores: list[TrustStore] = []
    threads = [threading.Thread(target=lambda f=feed: stores.append(f.current())) for feed in feeds]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    publisher.gate.set()
    for thread in threads:
        thread.join()
    assert len(stores) == 3
    assert all(store.nation is not None for store in stores)


def publish_with_certificates(
    publisher: Publisher, world: TrustWorld, *entries: TrustEntry, pem: bytes
) -> None:
    publish(publisher, world, *entries)
    uri = publisher.publish("/trust/certificates/330000", pem)
    listed = world.region_list("330000", entries, 1, certificates_uri=uri)
    publisher.publish("/trust/lists/330000", listed)


def test_certificates_come_with_the_lists_and_survive_without_a_network(
    publisher: Publisher, world: TrustWorld, feed_settings: Settings, clock: FixedClock
) -> None:
    """A compact licence names its issuer's certificate by thumbprint: its chain is in hand, offline too; an unchanged
    list fetches nothing again."""
    signer = world.regions["330000"].leaf(SIGNER_NAME, USCC_A)
    leaf = signer.certificate_chain[0]
    publish_with_certificates(publisher, world, entry_of(signer), pem=build_certificates([leaf]))
    feed = new_feed(feed_settings, clock)
    store = feed.current()
    chain = feed.issuer_chains()[sha256(leaf).digest()]
    assert chain == signer.certificate_chain
    assert store.validator.validate(chain, AT).subject.uscc == USCC_A
    feed.refresh()
    assert publisher.asked["/trust/certificates/330000"] == 1
    publisher.contents.clear()
    restarted = new_feed(feed_settings, clock)
    restarted.current()
    assert restarted.issuer_chains() == feed.issuer_chains()


@pytest.mark.parametrize("role", [Role.VERIFIER, None])
def test_a_certificate_that_no_list_names_for_an_issuer_is_let_go(
    role: Role | None, publisher: Publisher, world: TrustWorld, feed_settings: Settings, clock: FixedClock
) -> None:
    """The file brings a window's certificate, or one that no list names → no chain, nothing kept."""
    listed = world.regions["330000"].leaf(SIGNER_NAME, USCC_A)
    other = world.regions["330000"].leaf("另一机构", USCC_B)
    entries = [entry_of(listed)]
    if role is not None:
        entries.append(replace(entry_of(other), role=role, uscc=USCC_B, licence_types=()))
    ders = [listed.certificate_chain[0], other.certificate_chain[0]]
    publish_with_certificates(publisher, world, *entries, pem=build_certificates(ders))
    feed = new_feed(feed_settings, clock)
    feed.current()
    assert set(feed.issuer_chains()) == {sha256(ders[0]).digest()}


def test_a_file_of_certificates_that_is_none_keeps_what_is_in_hand(
    publisher: Publisher, world: TrustWorld, feed_settings: Settings, clock: FixedClock
) -> None:
    """Rubbish in place of the certificates → the lists count all the same, and the problem is told."""
    signer = world.regions["330000"].leaf(SIGNER_NAME, USCC_A)
    publish_with_certificates(publisher, world, entry_of(signer), pem=b"-----BEGIN rubbish")
    feed = new_feed(feed_settings, clock)
    assert feed.current().nation is not None
    assert feed.issuer_chains() == {}
    assert set(feed.problems()) == {"certificates 330000"}
