"""Licences that stay current by themselves, over real processes: issuer, wallet with its worker, verifier."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from service.demo.journey.errors import JourneyError
from service.demo.journey.visitor import Visitor
from service.demo.journey.walk import SERVICE_ITEM
from service.demo.people import CITIZENS
from tests.support.running_node import RunningNode

pytestmark = pytest.mark.flow

A_MINUTE = 60.0


def until(said: Callable[[], bool], seconds: float) -> float:
    """Waits until something holds; answers how long it took."""
    began = time.monotonic()
    while not said():
        assert time.monotonic() - began < seconds, "it did not come to pass"
        time.sleep(0.5)
    return time.monotonic() - began


def wanted_material(window: Visitor) -> dict[str, str]:
    """Query and licence type of the first material that the journey's service item requires."""
    items = window.get_json("/api/v1/service-items")["service_items"]
    item = next(one for one in items if one["code"] == SERVICE_ITEM)
    accepted = next(material for material in item["materials"] if material["required"])["accepts"][0]
    return {"query": accepted["query"], "type": accepted["type"]}


def refreshed_in_background(node: RunningNode, outcome: str) -> int:
    """How many lines of the workers' logs tell of refreshed licences with this outcome."""
    logs = [path.read_text("utf-8") for path in (node.data / "run").glob("*wallet*.log")]
    return sum(
        "licences-refreshed" in line and outcome in line for text in logs for line in text.splitlines()
    )


def test_a_change_reaches_the_wallet_by_itself_and_a_revocation_its_card(running_node: RunningNode) -> None:
    """Recorded, offered, received, changed: the new version comes without a visit, is accepted, and later revoked."""
    issuer, window = running_node.department("issuer"), running_node.department("verifier")
    material = wanted_material(window)
    types = issuer.get_json("/api/v1/types")["types"]
    example = next(one["example"] for one in types if one["code"] == material["type"])
    person = running_node.person(CITIZENS[0].subject)
    first = issuer.post_json("/api/v1/licences", example, 201)["identifier"]
    offer = issuer.post_json(f"/api/v1/licences/{first}/offers", {}, 201)
    received = person.post_json("/api/v1/offers", {"uri": offer["credential_offer_uri"]}, 201)["credentials"][
        0
    ]
    assert received["refreshes_itself"] is True

    before = refreshed_in_background(running_node, "updated")
    field, value = changed_field(example)
    change = {
        "operation": "change",
        "reason": "信息变更",
        "changes": {"fields": {**example["fields"], field: value}},
    }
    issuer.post_json(f"/api/v1/licences/{first}/events", change, 201)

    # Nobody opens the wallet meanwhile: its worker does it.
    took = until(lambda: refreshed_in_background(running_node, "updated") > before, A_MINUTE)
    print(f"the new version was in the wallet after {took:.1f} s")
    opened_at = datetime.now(UTC)
    card = card_of(person, received["id"])
    assert (card["state"], card["claims"][field]) == ("valid", value)
    assert card["claims"]["licence_identifier"] != first
    [past] = card["earlier_versions"]
    assert past["identifier"] == first
    assert datetime.fromisoformat(past["until"]) < opened_at
    assert any(one["after"] is not None and one["after"]["zh"] == value for one in past["changes"])
    # The licence is the company's, and so is the line about it.
    company = next(one for one in person.get_json("/api/v1/session")["subjects"] if one["kind"] == "entity")
    person.post_json("/api/v1/acting-for", {"right": company["right"]}, 200)
    assert person.get_json("/api/v1/log")["uses"][0]["kind"] == "updated"
    person.post_json("/api/v1/acting-for", {"right": "self"}, 200)

    asked = window.post_json("/api/v1/presentations", {"service_item": SERVICE_ITEM}, 201)
    request = person.post_json("/api/v1/requests", {"uri": asked["authorization_request"]}, 201)
    selection = {"selection": {material["query"]: card["id"]}}
    person.post_json(f"/api/v1/requests/{request['id']}/consent", selection, 200)
    seen = window.get_json(f"/api/v1/presentations/{asked['id']}")
    assert "PASSED" in str(seen)

    second = card["claims"]["licence_identifier"]
    revoke = {
        "operation": "revoke",
        "reason": "严重违法",
        "approval": {"proposer": "clerk-1", "approver": "approver-2"},
    }
    issuer.post_json(f"/api/v1/licences/{second}/events", revoke, 201)
    # A revoked business licence lets its representative look at the card, and nothing else.
    # Its issuer says why when the worker asks: 50 seconds at most, and a machine that runs all tests may be slow.
    took = until(lambda: has_ended(person, received["id"]), A_MINUTE + 30)
    print(f"the revocation was seen after {took:.1f} s")
    # The card may say it before the right does: until the worker has asked, the representative is one still.
    # Another licence of the company, which other tests may have left in this wallet, still makes him one.
    until(lambda: only_looks(person) or holds_another(person, card), A_MINUTE + 30)


def has_ended(person: Visitor, holding_id: str) -> bool:
    """Whether the card says that the licence ended, and why; until its issuer says so, it is not found."""
    try:
        card = card_of(person, holding_id)
    except JourneyError:
        return False
    return (card["state"], (card["state_reason"] or {}).get("zh")) == ("ended", "已吊销。")


def only_looks(person: Visitor) -> bool:
    """Whether the company's wallet is open to its representative to look, and for nothing else."""
    return any(
        one["kind"] == "entity" and one["can_be_chosen"] and one["only_to_look"]
        for one in person.get_json("/api/v1/session")["subjects"]
    )


def holds_another(person: Visitor, card: dict[str, Any]) -> bool:
    """Whether a further licence of the type is in force in the wallets at hand."""
    return any(
        one["vct"] == card["vct"] and one["id"] != card["id"] and one["state"] == "valid"
        for one in person.get_json("/api/v1/credentials")["credentials"]
    )


def changed_field(example: dict[str, Any]) -> tuple[str, str]:
    """A field of free text of the example, and another value for it."""
    for name in ("premises", "address", "legal_representative", "business_scope"):
        if isinstance(example["fields"].get(name), str):
            return name, "浙江省杭州市新示例路 88 号" if name != "legal_representative" else "李新任"
    raise AssertionError(f"none of the known fields in {sorted(example['fields'])}")


def card_of(person: Visitor, holding_id: str) -> dict[str, Any]:
    return dict(person.get_json(f"/api/v1/credentials/{holding_id}"))
