"""Refreshing copies over HTTP against the real store (OpenID4VCI 1.0 section 14.5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pymongo import monitoring

from issuer.issuance.refresh_rules import RefreshRules
from issuer.issuance.refresh_store import RefreshStore
from issuer.issuance.refresh_tokens import REFRESHES_PER_DAY, REPEAT_WITHIN, parse_refresh_token
from issuer.sealed_rows import rows_of
from standards.openid4vci.refresh import MEMBER
from tests.support.clock import FixedClock
from tests.support.issuance_world import (
    IssuanceWorld,
    WalletVisit,
    demo_three,
    found_world,
    status_of,
    verified,
)


def wallet_with_copies(world: IssuanceWorld, **changes: Any) -> tuple[str, WalletVisit, str]:
    """A licence, a wallet that received it, and its refresh token."""
    identifier = world.record_licence(**changes)
    visit = world.wallet(world.offer(identifier), dpop=True)
    token = visit.redeem()["refresh_token"]
    visit.receive(2)
    return identifier, visit, token


def new_version(world: IssuanceWorld, identifier: str, **fields: Any) -> str:
    """Change what the licence says; answers the identifier of the new version."""
    example = world.api("GET", "/api/v1/types").json["types"][0]["example"]
    body = {
        "operation": "change",
        "reason": "地址变更",
        "changes": {"fields": {**example["fields"], **fields}},
    }
    answer = world.api("POST", f"/api/v1/licences/{identifier}/events", body)
    assert answer.status_code == 201, answer.text
    return str(world.api("GET", f"/api/v1/licences/{identifier}").json["superseded_by"])


def refresh(visit: WalletVisit, token: str, **changes: Any) -> Any:
    headers = changes.pop("headers", None) or visit.dpop_header("token")
    return visit.post(
        "token", data={"grant_type": "refresh_token", "refresh_token": token} | changes, headers=headers
    )


def test_a_wallet_gets_the_new_version_without_a_visit(world: IssuanceWorld) -> None:
    identifier, visit, token = wallet_with_copies(world)
    successor = new_version(world, identifier, legal_representative="李新任")

    answer = refresh(visit, token)

    assert answer.status_code == 200, answer.text
    assert answer.json["token_type"] == "DPoP"
    assert answer.json["refresh_token"] != token
    news = answer.json[MEMBER]
    assert (news["state"], news["licence_identifier"]) == ("valid", successor)
    assert news["credential_configuration_id"] == visit.configuration_id
    visit.access_token = answer.json["access_token"]
    received = visit.receive(3)
    copies = [verified(one["credential"]) for one in received["credentials"]]
    assert {copy.claims["licence_identifier"] for copy in copies} == {successor}
    assert {copy.claims["legal_representative"] for copy in copies} == {"李新任"}
    assert [status_of(world, one["credential"]) for one in received["credentials"]] == [0, 0, 0]
    assert visit.notify(received["notification_id"]).status_code == 204


def test_further_copies_of_the_same_version(world: IssuanceWorld) -> None:
    identifier, visit, token = wallet_with_copies(world)
    for _ in range(3):
        answer = refresh(visit, token)
        token, visit.access_token = answer.json["refresh_token"], answer.json["access_token"]
        [one] = visit.receive()["credentials"]
        assert verified(one["credential"]).claims["licence_identifier"] == identifier


def test_a_bearer_token_comes_without_a_refresh_token(world: IssuanceWorld) -> None:
    """Input: a token request without a DPoP proof. Verdict: nothing to refresh with (RFC 9449 section 5)."""
    visit = world.wallet(world.offer(world.record_licence()))
    assert "refresh_token" not in visit.redeem()


def test_an_offer_with_a_transaction_code_is_refreshed_too(world: IssuanceWorld) -> None:
    made = world.offer(world.record_licence(), {"tx_code": True})
    visit = world.wallet(made, dpop=True)
    wrong = "000000" if made["tx_code"] != "000000" else "111111"
    assert visit.request_token(wrong).status_code == 400
    token = visit.redeem(made["tx_code"])["refresh_token"]
    assert refresh(visit, token).status_code == 200


def test_a_lost_answer_may_be_asked_for_again(world: IssuanceWorld) -> None:
    """Input: the answer to an exchange never arrived. Verdict: the token before serves once more, for an hour."""
    _, visit, token = wallet_with_copies(world)
    lost = refresh(visit, token).json
    again = refresh(visit, token)
    assert again.status_code == 200, again.text
    assert again.json["refresh_token"] != lost["refresh_token"]
    assert refresh(visit, again.json["refresh_token"]).status_code == 200


def test_after_an_hour_the_token_before_ends_the_family(world: IssuanceWorld) -> None:
    _, visit, token = wallet_with_copies(world)
    current = refresh(visit, token).json["refresh_token"]
    world.clock.set(world.clock.now() + REPEAT_WITHIN)
    assert refresh(visit, token).json["error"] == "invalid_grant"
    assert refresh(visit, current).json["error"] == "invalid_grant"


def test_a_suspended_licence_is_told_of_and_comes_back_with_the_same_tokens(world: IssuanceWorld) -> None:
    identifier, visit, token = wallet_with_copies(world)
    world.change(identifier, "suspend")
    answer = refresh(visit, token)
    assert answer.status_code == 200
    assert answer.json[MEMBER] == {"state": "suspended", "licence_identifier": identifier}
    visit.access_token = answer.json["access_token"]
    refused = visit.request_credential([visit.proof(visit.nonce())])
    assert refused.status_code == 400
    world.api("POST", f"/api/v1/licences/{identifier}/events", {"operation": "return", "reason": "期满"})
    assert refresh(visit, answer.json["refresh_token"]).json[MEMBER]["state"] == "valid"


def test_a_revoked_licence_is_told_with_its_reason_class_as_often_as_asked(world: IssuanceWorld) -> None:
    identifier, visit, token = wallet_with_copies(world)
    world.change(identifier, "revoke")
    for _ in range(2):
        answer = refresh(visit, token)
        assert answer.status_code == 400
        assert answer.json["error"] == "invalid_grant"
        assert answer.json[MEMBER]["state"] == "revoked"


def test_a_type_that_its_authority_does_not_refresh(world: IssuanceWorld) -> None:
    """Input: a rule against the type, before and after the first token. Verdict: no token, and none is exchanged."""
    _, visit, token = wallet_with_copies(world)
    authority = world.authorities[0]
    rules = RefreshRules(world.node.database)
    type_code = visit.configuration_id.rpartition("-")[0]
    rules.forbid(authority.uscc, type_code)
    world.clock.set(world.clock.now() + timedelta(seconds=5))
    try:
        assert refresh(visit, token).json["error"] == "invalid_grant"
        other = world.wallet(world.offer(world.record_licence()), dpop=True)
        assert "refresh_token" not in other.redeem()
    finally:
        rules.allow(authority.uscc, type_code)
    world.clock.set(world.clock.now() + timedelta(seconds=5))
    assert refresh(visit, token).status_code == 200


def test_copies_are_not_refreshed_without_end(world: IssuanceWorld) -> None:
    """Input: a wallet that refreshes on and on. Verdict: 429 with Retry-After; the next day it goes on."""
    _, visit, token = wallet_with_copies(world)
    for _ in range(REFRESHES_PER_DAY):
        token = refresh(visit, token).json["refresh_token"]
    answer = refresh(visit, token)
    assert (answer.status_code, answer.json["error"]) == (429, "slow_down")
    assert int(answer.headers["Retry-After"]) > 0
    world.clock.set(world.clock.now() + timedelta(days=1))
    assert refresh(visit, token).status_code == 200


def test_the_server_says_that_it_refreshes(world: IssuanceWorld) -> None:
    found = world.app.test_client().get("/.well-known/oauth-authorization-server").json
    assert "refresh_token" in found["grant_types_supported"]


def test_the_store_holds_nothing_that_opens(world: IssuanceWorld) -> None:
    _, _, token = wallet_with_copies(world)
    parsed = parse_refresh_token(token)
    assert parsed is not None
    row = world.node.database["issuance_offers"].find_one({"_id": parsed.reference})
    assert parsed.secret not in str(row)


def test_families_are_among_what_a_new_master_key_brings_over(world: IssuanceWorld) -> None:
    names = [rows.name.en for rows in rows_of(world.node.database, world.master_key, world.clock)]
    assert "grants to refresh licences" in names
    assert RefreshStore(world.node.database).find("x" * 22, "y", at=world.clock.now()) is None


# A world of its own closes the one that the tests above share: this one is last.


class _Writes(monitoring.CommandListener):
    def __init__(self) -> None:
        self.commands: list[str] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name in {"insert", "update", "findAndModify", "delete"}:
            self.commands.append(f"{event.command_name} {event.command[event.command_name]}")

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None: ...

    def failed(self, event: monitoring.CommandFailedEvent) -> None: ...


def test_the_first_token_costs_no_write_and_an_exchange_one(make_settings: Any) -> None:
    """Redeeming writes once, with a refresh token as without; an exchange writes once."""
    writes = _Writes()
    before = list(monitoring._LISTENERS.command_listeners)
    monitoring.register(writes)
    try:
        world = found_world(make_settings(), FixedClock(), demo_three())
    finally:
        monitoring._LISTENERS.command_listeners[:] = before
    visit = world.wallet(world.offer(world.record_licence()), dpop=True)
    writes.commands.clear()
    token = visit.redeem()["refresh_token"]
    assert writes.commands == ["findAndModify issuance_offers"]
    writes.commands.clear()
    assert refresh(visit, token).status_code == 200
    assert writes.commands == ["update issuance_offers"]
