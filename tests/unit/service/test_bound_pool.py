"""A pool of processes that compute: it does, and it cannot outlive whoever asked for it."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from service.processes.pool import bound_pool

HERE = Path(__file__).parents[3]

HOLDER = """
import os, time
from service.processes.pool import bound_pool

if __name__ == "__main__":
    with bound_pool(2) as pool:
        print(*{pool.submit(os.getpid).result() for _ in range(1)}, flush=True)
        pool.submit(time.sleep, 600)
        pool.submit(time.sleep, 600)
        time.sleep(600)
"""


def test_it_computes_in_other_processes() -> None:
    with bound_pool(2, prepare=math.sqrt, given=(4,)) as pool:
        assert list(pool.map(math.factorial, range(5))) == [1, 1, 2, 6, 24]
        assert pool.submit(os.getpid).result() != os.getpid()


def test_a_mistake_in_the_asking_process_drops_what_was_not_begun() -> None:
    began = time.monotonic()

    def ask_and_fail() -> None:
        with bound_pool(1) as pool:
            for _ in range(100):
                pool.submit(time.sleep, 0.5)
            raise ValueError

    with pytest.raises(ValueError):
        ask_and_fail()
    assert time.monotonic() - began < 20


def test_kill_9_of_the_asking_process_ends_its_processes(tmp_path: Path) -> None:
    """Input: SIGKILL to a process whose pool is computing for ten minutes. Verdict: nobody of its group is left."""
    script = tmp_path / "holder.py"
    script.write_text(HOLDER)
    holder = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        start_new_session=True,
        env={"PYTHONPATH": str(HERE), "PATH": os.environ["PATH"]},
    )
    assert holder.stdout is not None
    assert holder.stdout.readline().strip().isdigit()
    time.sleep(0.5)
    assert len(group_of(holder.pid)) >= 3
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    holder.stdout.close()
    deadline = time.monotonic() + 10
    while left := group_of(holder.pid):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def group_of(leader: int) -> list[int]:
    """Living processes of a process group (proc(5), field 5 of stat)."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, group = place.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(group) == leader and state != "Z":
            found.append(int(place.parent.name))
    return found
