"""Attacks on the window from inside: by its own staff, by who holds a session there, by who writes into its store."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from bson import Binary

from keys.master_key import MasterKey
from service.record_chain import FIRST_PREVIOUS, first_break
from service.settings import Settings
from tests.support.clock import FixedClock
from tests.support.verifier_world import COMPANY, VerifierWorld, verifier_world


@pytest.fixture(scope="module")
def world(
    settings: Settings, master_key: MasterKey, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[VerifierWorld]:
    data = tmp_path_factory.mktemp("window")
    fresh = replace(settings, data=data, trust_anchor_file=data / "anchor.pem")
    with verifier_world(fresh, master_key, FixedClock()) as made:
        yield made


@pytest.mark.parametrize(
    "decision", [{"decision": "accept"}, {"decision": "refuse", "reason": "not-competent"}]
)
def test_a_held_back_answer_is_not_read_through_its_record(
    world: VerifierWorld, decision: dict[str, str]
) -> None:
    """The link of a same-device request is sent to a stranger, whose wallet answers; the browser never comes back.

    desk ──link──▶ stranger's wallet ──answer──▶ held back ──decision──▶ 409, so no record shows what the stranger has.
    """
    clerk = world.sign_in()
    started = clerk.submit("/window/presentations", service_item="food-business-licence", device="here")
    path = urlsplit(started.location).path
    link = re.search(r'href="(http://wallet\.localhost/present\?[^"]+)"', clerk.page(path).text)
    assert link
    answer = world.wallet().show(link[1].replace("&amp;", "&"))
    assert answer.status_code == 200
    refused = clerk.submit(f"{path}/decision", **decision)
    assert refused.status_code == 409
    by_system = world.api("POST", f"/api/v1/presentations/{path.rpartition('/')[2]}/decision", decision)
    assert (by_system.status_code, by_system.json["type"]) == (409, "urn:elicence:problem:still-pending")
    back = urlsplit(answer.json["redirect_uri"])
    assert clerk.page(f"{back.path}?{back.query}").status_code == 303
    assert clerk.submit(f"{path}/decision", **decision).status_code == 303


@pytest.mark.parametrize("before", ["99999999999999999999999", "-1", "9223372036854775808", "9" * 5000, "x"])
def test_a_page_of_records_beyond_every_number(world: VerifierWorld, before: str) -> None:
    """``?before=`` with a number that the store cannot hold, a negative one, no number → the newest records."""
    assert world.sign_in().page(f"/records?before={before}").status_code == 200


def accepted(world: VerifierWorld) -> str:
    made = world.ask()
    assert world.wallet().show(made["authorization_request"]).status_code == 200
    refused = {"decision": "refuse", "reason": "not-competent"}
    answer = world.api("POST", f"/api/v1/presentations/{made['id']}/decision", refused)
    assert answer.status_code == 201
    return str(answer.json["id"])


def rewrite(rows: Any, department: str, altered: str) -> None:
    """What somebody does who can write into the store and knows the code: change a record, make all hashes anew."""
    previous = FIRST_PREVIOUS
    for row in list(rows.find({"department": department}).sort("sequence", 1)):
        body = bytes(row["body"])
        if row["record_id"] == altered:
            body = body.replace(b'"decision":"refuse"', b'"decision":"accept"')
            assert body != bytes(row["body"])
        digest = hashlib.sha256(b"%d\n%s\n%s" % (row["sequence"], previous.encode(), body)).hexdigest()
        changed = {"body": Binary(body), "previous": previous, "hash": digest}
        rows.update_one({"department": department, "sequence": row["sequence"]}, {"$set": changed})
        previous = digest


def test_a_record_altered_with_all_hashes_made_anew(world: VerifierWorld) -> None:
    """In the store, refuse becomes accept and every later hash is computed again: a chain that fits, without marks.

    record n: body′ ─hash′─▶ record n+1: hash′ … → the check names record n, and its page shows no record but a warning.
    """
    department = world.departments[0].uscc
    accepted(world)
    altered = accepted(world)
    last = accepted(world)
    rows = world.node.database["acceptance_records"]
    kept = list(rows.find({"department": department}))
    place = rows.find_one({"department": department, "record_id": altered})["sequence"]
    assert first_break(world.node.records.chain(department)) is None
    try:
        rewrite(rows, department, altered)
        assert first_break(world.node.records.chain(department)) == place
        for record in (altered, last):
            answer = world.api("GET", f"/api/v1/records/{record}")
            assert (answer.status_code, answer.json["type"]) == (409, "urn:elicence:problem:record-altered")
            assert COMPANY["holder_name"] not in answer.text
    finally:
        for row in kept:
            rows.replace_one({"department": department, "sequence": row["sequence"]}, row)
    assert first_break(world.node.records.chain(department)) is None


def test_a_record_altered_alone(world: VerifierWorld) -> None:
    """Only the body of one record is changed in the store → its page and the interface say so, the list still opens."""
    department, altered = world.departments[0].uscc, accepted(world)
    rows = world.node.database["acceptance_records"]
    row = rows.find_one({"department": department, "record_id": altered})
    forged = bytes(row["body"]).replace(b'"decision":"refuse"', b'"decision":"accept"')
    place = {"department": department, "sequence": row["sequence"]}
    rows.update_one(place, {"$set": {"body": Binary(forged)}})
    try:
        assert world.api("GET", f"/api/v1/records/{altered}").status_code == 409
        clerk = world.sign_in()
        assert "被改动过" in clerk.page(f"/records/{altered}").text
        assert clerk.page("/records").status_code == 200
    finally:
        rows.replace_one(place, row)
