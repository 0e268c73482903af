"""The workers of a node: they start and end with it, and survive what the node survives."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pymongo
import pytest

from service.clock import SystemClock
from service.command_line.settings_option import settings_of
from service.jobs import Job, JobState, JobStore
from service.jobs.kind import has_background_work
from service.jobs.lease import LEASE
from tests.support.running_node import RunningNode, free_port_base

pytestmark = pytest.mark.flow


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("background") / "node"


@pytest.fixture(scope="module")
def ports() -> int:
    """A directory stays at its addresses."""
    return free_port_base()


@pytest.fixture
def node(data: Path, ports: int) -> Iterator[RunningNode]:
    node = RunningNode(data, port_base=ports)
    try:
        yield node.wait_until_ready()
    finally:
        node.kill_everything()


def wait_for(condition: Callable[[], Any], seconds: float = 40) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def worker_of(node: RunningNode, service: str) -> int | None:
    return next((pid for pid, words in node.processes().items() if f"worker {service}" in words), None)


def log_of(node: RunningNode, service: str) -> str:
    return (node.data / "run" / f"{service}-worker.log").read_text()


def job_of_an_unknown_export(node: RunningNode) -> Job:
    """A job that its kind refuses at once: enough to see that a worker took it."""
    settings = settings_of(node.data)
    with pymongo.MongoClient(settings.store_uri, tz_aware=True) as client:
        database = client[settings.database_name("issuer")]
        return JobStore(database).create(
            "issuer.import", "nobody", {"import": "there is none"}, by="test", at=SystemClock().now()
        )


def state_of(node: RunningNode, job: Job) -> Job:
    settings = settings_of(node.data)
    with pymongo.MongoClient(settings.store_uri, tz_aware=True) as client:
        return JobStore(client[settings.database_name("issuer")]).read(job.id)


def test_every_service_with_background_work_has_a_worker(node: RunningNode) -> None:
    for service in ("issuer", "wallet", "verifier"):
        found = wait_for(lambda: (worker_of(node, service) is not None) == has_background_work(service))  # noqa: B023
        assert found, service


def test_a_killed_worker_is_started_again_and_takes_what_waits(node: RunningNode) -> None:
    """Input: SIGKILL to the issuer's worker. Verdict: the node says so and goes on; a new worker takes the next job."""
    first = wait_for(lambda: worker_of(node, "issuer"))
    wait_for(lambda: "worker-starts" in log_of(node, "issuer"))
    time.sleep(11)  # a worker that ends right after its start is not started again
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: worker_of(node, "issuer") not in (None, first))
    assert "Background work of the issuer: started again" in node.said()
    job = job_of_an_unknown_export(node)
    wait_for(lambda: state_of(node, job).state.is_ended)
    assert node.process.poll() is None


def test_kill_9_of_everything_leaves_no_worker_and_the_next_start_takes_the_job(
    node: RunningNode, data: Path
) -> None:
    """Input: a job in a worker's hands, then SIGKILL to every process. Verdict: nobody is left, and after the next
    start the job is taken up once the lease has lapsed."""
    settings = settings_of(node.data)
    with pymongo.MongoClient(settings.store_uri, tz_aware=True) as client:
        jobs = JobStore(client[settings.database_name("issuer")])
        job = jobs.create("issuer.import", "nobody", {}, by="test", at=SystemClock().now(), holder="killed")
    assert job.state is JobState.RUNNING
    wait_for(lambda: worker_of(node, "issuer"))
    node.kill_everything()
    again = RunningNode(data, port_base=node.port_base).wait_until_ready()
    try:
        ended = wait_for(
            lambda: found if (found := state_of(again, job)).state.is_ended else None,
            LEASE.total_seconds() + 30,
        )
        assert ended.attempt == 2
    finally:
        again.kill_everything()


def test_the_node_ends_in_order_with_its_workers(node: RunningNode) -> None:
    wait_for(lambda: worker_of(node, "issuer"))
    wait_for(lambda: "worker-starts" in log_of(node, "issuer"))
    began = time.monotonic()
    assert node.stop() == 0
    assert node.processes() == {}
    assert time.monotonic() - began < 12
