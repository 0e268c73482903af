"""Decisions and their records: once, with a reason, in an unbroken chain."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from keys.master_key import MasterKey
from service.demo.people import person
from service.record_chain import FIRST_PREVIOUS, first_break
from tests.support.verifier_world import COMPANY, VerifierWorld
from verifier.acceptance.store import RecordStore
from verifier.departments.store import StaffStore
from verifier.window.store import PresentationStore


def shown(world: VerifierWorld) -> dict[str, object]:
    made = world.ask()
    assert world.wallet().show(made["authorization_request"]).status_code == 200
    return made


def decide(world: VerifierWorld, made: dict[str, object], **body: str) -> object:
    return world.api("POST", f"/api/v1/presentations/{made['id']}/decision", body)


def test_a_record_says_everything(world: VerifierWorld) -> None:
    made = shown(world)
    answer = decide(world, made, decision="accept")
    assert answer.status_code == 201
    record = world.api("GET", f"/api/v1/records/{answer.json['id']}").json
    assert record["decision"] == "accept"
    assert record["asked"]["dcql_query"]["credentials"][0]["id"] == "business_licence"
    assert record["report"]["indication"] == "PASSED"
    behind = {"nation", "region"}
    assert {used["kind"] for used in record["lists"]} == {
        "trust",
        "status",
    } | behind  # this nation has no revocations
    assert all(used.get("digest") for used in record["lists"] if used["kind"] != "trust")
    assert all(used["age_seconds"] >= 0 for used in record["lists"] if used["kind"] not in behind)
    assert record["claims"]["business_licence"][0]["holder_name"] == COMPANY["holder_name"]
    assert record["decided_by"]["name"] == "case-system"
    assert world.result(made)["decision"]["record"] == record["id"]


def test_what_was_shown_is_not_in_the_store_in_the_clear(world: VerifierWorld) -> None:
    made = shown(world)
    decide(world, made, decision="accept")
    for name in world.node.database.list_collection_names():
        for row in world.node.database[name].find():
            assert COMPANY["holder_name"].encode() not in repr(row).encode("unicode_escape"), name
            assert COMPANY["holder_name"] not in repr(row), name
            assert COMPANY["holder_name"].encode() not in b"".join(
                v for v in row.values() if isinstance(v, bytes)
            ), name


def test_nothing_is_decided_before_anything_is_shown(world: VerifierWorld) -> None:
    answer = decide(world, world.ask(), decision="refuse", reason="not-competent")
    assert (answer.status_code, answer.json["type"]) == (409, "urn:elicence:problem:still-pending")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"decision": "perhaps"},
        {"decision": "refuse"},
        {"decision": "refuse", "reason": ""},
        {"decision": "refuse", "reason": "because"},
        {"decision": "refuse", "reason": "material-missing"},
        {"decision": "supplement"},
        {"decision": "accept", "reason": "not-competent"},
        {"decision": "refuse", "reason": "not-competent", "note": "x" * 501},
    ],
)
def test_a_decision_without_its_reason_is_impossible(world: VerifierWorld, body: dict[str, str]) -> None:
    answer = decide(world, shown(world), **body)
    assert (answer.status_code, answer.json["type"]) == (400, "urn:elicence:problem:invalid-decision")


def test_eight_decisions_at_once_leave_one_record(world: VerifierWorld) -> None:
    """Eight clerks press Enter on one presentation at the same moment → one 201, seven 409, one record."""
    made = shown(world)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: decide(world, made, decision="accept").status_code, range(8)))
    assert sorted(answers) == [201] + [409] * 7


def test_the_chain_has_no_gaps_under_load_and_shows_every_change(world: VerifierWorld) -> None:
    """Records n and n+1 swapped, one left out, one altered → the first bad place is named."""
    cases = [shown(world) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda made: decide(world, made, decision="refuse", reason="not-competent"), cases))
    records = list(world.node.records.chain(world.departments[0].uscc))
    assert [record.sequence for record in records] == list(range(1, len(records) + 1))
    assert records[0].previous == FIRST_PREVIOUS
    assert first_break(records) is None
    assert first_break([records[1], records[0], *records[2:]]) == 1
    assert first_break([*records[:2], *records[3:]]) == 3
    altered = replace(records[3], body=records[3].body.replace(b'"refuse"', b'"accept"'))
    assert first_break([*records[:3], altered, *records[4:]]) == 4


def test_another_department_cannot_read_a_record(world: VerifierWorld) -> None:
    record = decide(world, shown(world), decision="accept").json["id"]
    assert world.api("GET", f"/api/v1/records/{record}", department=1).status_code == 404


def test_records_and_staff_survive_a_new_master_key(world: VerifierWorld) -> None:
    """Old key A, rotation to B: resealed under B alone, what was shown still opens and the chain is whole."""
    record_id = decide(world, shown(world), decision="accept").json["id"]
    department = world.departments[0].uscc
    rotating, after = MasterKey(b"b" * 32, (master_bytes(world),)), MasterKey(b"b" * 32)
    database = world.node.database
    assert sum(RecordStore(database, rotating.envelope("verifier evidence")).sealed_rows().reseal()) >= 1
    staff = StaffStore(rotating.lookup_key(), rotating.envelope("verifier staff"))
    assert sum(staff.sealed_rows(database).reseal()) >= 1
    presented = PresentationStore(database, rotating.envelope("verifier evidence")).sealed_rows()
    assert sum(presented.reseal()) >= 1
    assert presented.older() == 0
    presentations = PresentationStore(database, after.envelope("verifier evidence"))
    assert all(presentations.find(row["_id"]) for row in database["presentations"].find())
    records = RecordStore(database, after.envelope("verifier evidence"))
    found = records.find(department, record_id)
    assert found is not None
    assert found.evidence is not None
    assert found.evidence.licences["business_licence"][0].claims["holder_name"] == COMPANY["holder_name"]
    assert first_break(records.chain(department)) is None
    clerk = person("window-clerk")
    posts = StaffStore(after.lookup_key(), after.envelope("verifier staff")).posts_of(
        clerk.code_type, clerk.number
    )
    assert department in {post.department for post in posts}


def master_bytes(world: VerifierWorld) -> bytes:
    """The master key as it lies on the disk of this test's node."""
    return world.node.settings.master_key_file.read_bytes()
