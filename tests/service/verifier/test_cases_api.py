"""Cases for the systems of departments: opened, asked in, decided, followed; nobody else's, and nobody named."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.served_app import ServedApp
from tests.support.verifier_world import COMPANY, VerifierWorld
from verifier.client import WindowClient, WindowProblemError


@pytest.fixture
def client(world: VerifierWorld) -> Iterator[WindowClient]:
    served = ServedApp(world.app)
    with WindowClient(served.origin, world.token()) as made:
        yield made
    served.close()


def test_a_case_from_its_opening_to_its_acceptance(world: VerifierWorld, client: WindowClient) -> None:
    case, code, asked = client.open_case("food-business-licence")
    assert (case["state"], case["channel"], case["visits"]) == ("open", "system", 0)
    assert code.startswith("ELB1:")
    world.wallet().show(asked.authorization_request)
    after = client.case(case["id"])
    states = {one["id"]: one["state"] for one in after["materials"]}
    assert states["business_licence"] == "satisfied"
    record = client.decide(asked.id, "accept")
    accepted = client.case(case["id"])
    assert (accepted["state"], accepted["records"]) == ("accepted", [record["id"]])
    assert client.record(record["id"])["case"] == case["id"]
    steps = [event["step"] for event in client.case_events(case["id"])]
    assert steps[0] == "opened"
    assert "accepted" in steps
    found = client.cases("accepted")
    assert [one["id"] for one in found["cases"]] == [case["id"]]
    assert client.cases("withdrawn")["cases"] == []
    for text in (str(accepted), str(client.case_events(case["id"]))):
        assert not any(value in text for value in COMPANY.values()), "no person and no company in it"


def test_what_was_refused_can_be_asked_for_again(world: VerifierWorld, client: WindowClient) -> None:
    case, _, asked = client.open_case("food-business-licence")
    world.wallet().refuse(asked.authorization_request)
    again = client.ask_in_case(case["id"])
    assert again.id != asked.id
    world.wallet().show(again.authorization_request)
    assert client.decide(again.id, "accept")["decision"] == "accept"
    with pytest.raises(WindowProblemError) as over:
        client.ask_in_case(case["id"])
    assert over.value.problem.status == 409


def test_a_case_of_another_department_is_none(world: VerifierWorld, client: WindowClient) -> None:
    """Department B reads A's case, its events, asks in it → 404 each, as for a case that is not there."""
    case, _, _ = client.open_case("food-business-licence")
    for method, path in (("GET", ""), ("GET", "/events"), ("POST", "/presentations"), ("GET", "/form")):
        answer = world.api(
            method, f"/api/v1/cases/{case['id']}{path}", {} if method == "POST" else None, department=1
        )
        assert answer.status_code == 404, path
    assert world.api("GET", "/api/v1/cases", department=1).json["cases"] == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "", {}),
        ("POST", "", {"service_item": "no-such-item"}),
        ("POST", "", {"service_item": ["food-business-licence"]}),
        ("POST", "", {"service_item": "food-business-licence", "more": 1}),
        ("POST", "", []),
        ("GET", "?state=perhaps", None),
        ("GET", "?before=yesterday", None),
        ("GET", "?before=2026-11-22", None),
        ("GET", "?before=%00", None),
    ],
)
def test_what_is_no_order(world: VerifierWorld, method: str, path: str, body: object) -> None:
    assert world.api(method, f"/api/v1/cases{path}", body).status_code == 400
