"""Real worker processes over the real store: woken, killed with SIGKILL, doubled, ended, and without their store."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from keys.master_key import MasterKey
from service.clock import SystemClock
from service.embedded_store.server import EmbeddedStore
from service.jobs import Job, JobState, JobStore
from service.jobs.lease import LEASE
from service.jobs.wake import wake_workers
from service.processes.bound import end, start_bound
from service.settings import Settings
from service.store import connect, disconnect
from tests.service.jobs.conftest import BareNode

OWNER = "11330100MB99X10161"


class Workers:
    """Starts worker processes and sees to their end."""

    def __init__(self, settings: Settings, logs: Path) -> None:
        self._settings = settings
        self._logs = logs
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str, broker: str = "") -> subprocess.Popen[bytes]:
        environment = {
            "PATH": os.environ["PATH"],
            "ELICENCE_DATA": str(self._settings.data),
            "ELICENCE_STORE_URI": self._settings.store_uri,
            "ELICENCE_DATABASE_PREFIX": self._settings.database_prefix,
            "ELICENCE_MASTER_KEY_FILE": str(self._settings.master_key_file),
            "ELICENCE_BROKER_URL": broker,
        }
        with (self._logs / f"{len(self._started)}.log").open("wb") as log:
            process = start_bound(
                [sys.executable, "-m", "tests.support.counting_worker", *arguments],
                environment=environment,
                log=log.fileno(),
                directory=Path(__file__).parents[3],
            )
        self._started.append(process)
        return process

    def said(self) -> str:
        return "\n".join(path.read_text() for path in sorted(self._logs.glob("*.log")))

    def end(self) -> None:
        for process in self._started:
            end(process, patience_seconds=12)


@pytest.fixture
def workers(settings: Settings, tmp_path: Path) -> Iterator[Workers]:
    workers = Workers(settings, tmp_path)
    yield workers
    workers.end()


def new_job(node: BareNode, *, upto: int, seconds: float = 0.0, **parameters: Any) -> Job:
    return JobStore(node.database).create(
        "issuer.counting",
        OWNER,
        {"upto": upto, "seconds": seconds, **parameters},
        by="test",
        at=SystemClock().now(),
        total=upto,
    )


def wait_for(condition: Callable[[], Any], workers: Workers, seconds: float = 60) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, workers.said()
        time.sleep(0.05)
    return found


def ended(node: BareNode, job: Job) -> Callable[[], Job | None]:
    def look() -> Job | None:
        now = JobStore(node.database).read(job.id)
        return now if now.state.is_ended else None

    return look


def steps(node: BareNode, job: Job) -> dict[int, list[int]]:
    """Number of the step → processes that did it."""
    rows = node.database["counted"].find({"job": job.id})
    return {int(row["_id"].partition(":")[2]): row["by"] for row in rows}


def has_begun(node: BareNode, job: Job) -> Callable[[], bool]:
    return lambda: JobStore(node.database).read(job.id).done >= 3


def test_a_message_wakes_an_idle_worker(node: BareNode, workers: Workers) -> None:
    """The wake-up is quicker than the sweep: measured over five jobs, none waits for its 2 s."""
    workers.start()
    wait_for(ended(node, new_job(node, upto=1)), workers)
    waits = []
    for _ in range(5):
        time.sleep(0.3)
        began = time.monotonic()
        job = new_job(node, upto=1)
        wake_workers(node, "issuer.counting")
        wait_for(ended(node, job), workers)
        waits.append(time.monotonic() - began)
    assert sorted(waits)[2] < 1.2, waits


def test_a_worker_killed_in_mid_job_loses_and_repeats_nothing(node: BareNode, workers: Workers) -> None:
    """Input: SIGKILL in the middle of a job, again and again. Verdict: every step done; at most the one that was under
    way at each kill was begun twice, and counted once."""
    job, pids = new_job(node, upto=60, seconds=0.05), []
    for _ in range(2):
        worker = workers.start()
        pids.append(worker.pid)
        before = JobStore(node.database).read(job.id).done
        wait_for(lambda: JobStore(node.database).read(job.id).done >= before + 5, workers)  # noqa: B023
        worker.kill()
        worker.wait()
    workers.start()
    done = wait_for(ended(node, job), workers)
    assert (done.state, done.done, done.errors) == (JobState.DONE, 60, 0), done.message
    found = steps(node, job)
    assert sorted(found) == list(range(60))
    repeated = {number: by for number, by in found.items() if len(by) > 1}
    assert len(repeated) <= len(pids), repeated
    assert all(by[0] in pids for by in repeated.values())


def test_two_workers_share_jobs_and_never_one_job(node: BareNode, workers: Workers) -> None:
    jobs = [new_job(node, upto=5, seconds=0.02) for _ in range(12)]
    workers.start()
    workers.start()
    for job in jobs:
        wait_for(ended(node, job), workers)
    by = {pid for job in jobs for pids in steps(node, job).values() for pid in pids}
    assert all(len(pids) == 1 for job in jobs for pids in steps(node, job).values())
    assert len(by) == 2, "one of the workers did nothing"


def test_sigterm_gives_the_job_back_and_the_next_worker_goes_on_at_once(
    node: BareNode, workers: Workers
) -> None:
    job = new_job(node, upto=40, seconds=0.05)
    first = workers.start()
    wait_for(has_begun(node, job), workers)
    began = time.monotonic()
    first.terminate()
    assert first.wait(10) == 0
    assert JobStore(node.database).read(job.id).state is JobState.QUEUED
    workers.start()
    wait_for(ended(node, job), workers)
    assert all(len(pids) == 1 for pids in steps(node, job).values())
    assert time.monotonic() - began < LEASE.total_seconds() + 3


def test_a_step_that_never_ends_does_not_hold_up_the_end_of_the_worker(
    node: BareNode, workers: Workers
) -> None:
    """Input: SIGTERM while a step sleeps for an hour. Verdict: the process is gone within ten seconds."""
    job = new_job(node, upto=10, stuck=4)
    worker = workers.start()
    wait_for(has_begun(node, job), workers)
    worker.terminate()
    assert worker.wait(11) == 0
    JobStore(node.database).cancel(OWNER, job.id, SystemClock().now())


def test_a_broker_that_is_away_delays_work_by_seconds(node: BareNode, workers: Workers) -> None:
    """Input: ELICENCE_BROKER_URL names a port where nobody listens. Verdict: the sweep finds the job."""
    workers.start(broker="amqp://guest:secret-of-the-broker@127.0.0.1:9//")
    job = new_job(node, upto=3)
    assert wait_for(ended(node, job), workers, 20).state is JobState.DONE
    assert "secret-of-the-broker" not in workers.said()


@pytest.fixture
def odd_broker() -> Iterator[Callable[[Callable[[bytes], bytes]], str]]:
    """Starts a server that answers each message as told, and answers the address of a broker there."""
    with ExitStack() as servers:

        def start(answer: Callable[[bytes], bytes]) -> str:
            server = servers.enter_context(socket.create_server(("127.0.0.1", 0)))
            threading.Thread(target=_serve, args=(server, answer), daemon=True).start()
            return f"redis://:secret-of-the-broker@127.0.0.1:{server.getsockname()[1]}/0"

        yield start


def _serve(server: socket.socket, answer: Callable[[bytes], bytes]) -> None:
    def talk(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while said := connection.recv(4096):
                connection.sendall(answer(said))

    with suppress(OSError):
        while True:
            threading.Thread(target=talk, args=(server.accept()[0],), daemon=True).start()


def test_a_broker_that_refuses_us_delays_work_by_seconds(
    node: BareNode, workers: Workers, odd_broker: Callable[[Callable[[bytes], bytes]], str]
) -> None:
    """Input: a broker that answers every command with "no permission". Verdict: the sweep finds the job."""
    workers.start(broker=odd_broker(lambda _: b"-NOPERM you may not\r\n"))
    job = new_job(node, upto=3)
    assert wait_for(ended(node, job), workers, 20).state is JobState.DONE
    assert "secret-of-the-broker" not in workers.said()


def test_a_broker_that_breaks_the_protocol_ends_the_worker_and_is_named(
    workers: Workers, odd_broker: Callable[[Callable[[bytes], bytes]], str]
) -> None:
    """Input: a broker without scripts, which the engine needs. Verdict: exit status 1, and the variable is named."""
    broker = odd_broker(lambda said: b"-ERR unknown command\r\n" if b"EVAL" in said.upper() else b"+OK\r\n")
    worker = workers.start(broker=broker)
    wait_for(lambda: worker.poll() is not None, workers, 30)
    assert worker.returncode == 1
    assert "ELICENCE_BROKER_URL" in workers.said()
    assert "secret-of-the-broker" not in workers.said()


def test_periodic_work_never_overlaps_and_goes_on_after_a_kill(node: BareNode, workers: Workers) -> None:
    """Input: three workers with the same periodic work; the one that leads is killed. Verdict: another takes over
    after the lease, and no two runs ever overlapped."""
    ticks = node.database["ticks"]

    def ticked(times: int) -> Callable[[], bool]:
        before = ticks.count_documents({})
        return lambda: ticks.count_documents({}) >= before + times

    started = {process.pid: process for process in (workers.start("ticking") for _ in range(3))}
    wait_for(ticked(10), workers)
    leader = started.pop(ticks.find_one(sort=[("began", -1)])["pid"])
    leader.kill()
    leader.wait()
    wait_for(ticked(10), workers, LEASE.total_seconds() + 20)
    rows = list(ticks.find().sort("began"))
    assert rows[-1]["pid"] in started
    assert {row["pid"] for row in rows} == {leader.pid, rows[-1]["pid"]}
    assert [row for row, after in pairwise(rows) if after["began"] < row["ended"]] == []


@pytest.fixture
def node_with_own_store(tmp_path: Path) -> Iterator[BareNode]:
    data = tmp_path / "own"
    data.mkdir(mode=0o700)
    MasterKey.create(data / "master.key")
    with EmbeddedStore(data) as store:
        settings = Settings(
            data=data, store_uri=store.uri, database_prefix="away", master_key_file=data / "master.key"
        )
        yield BareNode(settings, SystemClock(), connect(settings, "verifier"))
        disconnect("verifier")


def test_a_store_away_and_back_loses_and_repeats_nothing(
    node_with_own_store: BareNode, tmp_path: Path
) -> None:
    """Input: the store stands still (SIGSTOP) for longer than a request waits, in mid-job, and wakes again."""
    bare = node_with_own_store
    node = BareNode(bare.settings, bare.clock, bare.database.client["away_issuer"])
    workers = Workers(bare.settings, tmp_path)
    try:
        workers.start()
        job = new_job(node, upto=60, seconds=0.05)
        wait_for(has_begun(node, job), workers)
        pid = int((bare.settings.data / "store" / "mongod.pid").read_text())
        os.kill(pid, signal.SIGSTOP)
        time.sleep(LEASE.total_seconds() + 2)
        os.kill(pid, signal.SIGCONT)
        done = wait_for(ended(node, job), workers, 90)
        assert (done.state, done.done) == (JobState.DONE, 60), done.message
        assert sorted(steps(node, job)) == list(range(60))
        repeated = [number for number, by in steps(node, job).items() if len(by) > 1]
        assert len(repeated) <= 1
    finally:
        workers.end()
    assert bare.settings.store_uri.split(":")[2].split("@")[0] not in workers.said()
