"""Start a process that cannot outlive us, not even when we are killed without warning."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1  # prctl(2)


def die_with_parent(signal_number: int = signal.SIGKILL) -> None:
    """Have the kernel send this process a signal when the thread that started it ends (Linux, ``prctl(2)``).

    On other systems nothing happens: there the supervisor's own handlers are all there is.
    """
    if sys.platform == "linux":
        _prctl()(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)


def start_bound(
    command: Sequence[str | os.PathLike[str]],
    *,
    environment: Mapping[str, str],
    log: IO[bytes] | int | None,
    directory: Path | None = None,
    on_parent_death: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a command as the leader of its own process group, bound to the calling thread.

    Call it from the main thread: the kernel watches the thread, not the process (``PR_SET_PDEATHSIG``).

    Args:
        command: program and arguments; no shell.
        environment: complete environment of the new process.
        log: where standard output and standard error go; ``None`` discards them.
        directory: its working directory.
        on_parent_death: what the kernel sends it when we die. It shares no terminal signals with us, so that Ctrl-C
            reaches only the supervisor, which ends its children in order.
    """
    parent = os.getpid()
    prctl = _prctl() if sys.platform == "linux" else None

    def bind() -> None:
        # Between fork and exec: only the one system call, and the check that we have not been orphaned before it.
        if prctl is not None:
            prctl(_PR_SET_PDEATHSIG, int(on_parent_death), 0, 0, 0)
            if os.getppid() != parent:
                os.kill(os.getpid(), signal.SIGKILL)

    return subprocess.Popen(  # noqa: S603 - the command is ours
        list(command),
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if log is None else log,
        stderr=subprocess.STDOUT if log is not None else subprocess.DEVNULL,
        cwd=directory,
        start_new_session=True,
        preexec_fn=bind,  # noqa: PLW1509 - one system call, prepared before the fork
    )


def end(process: subprocess.Popen[bytes], *, patience_seconds: float) -> None:
    """End a process: politely, and after ``patience_seconds`` not politely. Its whole group goes with it."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    try:
        # Workers of a server that was killed before it could end them.
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _prctl() -> Callable[..., int]:
    function: Callable[..., int] = ctypes.CDLL(None, use_errno=True).prctl
    return function
