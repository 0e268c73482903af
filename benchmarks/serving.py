"""A real service process under the bench: started as in production, its CPU read from ``/proc``. Not a bench itself."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self


class ServiceProcess:
    """``elicence serve`` of one service with its workers, on a free port of loopback."""

    def __init__(self, service: str, port: int, environment: Mapping[str, str]) -> None:
        self.port = port
        command = [sys.executable, "-m", "service.command_line", "serve", service, "--port", str(port)]
        self._log = subprocess.DEVNULL
        self._process = subprocess.Popen(
            command,
            env={**_clean_environment(), **environment},
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError("the service ended at once")
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    return self
            except OSError:
                time.sleep(0.1)
            finally:
                connection.close()
        self._end()
        raise RuntimeError("the service did not become ready")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def cpu_seconds(self) -> float:
        """User and system time of the service so far: the parent and all its workers, nothing else.

        From the scheduler's own account, in nanoseconds; the ticks of ``stat`` are too coarse for short rounds.
        """
        nanoseconds = 0
        for process in self._processes():
            for task in process.glob("task/[0-9]*/schedstat"):
                try:
                    nanoseconds += int(task.read_text("ascii").split()[0])
                except OSError:
                    continue
        return nanoseconds / 1e9

    def _processes(self) -> list[Path]:
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == self._process.pid:
                found.append(stat.parent)
        return found

    def _end(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


@dataclass(frozen=True)
class Cost:
    """Seconds of one walk, of the service's CPU and by the clock on the wall."""

    cpu: float
    wall: float


def best_cost(
    service: ServiceProcess, walk: Callable[[], None], count: int, *, clients: int, rounds: int
) -> Cost:
    """What a walk costs in the best of several rounds: what else the machine does only ever adds to it.

    Args:
        service: whose CPU counts.
        walk: one client's way through.
        count: how often in each round.
        clients: how many at once.
        rounds: how many rounds.
    """
    cpu = wall = float("inf")
    for _ in range(rounds):
        cpu_before, wall_before = service.cpu_seconds(), time.monotonic()
        walk_many(walk, count, clients)
        cpu = min(cpu, (service.cpu_seconds() - cpu_before) / count)
        wall = min(wall, (time.monotonic() - wall_before) / count)
    return Cost(cpu, wall)


def walk_many(walk: Callable[[], None], count: int, clients: int) -> None:
    """``count`` walks, ``clients`` at once."""
    # New threads, and so new connections, each time: a server closes those that were idle for long.
    with ThreadPoolExecutor(clients) as pool:
        for done in [pool.submit(walk) for _ in range(count)]:
            done.result()


def free_port() -> int:
    """A port of loopback that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("ELICENCE_")}
