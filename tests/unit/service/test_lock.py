from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from keys.master_key import MasterKey
from service.command_line.master_key import master_key
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


def test_the_master_key_of_a_running_node_is_not_changed(tmp_path: Path) -> None:
    """Input: `master-key begin` while everything serves. Verdict: refused; the key in its place is the one before."""
    key = MasterKey.create(tmp_path / "master.key").key_id
    with hold_node(tmp_path), pytest.raises(NodeRunningError):
        CliRunner().invoke(master_key, ["begin", "--data", str(tmp_path)], catch_exceptions=False)
    assert MasterKey.load(tmp_path / "master.key").key_id == key
    CliRunner().invoke(master_key, ["begin", "--data", str(tmp_path)], catch_exceptions=False)
    assert MasterKey.load(tmp_path / "master.key").key_id != key
