"""Batches that are broken off: at each place of a step, by kill -9, by a second worker."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import Any

import orjson
import pytest
from pymongo.errors import AutoReconnect

import issuer.batches.run_batch as run_batch_module
from issuer.batches.batch import BatchRequest, parse_batch_request
from issuer.batches.run_batch import begin_batch, offers_file
from issuer.imports.store import FileStore
from issuer.issuance.store import OfferStore
from service.jobs import Job, JobState, JobStore, run_job
from service.settings import Settings
from tests.support.issuance_world import BUSINESS_LICENCE, IssuanceWorld

LICENCES = 10
BY = "批量系统"


@pytest.fixture
def ten(world: IssuanceWorld, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Ten licences, done in steps of three."""
    monkeypatch.setattr(run_batch_module, "STEP_LICENCES", 3)
    return {world.record_licence() for _ in range(LICENCES)}


def wanted(world: IssuanceWorld) -> BatchRequest:
    body = {"selection": {"type": BUSINESS_LICENCE}, "tx_code": True}
    return parse_batch_request(body, world.authorities[0].uscc, world.node.catalogue)


def begun(world: IssuanceWorld) -> tuple[Any, Job]:
    return begin_batch(world.node, wanted(world), by=BY, at=world.clock.now())


def taken_up(world: IssuanceWorld, job: Job) -> Job:
    """The store is back; the time for which the job would rest is not waited for."""
    world.node.database["jobs"].update_one({"_id": job.id}, {"$unset": {"holder": ""}})
    return run_job(world.node, job.id)


def check_whole(world: IssuanceWorld, batch: Any, job: Job, identifiers: set[str]) -> None:
    """Every licence has exactly one offer, and its line tells the code of that very offer."""
    assert job.state is JobState.DONE, job.message
    assert job.result == {"offers": len(identifiers), "refused": 0}
    assert job.done == len(identifiers)
    content = b"".join(offers_file(world.node, batch, by=BY))
    made = [orjson.loads(line) for line in content.splitlines()]
    assert sorted(line["licence"] for line in made) == sorted(identifiers)
    rows = list(world.node.database["issuance_offers"].find())
    assert sorted(row["licence"] for row in rows) == sorted(identifiers)
    hashes = {row["_id"]: row["tx_code"] for row in rows}
    for line in made:
        reference = world.wallet(line).code.partition(".")[0]
        assert hashes[reference] == world.node.issuance.handles.tx_code_hash(reference, line["tx_code"])


@pytest.mark.parametrize("place", ["before the result", "before the offers", "after the offers"])
def test_a_store_that_goes_away_within_a_step(
    world: IssuanceWorld, ten: set[str], monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """step 2: [read]†[result]†[offers]†[noted] → the next run begins step 2 again and meets what there is."""
    batch, job = begun(world)
    owner, name = (FileStore, "write") if place == "before the result" else (OfferStore, "insert_absent")
    real, calls = getattr(owner, name), []

    def dying(*arguments: Any, **options: Any) -> Any:
        calls.append(1)
        # Two files are written in each step.
        if len(calls) == (3 if owner is FileStore else 2):
            if place == "after the offers":
                real(*arguments, **options)
            raise AutoReconnect("the store went away")
        return real(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, dying)
        assert run_job(world.node, job.id).state is not JobState.DONE
    ended = taken_up(world, job)
    check_whole(world, batch, ended, ten)


def test_two_workers_make_each_offer_once(world: IssuanceWorld, ten: set[str]) -> None:
    batch, job = begun(world)
    threads = [threading.Thread(target=run_job, args=(world.node, job.id)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ended = JobStore(world.node.database).read(job.id)
    check_whole(world, batch, ended, ten)
    assert ended.attempt == 1


def test_kill_9_of_the_worker_process_loses_and_repeats_no_offer(
    world: IssuanceWorld, ten: set[str], settings: Settings, tmp_path: Path
) -> None:
    """A process that makes one offer a step is killed, again and again, behind a random write, until the job ends."""
    batch, job = begun(world)
    script = tmp_path / "work.py"
    script.write_text(
        textwrap.dedent(
            """
            import sys, pickle, time
            import issuer.batches.run_batch as module
            from issuer.issuance.store import OfferStore
            from issuer.node import open_node
            from service.jobs import run_job
            from tests.support.clock import FixedClock
            module.STEP_LICENCES = 1
            insert = OfferStore.insert_absent
            def slow(self, offers):
                insert(self, offers)
                print("made", flush=True)
                time.sleep(0.02)
            OfferStore.insert_absent = slow
            settings, at = pickle.load(open(sys.argv[1], "rb"))
            run_job(open_node(settings, FixedClock(at)), sys.argv[2])
            """
        )
    )
    (tmp_path / "given").write_bytes(pickle.dumps((settings, world.clock.now())))
    kills = 0
    while JobStore(world.node.database).read(job.id).state is not JobState.DONE:
        # What a killed worker held is free again after its lease; the test does not wait for that.
        world.node.database["jobs"].update_one(
            {"_id": job.id}, {"$set": {"holder": None, "takes_in_vain": 0}}
        )
        worker = subprocess.Popen(
            [sys.executable, str(script), str(tmp_path / "given"), job.id],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        )
        assert worker.stdout is not None
        for _ in range(3):
            worker.stdout.readline()
        # Right behind the third insert: its step is not noted.
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        worker.stdout.close()
        kills += 1
        assert kills < 12
    assert kills >= 3
    check_whole(world, batch, JobStore(world.node.database).read(job.id), ten)


def test_a_licence_that_leaves_the_selection_between_two_runs(
    world: IssuanceWorld, ten: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Step 1 is killed behind its offers, then one of its licences is suspended → refused; its link is nowhere."""
    batch, job = begun(world)
    insert = OfferStore.insert_absent

    def dying(self: OfferStore, offers: Any) -> None:
        insert(self, offers)
        raise AutoReconnect("the store went away")

    with monkeypatch.context() as patch:
        patch.setattr(OfferStore, "insert_absent", dying)
        run_job(world.node, job.id)
    gone = min(ten)
    world.change(gone, "suspend")
    ended = taken_up(world, job)
    assert ended.result == {"offers": 9, "refused": 1}
    assert gone.encode() not in b"".join(offers_file(world.node, batch, by=BY))
