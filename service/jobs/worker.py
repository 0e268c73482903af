"""A worker process: Celery's consumer and threads, with the sweep and the periodic work beside them."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Iterable, Mapping
from importlib.metadata import entry_points
from time import monotonic
from typing import Any, Final

import structlog
from celery import Celery, bootsteps, signals
from celery.exceptions import SecurityWarning, WorkerShutdown

from service.clock import Clock, SystemClock
from service.jobs.broker import LOOK_FOR_WORK, make_celery
from service.jobs.errors import BrokerUnusableError
from service.jobs.kind import JobKind, JobNode, Periodic, job_kinds, periodic_work
from service.jobs.periodic import PeriodicRunner, PeriodicStore
from service.jobs.work_loop import SWEEP_SECONDS, WorkLoop
from service.settings import ServiceName, Settings

_SECONDS_TO_FINISH: Final = 8.0
"""How long steps under way may take when the worker ends. Who takes longer is cut off, and goes on from his cursor."""

_LOG = structlog.get_logger(__name__)


def run_worker(
    service: ServiceName,
    settings: Settings,
    *,
    kinds: Mapping[str, JobKind] | None = None,
    periodics: Iterable[Periodic] | None = None,
) -> None:
    """Work until SIGTERM or SIGINT. Returns when every job was given back or is done.

    Args:
        service: whose work.
        settings: complete.
        kinds: what can be done here, by name; the installed ones unless given.
        periodics: what comes again; the installed ones unless given.

    Raises:
        SettingsError, StoreUnavailableError, StoreUnsuitableError, MasterKeyError: it cannot start.
        BrokerUnusableError: the broker refuses us. One that is away is waited for, and the sweep does without.
        LookupError: the service is not installed.
    """
    node = _open_node(service, settings, SystemClock())
    kinds = job_kinds(service) if kinds is None else kinds
    periodics = periodic_work(service) if periodics is None else tuple(periodics)
    stopping = threading.Event()
    loop = WorkLoop(node, kinds, at_a_time=settings.jobs_at_a_time, stopping=stopping)
    store = PeriodicStore(node.database)
    runners = [PeriodicRunner(node, periodic, stopping, store) for periodic in periodics]
    app = make_celery(settings, service)
    app.task(loop.look, name=LOOK_FOR_WORK)
    app.steps["worker"].add(_background(loop, runners, stopping))
    _LOG.info(
        "worker-starts",
        kinds=sorted(kinds),
        periodic=sorted(periodic.name for periodic in periodics),
    )
    _serve(app, settings, stopping)


def _serve(app: Celery, settings: Settings, stopping: threading.Event) -> None:
    def stop(**_: Any) -> None:
        stopping.set()
        threading.Thread(target=_cut_off, name="cut-off", daemon=True).start()
        # Out of its wait for messages at once; what it was about to receive only says "look for work".
        raise WorkerShutdown(os.EX_OK)

    signals.worker_shutting_down.connect(stop)
    # It warns of root because others send it pickles; we take only JSON (accept_content).
    warnings.simplefilter("ignore", SecurityWarning)
    try:
        worker = app.Worker(
            pool="threads",
            # One more than jobs, so that a look for work that finds all busy does not wait behind them.
            concurrency=settings.jobs_at_a_time + 1,
            loglevel="WARNING",
            quiet=True,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        worker.start()
    finally:
        stopping.set()
        signals.worker_shutting_down.disconnect(stop)
    if worker.exitcode:
        raise BrokerUnusableError


def _cut_off() -> None:
    """End the process although a step is under way: threads cannot be ended, and the store knows where to go on."""
    threading.Event().wait(_SECONDS_TO_FINISH)
    _LOG.warning("worker-cut-off")
    os._exit(0)


def _background(loop: WorkLoop, runners: list[PeriodicRunner], stopping: threading.Event) -> type:
    """The worker's part that Celery starts before it asks the broker for anything: it works without one."""

    class Background(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery has no types
        requires = frozenset({"celery.worker.components:Pool"})

        def start(self, worker: Any) -> None:
            for runner in runners:
                runner.start()
            threading.Thread(target=_sweep, args=(worker.pool,), name="sweep", daemon=True).start()

        def stop(self, _: Any) -> None:
            stopping.set()
            deadline = monotonic() + _SECONDS_TO_FINISH / 2
            for runner in runners:
                runner.thread.join(max(0.0, deadline - monotonic()))

    def _sweep(pool: Any) -> None:
        while True:
            if loop.is_needed():
                pool.apply_async(loop.look)
            if stopping.wait(SWEEP_SECONDS):
                return

    return Background


def _open_node(service: ServiceName, settings: Settings, clock: Clock) -> JobNode:
    for point in entry_points(group="elicence.nodes", name=service):
        node: JobNode = point.load()(settings, clock)
        return node
    raise LookupError(service)
