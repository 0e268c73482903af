"""The window's desk for complaints: who may file, what is told, who answers, and what a stranger learns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.support.verifier_world import Clerk, VerifierWorld
from verifier.departments.guard import DEPARTMENT_COOKIE

TOKEN = "t" * 43


def filing(world: VerifierWorld, made: dict[str, Any], **changes: Any) -> dict[str, Any]:
    pending = world.node.presentations.find(made["id"])
    assert pending is not None
    return {
        "department": pending.asked.department,
        "reference": f"{world.node.public_url}/openid4vp/responses/{made['id']}",
        "proof": pending.asked.nonce,
        "token": TOKEN,
        "number": "20261123-ABCDE-FGHIJ",
        "cause": "too-much",
        "words": "不需要这么多信息。",
        "contact": "",
        "used_at": world.clock.now().isoformat(),
    } | changes


def post(world: VerifierWorld, path: str, body: dict[str, Any] | None = None, token: str = TOKEN) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    return world.app.test_client().post(f"/complaints/desk{path}", json=body, headers=headers)


def show(world: VerifierWorld, complaint_id: str, token: str = TOKEN) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    return world.app.test_client().get(f"/complaints/desk/{complaint_id}", headers=headers)


def approver(world: VerifierWorld) -> Clerk:
    clerk = world.sign_in("window-approver")
    clerk.client.set_cookie(DEPARTMENT_COOKIE, world.departments[0].uscc, domain="localhost")
    return clerk


def test_a_complaint_is_answered_with_a_reason_and_closed(world: VerifierWorld) -> None:
    """Filed by who was asked → on the department's page → answered → told to the wallet → closed by the holder."""
    filed = post(world, "", filing(world, world.ask()))
    assert filed.status_code == 201, filed.text
    assert filed.json["state"] == "received"
    complaint_id = filed.json["id"]

    clerk = approver(world)
    assert "20261123-ABCDE-FGHIJ" in clerk.page("/complaints?lang=zh").text
    page = clerk.page(f"/complaints/{complaint_id}?lang=zh").text
    assert "不需要这么多信息。" in page
    short = clerk.submit(f"/complaints/{complaint_id}", finding="upheld", answer="好")
    assert short.status_code == 400
    assert "好</textarea>" in short.text
    answered = clerk.submit(f"/complaints/{complaint_id}", finding="upheld", answer="已核实，今后不再索取。")
    assert answered.status_code == 303
    again = clerk.submit(f"/complaints/{complaint_id}", finding="not-upheld", answer="改口，不成立。")
    assert again.status_code == 409

    told = show(world, complaint_id).json
    assert (told["state"], told["finding"], told["answer"]) == (
        "answered",
        "upheld",
        "已核实，今后不再索取。",
    )
    assert "answered_by" not in told
    assert post(world, f"/{complaint_id}/closure", {"satisfied": True}).json["state"] == "closed"
    assert post(world, f"/{complaint_id}/withdrawal").status_code == 409


def test_filing_again_is_safe_and_another_wallet_cannot_take_over(world: VerifierWorld) -> None:
    body = filing(world, world.ask())
    first, second = post(world, "", body), post(world, "", body)
    assert first.json == second.json
    assert post(world, "", body | {"token": "x" * 43}).status_code == 409


@pytest.mark.parametrize(
    "changes",
    [
        {"proof": "guessed"},
        {"proof": ""},
        {"reference": "https://elsewhere.example/openid4vp/responses/nothing"},
        {"department": "11510100MB00000039"},
    ],
)
def test_a_stranger_to_the_request_cannot_complain(world: VerifierWorld, changes: dict[str, Any]) -> None:
    """A guessed nonce, another request, another department → 422 unknown-use, nothing entered."""
    made = world.ask()
    answer = post(world, "", filing(world, made) | changes)
    assert (answer.status_code, answer.json["type"].rpartition(":")[2]) == (422, "unknown-use")
    found = world.node.database["complaints"].count_documents({"reference": {"$regex": f"{made['id']}$"}})
    assert found == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"cause": "boredom"},
        {"words": "x" * 2_001},
        {"words": "a\u202eb"},
        {"number": "two\nlines"},
        {"token": "short"},
        {"used_at": "yesterday"},
    ],
)
def test_a_malformed_complaint_is_refused(world: VerifierWorld, changes: dict[str, Any]) -> None:
    """Unknown cause, too long, words that rearrange a line, a second line in a number, a weak token → 400."""
    assert post(world, "", filing(world, world.ask()) | changes).status_code == 400


def test_another_token_and_another_department_find_nothing(world: VerifierWorld) -> None:
    """A complaint's id alone, or a clerk of another department → 404, and its words appear nowhere."""
    complaint_id = post(world, "", filing(world, world.ask())).json["id"]
    assert show(world, complaint_id, "y" * 43).status_code == 404
    assert post(world, f"/{complaint_id}/withdrawal", token="y" * 43).status_code == 404
    assert world.app.test_client().get(f"/complaints/desk/{complaint_id}").status_code == 404
    item = world.departments[1].service_items[0]
    theirs = world.api("POST", "/api/v1/presentations", {"service_item": item}, department=1).json
    elsewhere = post(world, "", filing(world, theirs)).json["id"]
    ours = approver(world)
    assert ours.page(f"/complaints/{complaint_id}").status_code == 200
    assert ours.page(f"/complaints/{elsewhere}").status_code == 404
    answer = ours.submit(f"/complaints/{elsewhere}", finding="upheld", answer="随便写写。")
    assert answer.status_code == 404
    reception = world.sign_in("window-clerk")
    assert reception.page("/complaints").status_code == 403


def test_words_are_sealed_in_the_store(world: VerifierWorld) -> None:
    world.clock.advance(timedelta(seconds=1))
    post(world, "", filing(world, world.ask(), words="住在一号楼的张先生", contact="13900000000"))
    [row] = world.node.database["complaints"].find().sort("received_at", -1).limit(1)
    assert "张先生".encode() not in bytes(row["sealed"])
    assert all("张先生" not in str(value) and "13900000000" not in str(value) for value in row.values())


def test_an_answer_that_nobody_disputes_closes_in_time(world: VerifierWorld) -> None:
    complaint_id = post(world, "", filing(world, world.ask())).json["id"]
    approver(world).submit(f"/complaints/{complaint_id}", finding="partly", answer="部分属实。")
    world.clock.advance(world.node.complaints.deadlines.close + timedelta(seconds=1))
    assert show(world, complaint_id).json["state"] == "closed"
