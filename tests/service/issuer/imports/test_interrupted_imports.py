"""Imports that are broken off: a killed worker, a store that goes away, two workers, a race with an operation."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from issuer.imports.receive_file import begin_import
from issuer.library.store.bulk import BulkLicences
from issuer.node import IssuerNode
from service.jobs import Job, JobState, JobStore, run_job
from tests.service.issuer.imports.conftest import received
from tests.support.clock import START
from tests.support.import_files import csv_text, food_row

ROWS = 6_000


def content() -> bytes:
    rows = [
        food_row(number, **({"经营场所": ""} if number % 1000 == 7 else {})) for number in range(1, ROWS + 1)
    ]
    return csv_text(rows).encode()


def check_whole(node: IssuerNode, job: Job) -> None:
    """Every row once: counted once, stored once, refused once."""
    assert job.state is JobState.DONE, job.message
    assert job.result is not None
    counts = {name: job.result[name] for name in ("new", "changed", "unchanged", "refused")}
    assert counts == {"new": ROWS - 6, "changed": 0, "unchanged": 0, "refused": 6}
    assert job.done == ROWS
    assert job.errors == 6
    licences = node.database["licences"]
    assert licences.count_documents({}) == ROWS - 6
    assert len(licences.distinct("source.row")) == ROWS - 6
    assert node.database["import_refusals"].count_documents({}) == 6


@pytest.mark.parametrize("place", ["before the write", "after the write"])
def test_a_store_that_goes_away_in_mid_chunk_costs_and_repeats_no_row(
    node: IssuerNode, clean: None, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """chunk 3: [read][checked]†[written]†[noted], the store goes away → the next run begins chunk 3 again; every row
    counts once. The test with a real ``kill -9`` is below.
    """
    file = received(node, content())
    _, job = begin_import(node, file, by="x", at=START, dry_run=False)
    add, calls = BulkLicences.add, []

    def dying(self: BulkLicences, licences: Any) -> Any:
        calls.append(len(licences))
        if len(calls) == 3:
            if place == "after the write":
                add(self, licences)
            raise AutoReconnect("the store went away")
        return add(self, licences)

    monkeypatch.setattr(BulkLicences, "add", dying)
    broken = run_job(node, job.id)
    assert broken.state is not JobState.DONE
    monkeypatch.undo()
    # A job rests for the time of a lease when the store was away; the test does not wait for that.
    node.database["jobs"].update_one({"_id": job.id}, {"$set": {"holder": None}})
    ended = run_job(node, job.id)
    check_whole(node, ended)


def test_kill_9_of_the_worker_process_loses_and_repeats_no_row(
    node: IssuerNode, clean: None, tmp_path: Path, settings: Any
) -> None:
    """A process that imports is killed again and again at random places until the job ends."""
    file = received(node, content())
    _, job = begin_import(node, file, by="x", at=START, dry_run=False)
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
    kills = rounds = 0
    job_rows = node.database["jobs"]
    while JobStore(node.database).find(file.authority, job.id).state is not JobState.DONE:  # type: ignore[union-attr]
        # What a killed worker held is free again after its lease; the test does not wait for that.
        job_rows.update_one({"_id": job.id}, {"$set": {"holder": None}})
        worker = subprocess.Popen(
            [sys.executable, str(script), str(tmp_path / "settings"), job.id],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        )
        assert worker.stdout is not None
        worker.stdout.readline()
        try:
            worker.wait(0.45 + 0.2 * kills)
        except subprocess.TimeoutExpired:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            kills += 1
        worker.stdout.close()
        rounds += 1
        assert rounds < 15, "the worker does not get on"
    assert kills >= 1
    ended = JobStore(node.database).find(file.authority, job.id)
    assert ended is not None
    check_whole(node, ended)


def test_two_files_with_the_same_rows_at_the_same_time_enter_each_once(
    node: IssuerNode, clean: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A looks (nothing there) → B looks and writes → A writes: taken; A's rows meet B's licences: unchanged."""
    text = csv_text(food_row(number) for number in range(1, 11)).encode()
    first, second = received(node, text), received(node, text)
    _, job = begin_import(node, first, by="x", at=START, dry_run=False)
    _, other = begin_import(node, second, by="x", at=START, dry_run=False)
    add = BulkLicences.add

    def overtaken(self: BulkLicences, licences: Any) -> Any:
        monkeypatch.undo()
        run_job(node, other.id)
        return add(self, licences)

    monkeypatch.setattr(BulkLicences, "add", overtaken)
    ended = run_job(node, job.id)
    assert ended.result is not None
    assert (ended.result["new"], ended.result["unchanged"]) == (0, 10)
    assert node.database["licences"].count_documents({}) == 10


def test_too_many_refused_rows_stop_an_import_and_it_can_go_on(
    node: IssuerNode, clean: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    import issuer.imports.run_import as module

    monkeypatch.setattr(module, "DEFAULT_MAX_ERRORS", 3)
    file = received(node, content())
    _, job = begin_import(node, file, by="x", at=START, dry_run=False)
    stopped = run_job(node, job.id)
    assert stopped.state is JobState.FAILED
    assert stopped.message is not None
    assert "4" in stopped.message.en
    monkeypatch.undo()
    JobStore(node.database).retry(file.authority, job.id, START)
    check_whole(node, run_job(node, job.id))
