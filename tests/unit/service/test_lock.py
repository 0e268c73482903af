from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from service.supervisor.errors import NodeRunningError
from service.supervisor.lock import hold_node, node_is_running


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    assert not node_is_running(tmp_path)
    with hold_node(tmp_path):
        assert node_is_running(tmp_path)
        with pytest.raises(NodeRunningError), hold_node(tmp_path):
            pass
        assert node_is_running(tmp_path)
    assert not node_is_running(tmp_path)
    assert not (tmp_path / "run" / "node.lock").exists()


def test_a_holder_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    """Input: SIGKILL to the holder. Verdict: its file is there, its lock is not."""
    code = f"""
import time
from pathlib import Path
from service.supervisor.lock import hold_node
with hold_node(Path({str(tmp_path)!r})):
    print("held", flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        assert node_is_running(tmp_path)
        holder.kill()
    assert (tmp_path / "run" / "node.lock").exists()
    assert not node_is_running(tmp_path)
    with hold_node(tmp_path):
        pass
