from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from keys.master_key import MasterKey
from service.command_line.master_key import master_key
from service.supervisor.errors import NodeReloadError, NodeRunningError
from service.supervisor.lock import hold_node, node_is_running
from service.supervisor.reloading import ReloadRequests, ask_to_reload


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


def test_the_processes_of_a_running_node_are_started_anew_before_and_after_the_new_key(
    tmp_path: Path,
) -> None:
    """Input: `master-key begin` while a node runs. Verdict: when it is asked to reload first, the key in its place is
    still the one before, with the next one beside it; the second time the new one is in place.
    """
    file = tmp_path / "master.key"
    key, seen = MasterKey.create(file).key_id, []
    ended = threading.Event()

    def supervise() -> None:
        requests = ReloadRequests(tmp_path)
        while not ended.wait(0.01):
            if (word := requests.pending()) is not None:
                seen.append(MasterKey.load(file).key_ids)
                requests.answer(word)

    with hold_node(tmp_path):
        supervisor = threading.Thread(target=supervise)
        supervisor.start()
        done = CliRunner().invoke(master_key, ["begin", "--data", str(tmp_path)], catch_exceptions=False)
        ended.set()
        supervisor.join()
    assert done.exit_code == 0
    (first, second), new = seen, MasterKey.load(file).key_id
    assert first == (key, new)
    assert second == (new, key)


def test_a_node_that_does_not_answer_keeps_its_key(tmp_path: Path) -> None:
    """Input: the reload is never done. Verdict: an error that says so; nothing is left to be done by surprise later."""
    (tmp_path / "run").mkdir()
    with hold_node(tmp_path):
        with pytest.raises(NodeReloadError):
            ask_to_reload(tmp_path, patience_seconds=0.2)
        assert ReloadRequests(tmp_path).pending() is None


def test_a_node_that_is_gone_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with pytest.raises(NodeReloadError):
        ask_to_reload(tmp_path)
