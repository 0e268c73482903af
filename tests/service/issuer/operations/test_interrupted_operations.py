"""Bulk operations that are broken off: a killed worker, a killed web process, a cancelled leftover."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from issuer.node import IssuerNode
from issuer.operations import conduct
from issuer.operations.conduct import start_left_over
from issuer.operations.desk import open_operations
from issuer.operations.job import settled_rows
from issuer.operations.store import FrozenLicences
from service.jobs import JobState, JobStore, run_job
from tests.service.issuer.conftest import MARKET, System
from tests.service.issuer.operations.conftest import OPERATIONS, TWO, job_now, order, states
from tests.support.clock import START

Entered = Callable[[int], list[str]]
MANY = 1_000


def check_once(node: IssuerNode, operation: str, count: int) -> None:
    """Every licence has exactly one event of the operation, and one suspension."""
    for row in node.database["licences"].find({}, {"events": 1, "state": 1, "revision": 1}):
        mine = [event for event in row["events"] if event.get("part_of") == operation]
        suspended = [event for event in row["events"] if event["operation"] == "suspend"]
        assert (len(mine), len(suspended), row["state"]) == (1, 1, "suspended")
    settled = list(
        settled_rows(open_operations(node), open_operations(node).operations.find(MARKET.uscc, operation))
    )
    assert len({one.identifier for one in settled}) == len(settled) == count
    assert {one.outcome.value for one in settled} == {"done"}


def test_kill_9_of_the_worker_in_mid_chunk_does_nothing_twice(
    market: System, node: IssuerNode, entered: Entered, tmp_path: Path, settings: Any
) -> None:
    """A process that carries the operation out is killed again and again at random places until the job ends."""
    entered(MANY)
    body = market.post(OPERATIONS, order(approval=TWO)).get_json()
    job = body["job"]["id"]
    script = tmp_path / "work.py"
    script.write_text(
        textwrap.dedent(
            """
            import sys, pickle
            from issuer.node import open_node
            from service.clock import SystemClock
            from service.jobs import run_job
            settings = pickle.load(open(sys.argv[1], "rb"))
            node = open_node(settings, SystemClock())
            print("up", flush=True)
            run_job(node, sys.argv[2])
            """
        )
    )
    (tmp_path / "settings").write_bytes(pickle.dumps(settings))
    kills = 0
    while job_now(node, job).state is not JobState.DONE:
        # What a killed worker held is free again after its lease; the test does not wait for that.
        node.database["jobs"].update_one({"_id": job}, {"$set": {"holder": None}})
        worker = subprocess.Popen(
            [sys.executable, str(script), str(tmp_path / "settings"), job],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        )
        assert worker.stdout is not None
        worker.stdout.readline()
        try:
            worker.wait(0.8 + 0.3 * kills)
        except subprocess.TimeoutExpired:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            kills += 1
        worker.stdout.close()
        assert kills < 25
    assert kills >= 1
    ended = job_now(node, job)
    assert ended.result == {"done": MANY, "refused": 0, "changed": 0, "not_done": 0}
    assert (ended.done, ended.errors) == (MANY, 0)
    check_once(node, body["id"], MANY)


def test_a_chunk_that_was_done_and_not_noted_is_found_done(
    market: System, node: IssuerNode, entered: Entered, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[licences changed]†[noted] → cancelled while nobody works on it: the result asks the licences, and says done."""
    entered(3)
    body = market.post(OPERATIONS, order(approval=TWO)).get_json()

    def dying(*_given: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(FrozenLicences, "settle", dying)
    with pytest.raises(KeyboardInterrupt):
        run_job(node, body["job"]["id"])
    monkeypatch.undo()
    assert states(node) == {"suspended": 3}
    node.database["jobs"].update_one({"_id": body["job"]["id"]}, {"$set": {"holder": None}})
    JobStore(node.database).cancel(MARKET.uscc, body["job"]["id"], START)
    check_once(node, body["id"], 3)


def test_an_operation_whose_process_ended_before_it_could_ask_for_a_job_gets_one(
    market: System, node: IssuerNode, entered: Entered, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[approved]†[job] → the periodic work asks for the job; asking twice asks for one."""
    entered(2)
    proposed = market.post(OPERATIONS, order()).get_json()["id"]

    def dying(*_given: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(conduct, "enqueue", dying)
    with pytest.raises(KeyboardInterrupt):
        market.post(f"{OPERATIONS}/{proposed}/decision", {"decision": "approve", "approver": "李审批"})
    monkeypatch.undo()
    assert node.database["jobs"].count_documents({"kind": "issuer.operation"}) == 0
    start_left_over(node, START)
    start_left_over(node, START)
    (job,) = JobStore(node.database).list(MARKET.uscc, "issuer.operation")
    run_job(node, job.id)
    check_once(node, proposed, 2)
    # A job that has ended does nothing when it is asked again.
    assert run_job(node, job.id).state is JobState.DONE
    check_once(node, proposed, 2)


def test_what_is_not_approved_is_not_carried_out_by_a_job(
    market: System, node: IssuerNode, entered: Entered
) -> None:
    """A job row that somebody made for a mere proposal fails, and touches nothing."""
    entered(1)
    proposed = market.post(OPERATIONS, order()).get_json()["id"]
    forged = conduct.enqueue(
        node, conduct.KIND, MARKET.uscc, {"operation": proposed}, by="x", at=START, key="forged"
    )
    assert run_job(node, forged.id).state is JobState.FAILED
    assert states(node) == {"valid": 1}
