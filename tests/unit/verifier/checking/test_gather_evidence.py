"""Gathering evidence: which lists are fetched, and whose credentials make us fetch nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from keys.trust_list import TrustStore
from service.status_feed import StatusSnapshot
from standards.status_list import StatusReference
from tests.support.checking_world import STATUS_URI, CheckingWorld
from tests.support.trust_world import AT, USCC_A, new_signer
from verifier.checking import gather_evidence


@dataclass
class RecordingStatusFeed:
    """Has lists in memory; remembers what was asked for."""

    tokens: dict[str, str]
    asked: list[str] = field(default_factory=list)

    def snapshot(self, uri: str) -> StatusSnapshot:
        self.asked.append(uri)
        return StatusSnapshot(uri, self.tokens.get(uri))


@dataclass
class StandingTrustFeed:
    store: TrustStore

    def current(self) -> TrustStore:
        return self.store


@pytest.fixture(scope="module")
def world() -> CheckingWorld:
    return CheckingWorld()


def asked_for(
    world: CheckingWorld, *texts: str, tokens: dict[str, str] | None = None
) -> tuple[list[str], dict[str, str]]:
    feed = RecordingStatusFeed(tokens or {})
    evidence = gather_evidence(
        texts,
        trust=StandingTrustFeed(world.trust),  # type: ignore[arg-type]
        status=feed,  # type: ignore[arg-type]
        at=AT,
    )
    assert evidence.trust is world.trust
    return feed.asked, dict(evidence.status_tokens)


def test_each_list_is_fetched_once(world: CheckingWorld) -> None:
    token = world.status_token()
    texts = (world.credential(), world.shown(), f" {world.credential()}\n")
    assert asked_for(world, *texts, tokens={STATUS_URI: token}) == ([STATUS_URI], {STATUS_URI: token})


def test_a_list_that_cannot_be_had_is_absent(world: CheckingWorld) -> None:
    assert asked_for(world, world.credential())[1] == {}


def test_a_strangers_credential_makes_us_fetch_nothing(world: CheckingWorld) -> None:
    """Self-made issuer, status uri of the attacker's choice (SSRF) → no fetch."""
    other = CheckingWorld()
    assert asked_for(world, other.credential(), other.shown())[0] == []


@pytest.mark.parametrize("text", ["", "~", "x.y.z~", "中文", "e30.e30.AAAA~"])
def test_what_is_no_credential_makes_us_fetch_nothing(world: CheckingWorld, text: str) -> None:
    assert asked_for(world, text)[0] == []


def with_status(world: CheckingWorld, uri: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(
        "tests.support.checking_world.StatusReference", lambda _, index: StatusReference(uri, index)
    )
    return world.credential()


ELSEWHERE = "https://lists.example/1"


def test_a_list_elsewhere_is_fetched_when_the_issuer_signed_for_it(
    world: CheckingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert asked_for(world, with_status(world, ELSEWHERE, monkeypatch))[0] == [ELSEWHERE]


def test_a_forged_credential_with_a_genuine_chain_fetches_nothing_elsewhere(
    world: CheckingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """x5c copied from a real licence, payload and signature by the attacker, uri http://169.254.169.254/ → no fetch."""
    genuine = world.issuer
    world.issuer = new_signer("attacker").with_chain(genuine.certificate_chain)
    try:
        forged = with_status(world, "http://169.254.169.254/latest", monkeypatch)
    finally:
        world.issuer = genuine
    assert asked_for(world, forged)[0] == []


def test_a_list_on_the_issuers_own_origin_needs_no_second_verification(world: CheckingWorld) -> None:
    """Even a forged one: the worst it does is fetch a list of a trusted authority, once per its lifetime."""
    forged = world.credential(new_signer("attacker").with_chain(world.issuer.certificate_chain))
    assert asked_for(world, forged)[0] == [STATUS_URI]


def test_an_unreadable_uri_is_no_origin(world: CheckingWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """http://[ : no URL at all; signed by the issuer, so the feed may say what it thinks of it."""
    leaf = world.nation.regions["330000"].leaf("某局", USCC_A)
    monkeypatch.setattr(
        "tests.support.checking_world.StatusReference", lambda _, i: StatusReference("http://[", i)
    )
    assert asked_for(world, world.credential(leaf))[0] == ["http://["]
    assert asked_for(world, world.credential(new_signer("x").with_chain(leaf.certificate_chain)))[0] == []
