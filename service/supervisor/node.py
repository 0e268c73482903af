"""Bring a node up, keep it up until told to stop, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic, sleep
from types import FrameType

from keys.master_key import MasterKey
from service.embedded_store.server import EmbeddedStore
from service.jobs.kind import has_background_work
from service.node_record import (
    read_node_record,
    remember_addresses,
    remembered_port_base,
    update_node_record,
)
from service.processes.bound import end, start_bound
from service.settings import ServiceName
from service.supervisor.errors import NodeDataError, NodeMovedError, NodeStartError, PortInUseError
from service.supervisor.lock import hold_node
from service.supervisor.parts import Part, end_all
from service.supervisor.plan import SERVICES, TITLES, WORKER_TITLES, NodePlan
from service.supervisor.progress import Progress
from service.supervisor.reloading import ReloadRequests
from standards.text import Text


class StopRequested(BaseException):
    """Raised in the main thread by SIGINT, SIGTERM and SIGHUP, so that every context ends in order."""


def run_node(
    plan: NodePlan,
    *,
    with_demo_data: bool,
    progress: Progress,
    when_ready: Callable[[Mapping[str, str]], object],
) -> None:
    """Run a node until a signal asks to stop.

    Args:
        plan: what runs where.
        with_demo_data: fill the node when it is new.
        progress: tells each step.
        when_ready: called once with the shared environment, when everything answers.

    Raises:
        NodeError, EmbeddedStoreError, MasterKeyError: it could not start, or a part ended; everything was ended.
    """
    with _stopping_on_signals(), ExitStack() as running:
        plan.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        was_killed = running.enter_context(hold_node(plan.data))
        _check_addresses(plan)
        _check_ports(plan, patience_seconds=_SECONDS_FOR_ORPHANS if was_killed else 0)
        _check_data(plan)
        plan.write_providers()
        shared = plan.environment(os.environ, _start_store(plan, progress, running))
        _make_master_key(plan, shared)
        remember_addresses(plan.data, shared)
        requests = ReloadRequests(plan.data)
        parts: list[Part] = []
        running.callback(end_all, parts)
        parts.append(_start_identity(plan, shared))
        if "seeded" not in read_node_record(plan.data):
            if with_demo_data:
                with progress.step("示例数据 demo data"):
                    _seed(plan, shared)
            update_node_record(plan.data, seeded=with_demo_data)
        with progress.step("三个服务 the three services"):
            services = [_start_service(plan, shared, service) for service in SERVICES]
            parts.extend(services)
            for part in parts:
                part.wait_until_ready()
        # After the services: nobody waits for the workers, and starting costs the cores.
        workers = [
            _start_worker(plan, shared, service) for service in SERVICES if has_background_work(service)
        ]
        parts.extend(workers)
        when_ready(shared)
        while True:
            _watch(parts, workers, progress, requests)
            _reload([*services, *workers], progress, requests)


@contextmanager
def _stopping_on_signals() -> Iterator[None]:
    def stop(_: int, __: FrameType | None) -> None:
        # Once: what follows must not be broken off by an impatient second Ctrl-C.
        for number in _STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        raise StopRequested

    before = {number: signal.signal(number, stop) for number in _STOP_SIGNALS}
    try:
        yield
    except StopRequested:
        return
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


_SECONDS_FOR_ORPHANS = 15.0
"""After a supervisor was killed, the kernel tells its processes to end; they may still finish what they do."""


def _check_addresses(plan: NodePlan) -> None:
    """Licences, trust lists and status lists name the addresses under which they were signed."""
    begun = remembered_port_base(plan.data)
    if begun is None or begun == plan.port_base:
        return
    raise NodeMovedError(
        f"此数据目录使用的端口是 {begun + 1} 起，其中的证照、信任列表和状态列表都载有这些地址。",
        f"This data directory was begun with --port-base {begun}; its licences, trust lists and status lists name "
        "those addresses.",
        where="--port-base",
        next_step=Text(
            f"请用 --port-base {begun} 启动，或用 --data 另选一个数据目录。",
            f"Start with --port-base {begun}, or choose another directory with --data.",
        ),
    )


def _check_ports(plan: NodePlan, *, patience_seconds: float) -> None:
    deadline = monotonic() + patience_seconds
    while True:
        try:
            plan.check_ports()
        except PortInUseError:
            if monotonic() > deadline:
                raise
            sleep(0.1)
        else:
            return


_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _check_data(plan: NodePlan) -> None:
    if (plan.data / "restoring").exists():
        raise NodeDataError(
            "上次恢复备份没有完成。",
            "A restore was not finished.",
            where=str(plan.data),
            next_step=Text(
                "请重新执行 elicence restore --force。", "Run `elicence restore` again, with --force."
            ),
        )


def _start_store(plan: NodePlan, progress: Progress, running: ExitStack) -> str:
    given = os.environ.get("ELICENCE_STORE_URI", "").strip()
    if given:
        return given
    with progress.step("内置存储 embedded store (MongoDB)"):
        return running.enter_context(EmbeddedStore(plan.data)).uri


def _make_master_key(plan: NodePlan, shared: Mapping[str, str]) -> None:
    path = Path(shared["ELICENCE_MASTER_KEY_FILE"])
    if path.exists():
        MasterKey.load(path)
        return
    if (plan.data / "keys").exists() or "seeded" in read_node_record(plan.data):
        raise NodeDataError(
            "主密钥文件不见了，本节点的数据无法解开。",
            "The master key file is gone; the data of this node cannot be opened.",
            where=str(path),
            next_step=Text(
                "请放回主密钥文件，或用 elicence restore 恢复备份。",
                "Put the file back, or restore a backup with `elicence restore`.",
            ),
        )
    MasterKey.create(path)


def _start_service(plan: NodePlan, shared: Mapping[str, str], service: ServiceName) -> Part:
    return Part(
        TITLES[service],
        plan.service_command(service),
        environment=plan.service_environment(shared, service),
        log=plan.log_file(service),
        port=plan.port(service),
        path="/readyz",
    )


def _start_worker(plan: NodePlan, shared: Mapping[str, str], service: ServiceName) -> Part:
    return Part(
        WORKER_TITLES[service],
        plan.worker_command(service),
        environment=plan.service_environment(shared, service),
        log=plan.log_file(f"{service}-worker"),
    )


def _start_identity(plan: NodePlan, shared: Mapping[str, str]) -> Part:
    return Part(
        TITLES["identity"],
        plan.identity_command(),
        environment=shared,
        log=plan.log_file("identity"),
        port=plan.port("identity"),
        path="/.well-known/openid-configuration",
    )


def _seed(plan: NodePlan, shared: Mapping[str, str]) -> None:
    command = [sys.executable, "-m", "service.command_line", "seed", "--data", str(plan.data)]
    sys.stdout.flush()
    process: subprocess.Popen[bytes] = start_bound(command, environment=shared, log=sys.stdout.fileno())
    try:
        status = process.wait()
    finally:
        end(process, patience_seconds=2)
    if status != 0:
        raise NodeStartError(
            "示例数据没有装入。",
            "The demo data could not be filled in.",
            next_step=Text(
                "原因见上；再次启动会重新装入。", "The reason stands above; the next start tries again."
            ),
        )


def _reload(parts: Sequence[Part], progress: Progress, requests: ReloadRequests) -> None:
    """Start the node's processes anew, one part after another, so that the others answer meanwhile."""
    word = requests.pending()
    with progress.step("重新载入 fresh processes"):
        for part in parts:
            part.reload()
    if word is not None:
        requests.answer(word)


def _watch(
    parts: Sequence[Part], workers: Sequence[Part], progress: Progress, requests: ReloadRequests
) -> None:
    """Wait for a signal, or for somebody who asks for fresh processes.

    A part that ends by itself ends the node, because half a node is none.

    A worker is started again: nobody waits for its answer, and its jobs go on from where they were.
    """
    never = threading.Event()
    while requests.pending() is None:
        for part in parts:
            if part.process.poll() is not None:
                if part not in workers or not part.start_again():
                    raise part.failure()
                progress.say(f"{part.title.zh}已重新启动 · {part.title.en}: started again")
        never.wait(0.25)
