"""A real service process under the bench: started as in production, its CPU read from ``/proc``. Not a bench itself."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
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


def free_port() -> int:
    """A port of loopback that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("ELICENCE_")}
