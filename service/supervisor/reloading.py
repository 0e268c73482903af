"""Asking a running node to start its processes anew, one after another, while it goes on answering.

A command leaves a word in a file of the run directory; the supervisor, which looks there now and then, does it and
leaves the same word in a second file. Nothing of it is secret, and a word that nobody answers does no harm.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from time import monotonic, sleep

from service.supervisor.errors import NodeReloadError
from service.supervisor.lock import node_is_running
from standards.text import Text

PATIENCE_SECONDS = 180.0
"""Three services and their workers, on a busy machine."""


def ask_to_reload(data: Path, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
    """Have every process of the running node of ``data`` started anew; returns when all of them are.

    Raises:
        NodeReloadError: the node ended, or did not answer in time.
    """
    word = secrets.token_hex(8)
    _asked(data).write_text(word, "ascii")
    deadline = monotonic() + patience_seconds
    while _read(_done(data)) != word:
        if monotonic() > deadline or not node_is_running(data):
            _asked(data).unlink(missing_ok=True)
            raise NodeReloadError(
                "节点没有在规定时间内重新载入。",
                "The node did not start its processes anew in time.",
                where=str(data / "run"),
                next_step=Text(
                    "查看 run/ 中的日志；问题解决后再执行一次。",
                    "Look at the logs in run/, and run it again afterwards.",
                ),
            )
        sleep(0.1)


class ReloadRequests:
    """The supervisor's side."""

    def __init__(self, data: Path) -> None:
        self._data = data
        _asked(data).unlink(missing_ok=True)  # of a node that is gone

    def pending(self) -> str | None:
        """The word of somebody who waits."""
        return _read(_asked(self._data))

    def answer(self, word: str) -> None:
        """Say that it is done."""
        if self.pending() == word:
            _asked(self._data).unlink(missing_ok=True)
        _done(self._data).write_text(word, "ascii")


def _asked(data: Path) -> Path:
    return data / "run" / "reload.asked"


def _done(data: Path) -> Path:
    return data / "run" / "reload.done"


def _read(path: Path) -> str | None:
    try:
        return path.read_text("ascii") or None
    except FileNotFoundError:
        return None
