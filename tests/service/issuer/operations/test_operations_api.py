"""Bulk operations over HTTP: previewed, proposed, approved by another, carried out on what was previewed and on nothing else."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from issuer.imports.receive_file import begin_import
from issuer.node import IssuerNode
from issuer.operations import job as job_module
from issuer.operations.desk import open_operations
from service.api_tokens import mint
from service.jobs import JobState, run_job
from tests.service.issuer.conftest import DRIVING, MARKET, System
from tests.service.issuer.imports.conftest import received
from tests.service.issuer.operations.conftest import OPERATIONS, TWO, carried_out, job_now, order, states
from tests.support.clock import START, FixedClock
from tests.support.import_files import csv_text, food_row

Entered = Callable[[int], list[str]]


def result_of(system: System, operation: str) -> dict[str, dict]:
    answer = system.get(f"{OPERATIONS}/{operation}/result")
    assert answer.status_code == 200, answer.get_json()
    rows = [json.loads(line) for line in answer.get_data(as_text=True).splitlines()]
    return {row["identifier"]: row for row in rows}


def test_two_persons_suspend_many_and_each_licence_says_so(
    market: System, node: IssuerNode, entered: Entered
) -> None:
    identifiers = entered(450)
    started = market.post(OPERATIONS, order(approval=TWO))
    assert started.status_code == 202
    body = started.get_json()
    assert (body["state"], body["preview"]["total"], body["preview"]["possible"]) == ("started", 450, 450)
    job = carried_out(node, started)
    assert (job.state, job.done, job.errors) == (JobState.DONE, 450, 0)
    assert job.result == {"done": 450, "refused": 0, "changed": 0, "not_done": 0}
    assert states(node) == {"suspended": 450}
    event = market.get(f"/api/v1/licences/{identifiers[7]}").get_json()["events"][-1]
    assert event["part_of"] == body["id"]
    assert (event["proposer"], event["approver"]) == (TWO["proposer"], TWO["approver"])
    assert (event["reason_code"], event["reason"]) == ("investigation", "专项整治")
    now = market.get(f"{OPERATIONS}/{body['id']}").get_json()
    assert (now["state"], now["counts"]) == ("done", {"done": 450, "refused": 0, "changed": 0})
    rows = result_of(market, body["id"])
    assert sorted(rows) == identifiers
    assert {row["outcome"] for row in rows.values()} == {"done"}
    csv = market.get(f"{OPERATIONS}/{body['id']}/result?format=csv").get_data(as_text=True)
    assert csv.startswith("\ufeffidentifier,outcome,code,why\r\n")
    assert csv.count("\r\n") == 451


def test_without_a_second_person_it_waits_and_the_same_person_is_refused(
    market: System, node: IssuerNode, entered: Entered
) -> None:
    """王提出 proposes → 王　提出 (a wide space) approves: refused; nothing happens to any licence. 李审批 approves: done."""
    entered(3)
    same = market.post(OPERATIONS, order(approval={"proposer": "王提出", "approver": "王 提出"}))
    assert (same.status_code, same.get_json()["type"].rpartition(":")[2]) == (400, "same-person")
    proposed = market.post(OPERATIONS, order(approval={"proposer": "王提出"}))
    assert proposed.status_code == 202
    body = proposed.get_json()
    assert (body["state"], body["job"]) == ("proposed", None)
    decision = f"{OPERATIONS}/{body['id']}/decision"
    again = market.post(decision, {"decision": "approve", "approver": "王　提出"})
    assert again.status_code == 400
    assert market.get(f"{OPERATIONS}/{body['id']}/result").status_code == 409
    assert states(node) == {"valid": 3}
    approved = market.post(decision, {"decision": "approve", "approver": "李审批", "reason": "同意"})
    carried_out(node, approved)
    assert states(node) == {"suspended": 3}
    assert market.post(decision, {"decision": "refuse", "approver": "李审批"}).status_code == 409


def test_a_refused_or_withdrawn_proposal_changes_nothing(
    market: System, node: IssuerNode, entered: Entered
) -> None:
    entered(2)
    first, second = (market.post(OPERATIONS, order()).get_json()["id"] for _ in range(2))
    refused = market.post(
        f"{OPERATIONS}/{first}/decision", {"decision": "refuse", "approver": "李审批", "reason": "证据不足"}
    )
    assert (refused.status_code, refused.get_json()["state"]) == (200, "refused")
    assert refused.get_json()["decision_reason"] == "证据不足"
    assert market.post(f"{OPERATIONS}/{second}/cancel", {}).get_json()["state"] == "withdrawn"
    assert market.post(f"{OPERATIONS}/{second}/cancel", {}).status_code == 409
    assert states(node) == {"valid": 2}
    assert node.database["jobs"].count_documents({"kind": "issuer.operation"}) == 0


def test_what_takes_nothing_away_starts_at_once(market: System, node: IssuerNode, entered: Entered) -> None:
    entered(5)
    carried_out(node, market.post(OPERATIONS, order(approval=TWO)))
    answer = market.post(OPERATIONS, order("return", "rectified"))
    assert answer.get_json()["state"] == "started"
    carried_out(node, answer)
    assert states(node) == {"valid": 5}


def test_the_preview_counts_by_reason_and_names_some_of_each(
    market: System, entered: Entered, node: IssuerNode
) -> None:
    identifiers = entered(6)
    for path in identifiers[:2]:
        market.post(
            f"/api/v1/licences/{path}/events",
            {"operation": "deregister", "reason": "申请", "approval": TWO},
        )
    waiting = market.post(
        f"/api/v1/licences/{identifiers[2]}/events", {"operation": "revoke", "reason": "情节严重"}
    )
    assert waiting.status_code == 202
    preview = market.post(f"{OPERATIONS}/preview", order()).get_json()
    assert (preview["total"], preview["possible"]) == (6, 3)
    assert [(row["code"], row["count"]) for row in preview["refused"]] == [
        ("operation-not-allowed", 2),
        ("proposal-open", 1),
    ]
    assert "已注销" in preview["refused"][0]["why"]["zh"]
    refused = {row["identifier"]: row["refused"] for row in preview["sample"] if row["refused"]}
    assert sorted(refused) == sorted(identifiers[:3])
    steps = list(node.database["bulk_operation_steps"].find({}))
    assert [(step["step"], step["licences"]) for step in steps] == [("previewed", 6)]
    assert b"\xe4\xb8\x93\xe9\xa1\xb9" not in steps[0]["sealed"]  # 专项
    job = carried_out(node, market.post(OPERATIONS, order(approval=TWO, preview=preview["preview"])))
    assert job.result == {"done": 3, "refused": 3, "changed": 0, "not_done": 0}


def test_a_preview_that_is_no_longer_true_is_refused(market: System, entered: Entered) -> None:
    """preview → somebody else ends one of the licences → propose with the preview's digest: look again first."""
    identifiers = entered(3)
    seen = market.post(f"{OPERATIONS}/preview", order()).get_json()["preview"]
    market.post(f"/api/v1/licences/{identifiers[0]}/events", {"operation": "report_lost", "reason": "丢失"})
    outdated = market.post(OPERATIONS, order(preview=seen))
    assert (outdated.status_code, outdated.get_json()["type"].rpartition(":")[2]) == (409, "preview-outdated")
    assert market.post(OPERATIONS, order()).status_code == 202


def test_licences_that_changed_after_the_proposal_are_reported_and_not_touched(
    market: System, node: IssuerNode, entered: Entered
) -> None:
    """proposed: A B C → A is reported lost, D is entered → approved: B C suspended; A stays lost; D is not in it."""
    identifiers = entered(3)
    proposed = market.post(OPERATIONS, order()).get_json()["id"]
    market.post(f"/api/v1/licences/{identifiers[0]}/events", {"operation": "report_lost", "reason": "丢失"})
    before = node.database["licences"].find_one({"_id": identifiers[0]})
    fourth = _one_more(node)
    carried_out(
        node, market.post(f"{OPERATIONS}/{proposed}/decision", {"decision": "approve", "approver": "李审批"})
    )
    assert node.database["licences"].find_one({"_id": identifiers[0]}) == before
    assert node.database["licences"].find_one({"_id": fourth})["state"] == "valid"  # type: ignore[index]
    rows = result_of(market, proposed)
    assert fourth not in rows
    assert [rows[one]["outcome"] for one in identifiers] == ["changed", "done", "done"]
    assert rows[identifiers[0]]["code"] == "changed-meanwhile"


def _one_more(node: IssuerNode) -> str:
    known = {row["_id"] for row in node.database["licences"].find({}, {"_id": 1})}
    file = received(node, csv_text([food_row(90_001)]).encode())
    _, job = begin_import(node, file, by="x", at=START, dry_run=False)
    run_job(node, job.id)
    (new,) = {row["_id"] for row in node.database["licences"].find({}, {"_id": 1})} - known
    return str(new)


def test_another_authority_s_licences_are_never_touched(
    market: System, police: System, node: IssuerNode, entered: Entered, driving: dict
) -> None:
    """The market's system names a police licence by its identifier, and the police's type: neither is there for it;
    the police find neither the operation nor its result.
    """
    (mine,) = entered(1)
    theirs = police.post("/api/v1/licences", driving).get_json()["identifier"]
    before = node.database["licences"].find_one({"_id": theirs})
    asked = order(selection={"identifiers": [mine, theirs]}, approval=TWO)
    answer = market.post(OPERATIONS, asked)
    assert [(row["code"], row["count"]) for row in answer.get_json()["preview"]["refused"]] == [
        ("licence-not-found", 1)
    ]
    carried_out(node, answer)
    assert node.database["licences"].find_one({"_id": theirs}) == before
    assert states(node) == {"suspended": 1, "valid": 1}
    by_type = market.post(OPERATIONS, order(selection={"type": DRIVING}, approval=TWO))
    assert by_type.status_code == 409
    path = f"{OPERATIONS}/{answer.get_json()['id']}"
    for found in (
        police.get(path),
        police.get(f"{path}/result"),
        police.post(f"{path}/cancel", {}),
        police.post(f"{path}/decision", {"decision": "approve", "approver": "x"}),
    ):
        assert found.status_code == 404
    assert police.get(OPERATIONS).get_json()["operations"] == []


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (order(selection={"type": DRIVING}), (409, "nothing-selected")),
        (order("return", "rectified"), (409, "nothing-possible")),
        (order("extend", "other"), (400, "invalid-input")),
        (order("suspend", "fraud"), (400, "invalid-input")),
        (order(reason=""), (400, "invalid-input")),
        (order(inspection={"result": "passed"}), (400, "invalid-input")),
        (order("inspect", "regular"), (400, "invalid-input")),
        (order("inspect", "regular", inspection={"result": "perhaps"}), (400, "invalid-input")),
        (order(selection={"authority": MARKET.uscc}), (400, "invalid-input")),
    ],
)
def test_what_cannot_be_asked_is_refused(
    market: System, node: IssuerNode, entered: Entered, asked: dict, refusal: tuple
) -> None:
    entered(1)
    answer = market.post(OPERATIONS, asked)
    assert (answer.status_code, answer.get_json()["type"].rpartition(":")[2]) == refusal
    assert node.database["bulk_operation_licences"].count_documents({}) == 0


def test_expiring_ends_those_whose_last_day_has_passed(
    market: System, node: IssuerNode, entered: Entered, issuer_clock: FixedClock, app: Flask
) -> None:
    entered(2)
    early = market.post(OPERATIONS, order("expire", "term_ended"))
    assert early.status_code == 409
    later = START + timedelta(days=365 * 8)
    issuer_clock.set(later)
    token = mint(node.master_key, "issuer", MARKET.uscc, at=later, system="审批系统")
    market = System(app.test_client(), token)
    carried_out(node, market.post(OPERATIONS, order("expire", "term_ended")))
    assert states(node) == {"expired": 2}


def test_cancelled_half_way_the_rest_is_not_done(
    market: System, node: IssuerNode, entered: Entered, monkeypatch: pytest.MonkeyPatch
) -> None:
    """600 licences in three chunks; somebody cancels during the second: 400 done, 200 named as not done."""
    entered(600)
    answer = market.post(OPERATIONS, order(approval=TWO))
    operation = answer.get_json()["id"]
    settle, calls = job_module.settle_chunk, []

    def cancelling(*given: object) -> object:
        calls.append(1)
        if len(calls) == 2:
            assert market.post(f"{OPERATIONS}/{operation}/cancel", {}).status_code == 200
        return settle(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(job_module, "settle_chunk", cancelling)
    job = carried_out(node, answer)
    assert job.state is JobState.CANCELLED
    assert states(node) == {"suspended": 400, "valid": 200}
    assert market.get(f"{OPERATIONS}/{operation}").get_json()["state"] == "cancelled"
    outcomes = [row["outcome"] for row in result_of(market, operation).values()]
    assert (outcomes.count("done"), outcomes.count("not_done")) == (400, 200)
    assert market.post(f"{OPERATIONS}/{operation}/cancel", {}).status_code in (200, 409)


def test_what_was_done_is_known_when_job_and_result_are_forgotten(
    market: System, node: IssuerNode, entered: Entered
) -> None:
    """Half a year later: the rows of the job and of the frozen licences are gone, the operation says how it ended."""
    entered(2)
    answer = market.post(OPERATIONS, order(approval=TWO))
    carried_out(node, answer)
    path = f"{OPERATIONS}/{answer.get_json()['id']}"
    node.database["jobs"].delete_many({})
    node.database["bulk_operation_licences"].delete_many({})
    now = market.get(path).get_json()
    assert (now["state"], now["counts"]["done"], now["job"]) == ("done", 2, None)
    gone = market.get(f"{path}/result")
    assert (gone.status_code, gone.get_json()["type"].rpartition(":")[2]) == (409, "result-forgotten")


def test_the_log_says_who_did_what(market: System, node: IssuerNode, entered: Entered) -> None:
    entered(1)
    proposed = market.post(OPERATIONS, order(approval={"proposer": "王提出"})).get_json()["id"]
    approved = market.post(
        f"{OPERATIONS}/{proposed}/decision", {"decision": "approve", "approver": "李审批", "reason": "同意"}
    )
    carried_out(node, approved)
    result_of(market, proposed)
    steps = open_operations(node).steps.of_operation(MARKET.uscc, proposed)
    assert [(step.step.value, step.actor.name, step.words) for step in steps] == [
        ("proposed", "王提出", "专项整治"),
        ("approved", "李审批", "同意"),
        ("downloaded", "审批系统", ""),
    ]


def test_five_thousand_licences(
    market: System, node: IssuerNode, entered: Entered, record_property: Callable[[str, object], None]
) -> None:
    entered(5_000)
    begun, cpu = time.perf_counter(), time.process_time()
    answer = market.post(OPERATIONS, order(approval=TWO))
    previewed, preview_cpu = time.perf_counter() - begun, time.process_time() - cpu
    begun, cpu = time.perf_counter(), time.process_time()
    job = carried_out(node, answer)
    taken, run_cpu = time.perf_counter() - begun, time.process_time() - cpu
    assert job.result is not None
    assert job.result["done"] == 5_000
    assert states(node) == {"suspended": 5_000}
    assert job_now(node, job.id).done == 5_000
    for name, value in (
        ("preview_seconds", previewed),
        ("preview_cpu_us_each", preview_cpu / 5_000 * 1e6),
        ("licences_per_second", 5_000 / taken),
        ("cpu_us_each", run_cpu / 5_000 * 1e6),
    ):
        record_property(name, round(value, 3))
    print(
        {"previewed": previewed, "preview_cpu": preview_cpu, "rate": 5_000 / taken, "cpu_us": run_cpu / 5e-3}
    )
    assert taken < 120
