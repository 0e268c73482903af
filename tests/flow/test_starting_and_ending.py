"""A node starts, ends, and starts again, whatever happens to its processes."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.demo.journey.walk import SERVICE_ITEM
from service.node_record import remembered_port_base
from tests.support.running_node import PARTS, RunningNode, free_port_base

pytestmark = pytest.mark.flow


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that all tests of this module use one after the other: starting again is what they try."""
    return tmp_path_factory.mktemp("ending") / "node"


@pytest.fixture(scope="module")
def ports() -> int:
    """What the directory's licences name; a directory stays at its addresses."""
    return free_port_base()


@pytest.fixture
def node(data: Path, ports: int) -> Iterator[RunningNode]:
    node = RunningNode(data, port_base=ports)
    try:
        yield node.wait_until_ready()
    finally:
        node.kill_everything()


def left_behind(node: RunningNode) -> list[str]:
    """Locks, pid files and listeners that survived the node."""
    found = [str(path) for path in node.data.rglob("*") if path.name in ("node.lock", "mongod.pid")]
    for part in PARTS:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", node.port_base + 1 + PARTS.index(part)))
            except OSError:
                found.append(f"somebody listens for {part}")
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_everything_and_leaves_nothing(node: RunningNode, number: int) -> None:
    assert len(node.processes()) >= 8
    assert node.stop(number) == 0
    assert node.processes() == {}
    assert left_behind(node) == []


def test_kill_9_of_everything_loses_nothing(node: RunningNode, data: Path) -> None:
    """Input: a licence was issued and received, a request is open; then SIGKILL to every process at once.

    Verdict: the next start is an ordinary one; library, wallet and the open request are as they were, and the window
    accepts.
    """
    issuer, wallet = node.department("issuer"), node.person("zhang-xiaoming")
    types = issuer.get_json("/api/v1/types")["types"]
    example = next(one["example"] for one in types if one["code"] == "11100000MB0143028R001")
    identifier = issuer.post_json("/api/v1/licences", example, 201)["identifier"]
    offer = issuer.post_json(f"/api/v1/licences/{identifier}/offers", {}, 201)
    received = wallet.post_json("/api/v1/offers", {"uri": offer["credential_offer_uri"]}, 201)["credentials"]
    asked = node.department("verifier").post_json(
        "/api/v1/presentations", {"service_item": SERVICE_ITEM}, 201
    )

    node.kill_everything()
    again = RunningNode(data, port_base=node.port_base).wait_until_ready()
    try:
        assert (
            again.department("issuer").get_json(f"/api/v1/licences/{identifier}")["identifier"] == identifier
        )
        wallet = again.person("zhang-xiaoming")
        held = {one["id"] for one in wallet.get_json("/api/v1/credentials")["credentials"]}
        assert received[0]["id"] in held
        request = wallet.post_json("/api/v1/requests", {"uri": asked["authorization_request"]}, 201)
        selection = {"business_licence": received[0]["id"]}
        wallet.post_json(f"/api/v1/requests/{request['id']}/consent", {"selection": selection}, 200)
        presented = again.department("verifier").get_json(f"/api/v1/presentations/{asked['id']}")
        assert presented["report"]["indication"] == "PASSED"
    finally:
        again.kill_everything()


def test_kill_9_of_the_supervisor_takes_all_others_with_it(node: RunningNode) -> None:
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    node.wait_until_gone(20)
    # The file of the lock stays; the lock itself was the kernel's, and the next start takes it.
    assert [place for place in left_behind(node) if "listens" in place] == []


def test_a_start_right_after_a_killed_supervisor_waits_for_its_processes(
    node: RunningNode, data: Path
) -> None:
    """Input: SIGKILL to the supervisor, and the same command again at once. Verdict: an ordinary start."""
    os.kill(node.process.pid, signal.SIGKILL)
    again = RunningNode(data, port_base=node.port_base)
    node.process.wait()
    try:
        again.wait_until_ready()
    finally:
        again.kill_everything()


def test_when_a_service_dies_the_node_ends_and_says_which(node: RunningNode) -> None:
    parent = next(pid for pid, words in sorted(node.processes().items()) if "serve verifier" in words)
    os.kill(parent, signal.SIGKILL)
    assert node.process.wait(30) == 1
    assert "Window" in node.said()
    node.wait_until_gone(5)


def test_a_second_supervisor_on_the_same_data_is_refused(node: RunningNode, data: Path) -> None:
    second = node.run("up", "--data", str(data), "--port-base", str(node.port_base + 5000))
    assert second.returncode == 1
    assert "is running" in second.stderr


def test_a_directory_stays_at_its_addresses(node: RunningNode, data: Path) -> None:
    """Input: the same directory on other ports, then on none given. Verdict: refused with the right ones; taken."""
    node.stop()
    elsewhere = node.run("up", "--data", str(data), "--port-base", str(node.port_base + 5000))
    assert elsewhere.returncode == 1
    assert f"--port-base {node.port_base}" in elsewhere.stderr
    assert remembered_port_base(data) == node.port_base


def test_ports_in_use_are_a_clear_error_and_nothing_is_started(node: RunningNode, tmp_path: Path) -> None:
    second = node.run("up", "--data", str(tmp_path / "other"), "--port-base", str(node.port_base))
    assert second.returncode == 1
    assert f"Port {node.port_base + 1} (Issuer) is in use" in second.stderr
    assert "--port-base" in second.stderr
    assert not (tmp_path / "other" / "store").exists()


def test_a_lost_master_key_is_not_replaced_by_a_new_one(node: RunningNode, data: Path) -> None:
    """Input: the key file is gone while sealed keys are there. Verdict: refused; a new key would open nothing."""
    node.stop()
    (data / "master.key").rename(data / "aside")
    try:
        refused = node.run("up", "--data", str(data), "--port-base", str(node.port_base))
        assert refused.returncode == 1
        assert "master key" in refused.stderr
        assert not (data / "master.key").exists()
    finally:
        (data / "aside").rename(data / "master.key")


def test_a_destroyed_node_is_restored_by_command(node: RunningNode, data: Path, tmp_path: Path) -> None:
    """Input: backup while running, then the data directory is gone. Verdict: restored; the citizen holds what he held."""
    held = {one["id"] for one in node.person("zhang-xiaoming").get_json("/api/v1/credentials")["credentials"]}
    archive = tmp_path / "node.backup"
    made = node.run("backup", str(archive), "--data", str(data))
    assert made.returncode == 0, made.stderr
    node.stop()
    shutil.rmtree(data)
    restored = node.run("restore", str(archive), "--data", str(data))
    assert restored.returncode == 0, restored.stderr
    again = RunningNode(data, port_base=node.port_base).wait_until_ready()
    try:
        wallet = again.person("zhang-xiaoming")
        assert {one["id"] for one in wallet.get_json("/api/v1/credentials")["credentials"]} == held
        walked = again.run("demo", "--port-base", str(node.port_base))
        assert walked.returncode == 0, walked.stderr
    finally:
        again.kill_everything()


def test_an_empty_node_starts_without_demo_data(tmp_path: Path) -> None:
    node = RunningNode(tmp_path / "empty", "--empty")
    try:
        node.wait_until_ready()
        assert node.facts()["seeded"] is False
        assert node.run("token", "issuer", "--data", str(node.data)).returncode == 1
    finally:
        node.kill_everything()
