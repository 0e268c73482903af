"""Offers for a whole selection: over HTTP, through the job, to wallets; what is refused, and whose the result is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import bson
import orjson
import pytest

import issuer.batches.run_batch as run_batch_module
from issuer.batches.batch import Batch, BatchRequest
from issuer.batches.store import PURPOSE, BatchStore
from issuer.library.selection import Selection
from keys.master_key import MasterKey
from service.api_tokens import mint
from service.jobs import JobState, run_job
from tests.support.issuance_world import BUSINESS_LICENCE, IssuanceWorld, verified

BY_TYPE = {"selection": {"type": BUSINESS_LICENCE}}


def begun(world: IssuanceWorld, body: dict[str, Any] | None = None, status: int = 202) -> Any:
    answer = world.api("POST", "/api/v1/batches", body or BY_TYPE)
    assert answer.status_code == status, answer.text
    return answer.json


def finished(world: IssuanceWorld, body: dict[str, Any] | None = None) -> Any:
    batch = begun(world, body)
    assert run_job(world.node, batch["job"]["id"]).state is JobState.DONE
    return world.api("GET", f"/api/v1/batches/{batch['id']}").json


def lines(world: IssuanceWorld, batch: Any, name: str = "result") -> list[dict[str, Any]]:
    answer = world.api("GET", f"/api/v1/batches/{batch['id']}/{name}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return [orjson.loads(line) for line in answer.data.splitlines()]


@pytest.mark.parametrize("by", ["value", "reference"])
@pytest.mark.parametrize("tx_code", [False, True])
def test_every_line_is_an_offer_that_a_wallet_takes_up(world: IssuanceWorld, by: str, tx_code: bool) -> None:
    identifiers = {world.record_licence() for _ in range(3)}
    batch = finished(world, {**BY_TYPE, "by": by, "tx_code": tx_code})
    assert batch["job"]["result"] == {"offers": 3, "refused": 0}
    assert (batch["job"]["done"], batch["job"]["total"], batch["job"]["errors"]) == (3, 3, 0)
    made = lines(world, batch)
    assert {line["licence"] for line in made} == identifiers
    assert len({line["credential_offer_uri"] for line in made}) == 3
    for line in made:
        assert line["expires_at"] == batch["expires_at"]
        assert (line["tx_code"] is not None) is tx_code
        visit = world.wallet(line)
        visit.redeem(line["tx_code"])
        copy = verified(visit.receive()["credentials"][0]["credential"])
        assert copy.claims["licence_identifier"] == line["licence"]
        assert copy.claims["holder_number"] == line["holder"]["number"]
        # Once, as every offer.
        assert visit.request_token(line["tx_code"]).status_code == 400


def test_a_wrong_code_takes_up_nothing(world: IssuanceWorld) -> None:
    world.record_licence()
    (line,) = lines(world, finished(world, {**BY_TYPE, "tx_code": True}))
    wrong = "000000" if line["tx_code"] != "000000" else "000001"
    assert world.wallet(line).request_token(wrong).status_code == 400


def test_what_is_not_in_force_is_refused_with_its_reason(world: IssuanceWorld) -> None:
    kept, suspended = world.record_licence(), world.record_licence()
    world.change(suspended, "suspend")
    batch = finished(world)
    assert batch["job"]["result"] == {"offers": 1, "refused": 1}
    assert [line["licence"] for line in lines(world, batch)] == [kept]
    (refused,) = lines(world, batch, "refused")
    assert (refused["licence"], refused["code"]) == (suspended, "licence-not-in-force")
    assert "Suspended" in refused["message"]["en"] or "suspended" in refused["message"]["en"]


def test_each_holder_of_a_shared_licence_gets_an_offer(world: IssuanceWorld) -> None:
    """Two owners of one house → two lines, and the one's offer gives the one's copy."""
    authority = world.authorities[2]
    identifier = world.record_licence(authority=authority)
    answer = world.api("POST", "/api/v1/batches", {"licences": [identifier]}, authority=authority)
    run_job(world.node, answer.json["job"]["id"])
    path = f"/api/v1/batches/{answer.json['id']}/result"
    made = [orjson.loads(line) for line in world.api("GET", path, authority=authority).data.splitlines()]
    assert len(made) == 2
    assert len({line["holder"]["number"] for line in made}) == 2
    for line in made:
        visit = world.wallet(line)
        visit.redeem()
        copy = verified(visit.receive()["credentials"][0]["credential"])
        assert copy.claims["holder_number"] == line["holder"]["number"]


def test_named_licences_that_are_not_ours_are_told(world: IssuanceWorld) -> None:
    """Ours → offer; another authority's and one that never was → the same refusal, which tells nothing of it."""
    ours, theirs = world.record_licence(), world.record_licence(authority=world.authorities[1])
    batch = finished(world, {"licences": [theirs, ours, ours]})
    assert [line["licence"] for line in lines(world, batch)] == [ours]
    assert [(line["licence"], line["code"]) for line in lines(world, batch, "refused")] == [
        (theirs, "licence-not-found")
    ]
    assert (batch["job"]["done"], batch["job"]["total"]) == (2, 2)


def test_a_selection_never_reaches_another_authoritys_licences(world: IssuanceWorld) -> None:
    world.record_licence(authority=world.authorities[1])
    batch = finished(world, {"selection": {"states": ["valid"]}})
    assert batch["job"]["result"] == {"offers": 0, "refused": 0}
    assert lines(world, batch) == []


def test_a_batch_is_its_authoritys_and_its_result_whoever_began_it(world: IssuanceWorld) -> None:
    world.record_licence()
    batch = finished(world)
    stranger = world.authorities[1]
    for path in ("", "/result", "/refused"):
        assert world.api("GET", f"/api/v1/batches/{batch['id']}{path}", authority=stranger).status_code == 404
    assert world.api("GET", "/api/v1/batches", authority=stranger).json == {"batches": []}
    # A colleague's system sees that there is a batch, and gets no links.
    token = mint(
        world.master_key, "issuer", world.authorities[0].uscc, at=world.clock.now(), system="another"
    )
    client, headers = world.app.test_client(), {"Authorization": f"Bearer {token}"}
    assert client.get(f"/api/v1/batches/{batch['id']}", headers=headers).status_code == 200
    answer = client.get(f"/api/v1/batches/{batch['id']}/result", headers=headers)
    assert (answer.status_code, answer.json["type"].rpartition(":")[2]) == (404, "batch-result-not-found")


def test_the_result_ends_with_its_offers(world: IssuanceWorld) -> None:
    world.record_licence()
    batch = finished(world, {**BY_TYPE, "hours": 2})
    (line,) = lines(world, batch)
    visit = world.wallet(line)
    world.clock.advance(timedelta(hours=2))
    assert world.api("GET", f"/api/v1/batches/{batch['id']}/result").status_code == 404
    assert visit.request_token().status_code == 400
    # The store forgets the file too, and the offer a day later.
    pieces = list(world.node.database["transfer_files"].find())
    assert pieces
    assert {piece["delete_at"].isoformat() for piece in pieces} == {
        batch["expires_at"].replace("Z", "+00:00")
    }


def test_a_batch_that_begins_too_late_makes_nothing(world: IssuanceWorld) -> None:
    world.record_licence()
    batch = begun(world, {**BY_TYPE, "hours": 1})
    world.clock.advance(timedelta(hours=1))
    ended = run_job(world.node, batch["job"]["id"])
    assert ended.state is JobState.FAILED
    assert world.node.database["issuance_offers"].count_documents({}) == 0


def test_before_its_job_is_done_there_is_no_result(world: IssuanceWorld) -> None:
    world.record_licence()
    batch = begun(world)
    answer = world.api("GET", f"/api/v1/batches/{batch['id']}/result")
    assert (answer.status_code, answer.json["type"].rpartition(":")[2]) == (409, "batch-not-ready")


def test_each_fetching_is_counted(world: IssuanceWorld) -> None:
    world.record_licence()
    batch = finished(world)
    assert batch["fetched"] == 0
    lines(world, batch)
    lines(world, batch)
    assert world.api("GET", f"/api/v1/batches/{batch['id']}").json["fetched"] == 2


def test_a_repeat_under_the_same_key_is_the_same_batch(world: IssuanceWorld) -> None:
    """An answer was lost, the system asks again: one batch, one offer; another body under the key: 409."""
    world.record_licence()
    token = mint(world.master_key, "issuer", world.authorities[0].uscc, at=world.clock.now())
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "season-7"}
    client = world.app.test_client()
    first, second = (client.post("/api/v1/batches", json=BY_TYPE, headers=headers).json for _ in range(2))
    assert first["id"] == second["id"]
    assert first["job"]["id"] == second["job"]["id"]
    run_job(world.node, first["job"]["id"])
    assert world.node.database["issuance_offers"].count_documents({}) == 1
    other = client.post("/api/v1/batches", json={**BY_TYPE, "tx_code": True}, headers=headers)
    assert (other.status_code, other.json["type"].rpartition(":")[2]) == (409, "batch-conflict")


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "/selection"),
        ({"selection": {}}, "/selection"),
        ({"selection": {"all_versions": True}}, "/selection"),
        ({"selection": {"type": BUSINESS_LICENCE}, "licences": ["1"]}, "/selection"),
        ({"selection": {"type": "unknown"}}, "/selection/type"),
        ({"selection": {"state": "valid"}}, "/selection/state"),
        ({"licences": []}, "/licences"),
        ({"licences": ["1.2.3"]}, "/licences/0"),
        ({"licences": ["x" * 200]}, "/licences/0"),
        ({**BY_TYPE, "hours": 0}, "/hours"),
        ({**BY_TYPE, "hours": 73}, "/hours"),
        ({**BY_TYPE, "what": "refresh"}, "/what"),
        ({**BY_TYPE, "by": "pigeon"}, "/by"),
        ({**BY_TYPE, "tx_code": "yes"}, "/tx_code"),
        ({**BY_TYPE, "holder": "1"}, "/holder"),
    ],
)
def test_a_misshapen_request_is_refused_at_its_place(
    world: IssuanceWorld, body: dict[str, Any], where: str
) -> None:
    answer = world.api("POST", "/api/v1/batches", body)
    assert (answer.status_code, answer.json.get("where")) == (400, where), answer.text
    assert world.node.database["batches"].count_documents({}) == 0


def test_nothing_of_an_offer_lies_open_in_the_store(
    world: IssuanceWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the store's content and without the master key nobody takes up an offer, or learns who holds what."""
    monkeypatch.setattr(run_batch_module, "STEP_LICENCES", 1)
    world.record_licence()
    world.record_licence()
    made = lines(world, finished(world, {**BY_TYPE, "tx_code": True}))
    database = world.node.database
    content = b"".join(
        bson.encode(row)
        for name in ("batches", "jobs", "transfer_files", "issuance_offers")
        for row in database[name].find()
    )
    assert len(made) == 2
    for line in made:
        code = world.wallet(line).code
        for secret in (code, code.partition(".")[2], line["holder"]["number"]):
            assert secret.encode() not in content


def test_the_seed_of_a_batch_comes_over_to_a_new_master_key(world: IssuanceWorld) -> None:
    """Sealed under the key before → sealed anew → opens without the key before, and makes the same offers."""
    before = MasterKey(bytes(32))
    both = MasterKey(bytes([1] * 32), (bytes(32),))
    database, at = world.node.database, world.clock.now()
    request = BatchRequest(Selection("any", type_code=BUSINESS_LICENCE), tx_code=True, by="value", hours=1)
    batch = Batch("b", request, "system", at, at + timedelta(hours=1), bytes(range(32)))
    BatchStore(database, before.envelope(PURPOSE)).add(batch)
    rows = BatchStore(database, both.envelope(PURPOSE)).sealed_rows()
    assert rows.older() == 1
    assert list(rows.reseal()) == [True]
    assert list(rows.reseal()) == [False]
    after = BatchStore(database, MasterKey(bytes([1] * 32)).envelope(PURPOSE))
    assert after.find("any", "b") == batch
