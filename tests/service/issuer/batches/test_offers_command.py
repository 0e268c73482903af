"""``elicence issuer offers`` as its own process: the file, the refusals, and what a kill leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from service.clock import SystemClock
from service.settings import Settings
from tests.support.issuance_world import BUSINESS_LICENCE, IssuanceWorld

LICENCES = 4

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def four(world: IssuanceWorld) -> set[str]:
    """Four licences, at the machine's time, which is the command's."""
    world.clock.set(SystemClock().now())
    return {world.record_licence() for _ in range(LICENCES)}


@pytest.fixture
def start(world: IssuanceWorld, settings: Settings) -> Start:
    environ = {
        **os.environ,
        "ELICENCE_STORE_URI": settings.store_uri,
        "ELICENCE_DATABASE_PREFIX": settings.database_prefix,
    }

    def run(*arguments: str) -> subprocess.Popen[str]:
        whose = ("--authority", world.authorities[0].uscc, "--data", str(settings.data))
        return subprocess.Popen(
            [sys.executable, "-m", "service.command_line", "issuer", "offers", *whose, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environ,
        )

    return run


def test_the_command_writes_a_private_file(
    world: IssuanceWorld, four: set[str], start: Start, tmp_path: Path
) -> None:
    suspended = min(four)
    world.change(suspended, "suspend")
    out, refused = tmp_path / "offers.jsonl", tmp_path / "refused.jsonl"
    command = start(
        "--state", "valid", "--state", "suspended", "--out", str(out), "--refused", str(refused), "--tx-code"
    )
    told, _ = command.communicate(timeout=60)
    assert command.returncode == 1, told
    assert "offers 3" in told
    made = [orjson.loads(line) for line in out.read_bytes().splitlines()]
    assert {line["licence"] for line in made} == four - {suspended}
    assert [orjson.loads(line)["licence"] for line in refused.read_bytes().splitlines()] == [suspended]
    assert out.stat().st_mode & 0o777 == 0o600
    world.wallet(made[0]).redeem(made[0]["tx_code"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["offers.jsonl", "refused.jsonl"]
    # What is there is somebody's links: it is not written over.
    again = start("--type", BUSINESS_LICENCE, "--out", str(out))
    again.communicate(timeout=60)
    assert again.returncode == 64


def test_the_command_killed_with_kill_9_goes_on_with_its_batch(
    world: IssuanceWorld, four: set[str], start: Start, tmp_path: Path
) -> None:
    """Killed as soon as its batch is in the store → the same command: the same batch, one file, no offer twice."""
    out, database = tmp_path / "offers.jsonl", world.node.database
    killed = start("--type", BUSINESS_LICENCE, "--out", str(out))
    deadline = time.monotonic() + 60
    while not database["batches"].count_documents({}) and time.monotonic() < deadline:
        time.sleep(0.002)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert not out.exists()
    # What a killed worker held is free again after its lease; the test does not wait for that.
    database["jobs"].update_many({}, {"$set": {"holder": None}})
    command = start("--type", BUSINESS_LICENCE, "--out", str(out))
    told, _ = command.communicate(timeout=60)
    assert command.returncode == 0, told
    assert database["batches"].count_documents({}) == 1
    assert database["issuance_offers"].count_documents({}) == LICENCES
    assert {orjson.loads(line)["licence"] for line in out.read_bytes().splitlines()} == four
    assert [path.name for path in tmp_path.iterdir()] == ["offers.jsonl"]
