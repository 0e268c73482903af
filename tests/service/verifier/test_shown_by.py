"""A company's agent at the window: what the clerk, the interface and the record say; what a withdrawal a second later does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from keys.local_signer import LocalSigner
from keys.trust_list import Role, TrustEntry
from standards.mandate import Acting, Grant, Party, Scope, build_grant
from standards.sd_jwt_vc import parse_credential, select_disclosures
from standards.status_list import StatusList, StatusReference, StatusValue, build_status_list_token
from tests.service.verifier.test_pages import request_link, start
from tests.support.presenting_peer import HeldCredential
from tests.support.trust_world import entry_of, new_signer
from tests.support.verifier_world import COMPANY, VerifierWorld

PROVIDER_USCC = "12330000MB990091XB"
AGENT = Party("111", "990101199203080023", "李小红")
ENTITY = {**COMPANY, "holder_number": "91330100MA0000001F"}
SUBJECT = Party("001", ENTITY["holder_number"], ENTITY["holder_name"])


def join_renewal() -> None:
    """Wait until a renewal of the trust lists that runs in the background is done."""
    for thread in threading.enumerate():
        if thread.name == "trust-feed":
            thread.join(10)


@dataclass
class AgentsWallet:
    """The company's wallet service, and the agent who uses it."""

    world: VerifierWorld
    provider: LocalSigner
    root: HeldCredential
    statuses: StatusList
    entry: TrustEntry
    index: int = 77

    @property
    def uri(self) -> str:
        return f"{self.world.issuer.origin}/status-lists/7"

    def publish(self) -> None:
        at = self.world.clock.now()
        self.world.issuer.other_lists[7] = build_status_list_token(
            self.statuses,
            uri=self.uri,
            issued_at=at,
            expires_at=at + timedelta(days=1),
            ttl=timedelta(seconds=1),
            certificate_chain=self.provider.certificate_chain,
            sign=self.provider.sign,
        )

    def acting(self, scope: Scope | None = None) -> Acting:
        at = self.world.clock.now()
        grant = Grant(
            id="G-2026-17",
            subject=SUBJECT,
            agent=AGENT,
            capacity="agent",
            scope=scope or Scope(),
            issued_at=at,
            not_before=at,
            expires_at=at + timedelta(days=10),
            parent=None,
            status=StatusReference(self.uri, self.index),
        )
        members = (["holder_name"], ["holder_code_type"], ["holder_number"])
        return Acting(
            "agent",
            AGENT,
            (build_grant(grant, self.root.key.sign),),
            select_disclosures(parse_credential(self.root.text).sd_jwt, members),
        )

    def show(self, link: str, scope: Scope | None = None) -> None:
        shown = self.world.issue(claims=ENTITY)
        peer = self.world.wallet(shown)
        peer.acting = self.acting(scope)
        assert peer.show(link).status_code == 200

    def withdraw(self) -> None:
        self.statuses.set(self.index, StatusValue.INVALID)
        self.publish()
        # Longer than the list's ttl: the next window asks again.
        self.world.clock.advance(timedelta(seconds=2))


@pytest.fixture(scope="module")
def wallet(world: VerifierWorld) -> Iterator[AgentsWallet]:
    host = urlsplit(world.issuer.origin).hostname
    provider = world.nation.regions["330000"].leaf("某钱包（示例）", PROVIDER_USCC, dns_names=(host,))
    entry = entry_of(provider, PROVIDER_USCC, role=Role.WALLET_PROVIDER, types=())
    world.publish(providers=(entry,))
    root = world.issue(claims=ENTITY, key=new_signer("root"))
    made = AgentsWallet(world, provider, root, StatusList(2**10), entry)
    made.publish()
    yield made
    world.issuer.other_lists.clear()


def test_the_interface_says_who_showed_it(world: VerifierWorld, wallet: AgentsWallet) -> None:
    made = world.ask()
    wallet.show(made["authorization_request"])
    result = world.result(made)
    assert result["report"]["indication"] == "PASSED"
    assert [one["code"] for one in result["report"]["findings"] if one["step"] == 7] == [
        "holder-bound",
        "shown-by-agent",
    ]
    (shown_by,) = result["shown_by"]["business_licence"]
    assert shown_by["person"]["name"] == AGENT.name
    assert shown_by["subject"]["name"] == SUBJECT.name
    assert (shown_by["capacity"], shown_by["grant"]) == ("agent", "G-2026-17")
    assert any(used["uri"] == wallet.uri for used in result["lists"])


def test_a_holder_who_comes_himself_is_nobodys_agent(world: VerifierWorld) -> None:
    made = world.ask()
    assert world.wallet().show(made["authorization_request"]).status_code == 200
    assert "shown_by" not in world.result(made)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_clerk_reads_it_and_the_record_keeps_it(
    world: VerifierWorld, wallet: AgentsWallet, language: str
) -> None:
    """Verdict page and record name agent, company, grant and end; the open part of the record names nobody."""
    clerk = world.sign_in()
    path = start(clerk)
    wallet.show(request_link(clerk.page(path)))
    page = clerk.page(f"{path}?lang={language}").text
    for words in (AGENT.name, SUBJECT.name, "G-2026-17"):
        assert words in page
    assert ("由代理人李小红出示" if language == "zh" else "shown by 李小红, agent") in page
    presentation = path.rpartition("/")[2]
    answer = world.api("POST", f"/api/v1/presentations/{presentation}/decision", {"decision": "accept"})
    record = world.api("GET", f"/api/v1/records/{answer.json['id']}").json
    assert record["shown_by"]["business_licence"][0]["grant"] == "G-2026-17"
    assert "由代理人" in clerk.page(f"/records/{answer.json['id']}?lang=zh").text
    assert AGENT.name not in str(record["report"])
    for name in world.node.database.list_collection_names():
        for row in world.node.database[name].find():
            assert AGENT.number not in repr(row), name
            assert AGENT.name not in repr(row), name


def test_what_is_withdrawn_counts_at_the_next_window(world: VerifierWorld, wallet: AgentsWallet) -> None:
    """Shown → PASSED; withdrawn; two seconds later the same agent → FAILED, and nobody is said to have shown it."""
    first = world.ask()
    wallet.show(first["authorization_request"])
    assert world.result(first)["report"]["indication"] == "PASSED"
    wallet.withdraw()
    second = world.ask()
    wallet.show(second["authorization_request"])
    wallet.index += 1  # what was withdrawn never comes back: the next test has another grant
    result = world.result(second)
    assert (result["report"]["indication"], result["report"]["sub_indication"]) == ("FAILED", "REVOKED")
    assert "shown_by" not in result


def test_a_grant_for_another_region_does_not_reach_this_window(
    world: VerifierWorld, wallet: AgentsWallet
) -> None:
    """The window stands in 510100; a grant for 330000 → FAILED, one for 510000 → PASSED."""
    for division, indication in (("330000", "FAILED"), ("510000", "PASSED")):
        made = world.ask()
        wallet.show(made["authorization_request"], Scope(divisions=frozenset({division})))
        assert world.result(made)["report"]["indication"] == indication


def test_a_quiet_window_learns_of_a_withdrawn_provider_before_the_answer(
    world: VerifierWorld, wallet: AgentsWallet
) -> None:
    """Nobody used the window for an hour; the provider was withdrawn meanwhile → the first answer is refused.

    The lists are renewed when the wallet fetches the request, not only after the answer was judged on old ones.
    """
    world.clock.advance(timedelta(hours=1))
    wallet.publish()
    held = world.node.trust.current()
    join_renewal()
    before = world.node.trust.current()
    assert before is not held
    world.clock.advance(timedelta(hours=1))
    wallet.publish()
    withdrawn = replace(wallet.entry, until=world.clock.now() - timedelta(minutes=5))
    world.publish(providers=(withdrawn,), fetch=False)
    made = world.ask()
    shown = world.issue(claims=ENTITY)
    peer = world.wallet(shown)
    peer.acting = wallet.acting()
    request = peer.read(made["authorization_request"])
    join_renewal()
    assert peer.post(request, peer.form(request)).status_code == 200
    report = world.result(made)["report"]
    assert report["indication"] == "FAILED"
    assert "grant-status-not-by-wallet-provider" in {one["code"] for one in report["findings"]}
    world.publish(providers=(wallet.entry,))


def test_a_wallet_that_cannot_be_reached_is_no_acceptance(world: VerifierWorld, wallet: AgentsWallet) -> None:
    """The kept list is older than a day and no newer one can be had → INDETERMINATE."""
    world.clock.advance(timedelta(hours=30))
    world.publish(providers=(entry_of(wallet.provider, PROVIDER_USCC, role=Role.WALLET_PROVIDER, types=()),))
    world.issuer.other_lists.clear()
    made = world.ask()
    wallet.show(made["authorization_request"])
    report = world.result(made)["report"]
    assert report["indication"] == "INDETERMINATE"
    assert {one["code"] for one in report["findings"] if one["step"] == 7} >= {"grant-status-stale"}
