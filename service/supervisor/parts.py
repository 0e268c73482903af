"""The processes of a node: started together, watched, ended together."""

from __future__ import annotations

import http.client
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

from service.processes.bound import end, start_bound
from service.processes.children import children_of
from service.supervisor.errors import NodeStartError
from standards.text import Text

_READY_SECONDS = 90.0
"""A service is up in about 2 s; a machine with a cold disk and busy cores may take much longer."""

_END_SECONDS = 12.0
"""Longer than a service gives its workers to finish."""

_SHORT_LIFE_SECONDS = 10.0
"""What ends sooner than this after its start will end again."""

_LONG_LOG_BYTES = 16 * 1024 * 1024


class Part:
    """One process of the node."""

    def __init__(
        self,
        title: Text,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        log: Path,
        port: int | None = None,
        path: str = "",
    ) -> None:
        """Start the process.

        Args:
            title: name for people.
            command: program and arguments.
            environment: complete.
            log: file that its output is appended to.
            port: on which it will listen; ``None`` for a part that answers nobody and is ready when it runs.
            path: what to GET there to see that it is ready.
        """
        self.title = title
        self._command = command
        self._environment = environment
        self._log = log
        self._port = port
        self._path = path
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        log = self._log
        if log.exists() and log.stat().st_size > _LONG_LOG_BYTES:
            log.replace(log.with_suffix(".log.before"))
        self._log_begins = log.stat().st_size if log.exists() else 0
        self._began = monotonic()
        with log.open("ab") as output:
            return start_bound(self._command, environment=self._environment, log=output.fileno())

    def start_again(self) -> bool:
        """Start an ended process again; ``False`` when it did not live long enough to hope for better."""
        if monotonic() - self._began < _SHORT_LIFE_SECONDS:
            return False
        end(self.process, patience_seconds=0)  # what it may have left behind
        self.process = self._start()
        return True

    def reload(self) -> None:
        """Have fresh processes do its work, and return when none of the old ones is left.

        A service goes on answering: its listening parent stays, and ends an old worker when the new one is there. A part
        that answers nobody is ended in order and started again.

        Raises:
            NodeStartError: as ``wait_until_ready``.
        """
        if self._port is None:
            end(self.process, patience_seconds=_END_SECONDS)
            self.process = self._start()
            return
        before = children_of(self.process.pid)
        self.process.send_signal(signal.SIGHUP)
        deadline = monotonic() + _READY_SECONDS
        while before & children_of(self.process.pid):
            if self.process.poll() is not None or monotonic() > deadline:
                raise self.failure()
            sleep(0.1)
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Wait until it answers.

        Raises:
            NodeStartError: it ended, or does not answer in time; the last lines of its log are in the next step.
        """
        deadline = monotonic() + _READY_SECONDS
        while not self._answers():
            if self.process.poll() is not None or monotonic() > deadline:
                raise self.failure()
            sleep(0.03)

    def failure(self) -> NodeStartError:
        """Why it is not running, in the words of its log."""
        last = "\n".join(self._last_lines())
        return NodeStartError(
            f"{self.title.zh}没有启动，或中途结束。",
            f"{self.title.en} did not start, or ended.",
            where=str(self._log),
            next_step=Text(f"日志的最后几行：\n{last}", f"The full log is {self._log}."),
        )

    def ask_to_end(self) -> None:
        """Send SIGTERM, without waiting."""
        with suppress(ProcessLookupError):
            self.process.terminate()

    def _answers(self) -> bool:
        if self._port is None:
            return self.process.poll() is None
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        try:
            connection.request("GET", self._path)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _last_lines(self) -> list[str]:
        with self._log.open("rb") as log:
            log.seek(self._log_begins)
            return log.read()[-4000:].decode("utf-8", "replace").splitlines()[-12:]


def end_all(parts: Sequence[Part]) -> None:
    """End all parts at once, each politely first; their workers go with them."""
    for part in parts:
        part.ask_to_end()
    deadline = monotonic() + _END_SECONDS
    for part in parts:
        end(part.process, patience_seconds=max(0.1, deadline - monotonic()))
