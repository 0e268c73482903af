"""Processes for work that computes: they use all cores, and cannot outlive the process that asked for them."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

from service.processes.bound import die_with_parent


@contextmanager
def bound_pool(
    processes: int | None = None, *, prepare: Callable[..., object] | None = None, given: tuple[Any, ...] = ()
) -> Iterator[ProcessPoolExecutor]:
    """A pool whose processes are started afresh (no fork: the asking process has threads and connections).

    Submit from the thread that opened it: the kernel ends the processes when that thread ends. When the context is
    left by an exception, what was not begun is dropped.

    Args:
        processes: how many; as many as there are cores unless given.
        prepare: called once in each process before its first work; a module-level function.
        given: its arguments; they are pickled, so no secret that should stay in this process.
    """
    pool = ProcessPoolExecutor(
        max_workers=processes or len(os.sched_getaffinity(0)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(os.getpid(), prepare, given),
    )
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    pool.shutdown(wait=True)


def _begin(parent: int, prepare: Callable[..., object] | None, given: tuple[Any, ...]) -> None:
    die_with_parent()
    if os.getppid() != parent:
        os._exit(1)  # it was killed before the kernel knew of us
    # Ctrl-C reaches the whole group of a terminal; the asking process ends us in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if prepare is not None:
        prepare(*given)
