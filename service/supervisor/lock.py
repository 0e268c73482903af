"""One supervisor for one data directory. The lock is the kernel's, so that none is left behind by a kill -9."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.supervisor.errors import NodeRunningError
from standards.text import Text


@contextmanager
def hold_node(data: Path) -> Iterator[bool]:
    """Hold the data directory for as long as the context lasts.

    Yields:
        Whether the last holder was killed before it could let go; its processes may still be ending.

    Raises:
        NodeRunningError: another process holds it.
    """
    directory = data / "run"
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "node.lock"
    was_killed = path.exists()
    descriptor = _lock(path, data)
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
        yield was_killed
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _lock(path: Path, data: Path) -> int:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise NodeRunningError(
                f"该数据目录的节点正在运行（进程 {holder}）。",
                f"The node of this data directory is running (process {holder}).",
                where=str(data),
                next_step=Text(
                    "请先停止它，或用 --data 选择另一个目录。",
                    "Stop it first, or choose another directory with --data.",
                ),
            ) from error
        # Whoever held it may have removed the file between our open and our lock: then the lock is on no name.
        try:
            if path.stat().st_ino == os.fstat(descriptor).st_ino:
                return descriptor
        except FileNotFoundError:
            pass
        os.close(descriptor)


def node_is_running(data: Path) -> bool:
    """Whether a supervisor holds the data directory now."""
    try:
        descriptor = os.open(data / "run" / "node.lock", os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)
