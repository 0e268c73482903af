"""One service in production: several workers, ended in order, never orphaned."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from keys.master_key import MasterKey
from service.processes.bound import start_bound
from tests.support.running_node import free_port_base

pytestmark = pytest.mark.flow


@pytest.fixture
def serving(
    store_uri: str, database_prefix: str, tmp_path: Path
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """`elicence serve wallet --workers 2`, answering; and its port."""
    MasterKey.create(tmp_path / "safe" / "master.key")
    port = free_port_base() + 1
    environment = {
        "PATH": "/usr/bin:/bin",
        "ELICENCE_DATA": str(tmp_path),
        "ELICENCE_MASTER_KEY_FILE": str(tmp_path / "safe" / "master.key"),
        "ELICENCE_STORE_URI": store_uri,
        "ELICENCE_DATABASE_PREFIX": database_prefix,
        "ELICENCE_WALLET_URL": "https://wallet.example.gov.cn",
        "ELICENCE_TRUST_LIST_URL": "https://trust.example.gov.cn/trust/list",
    }
    command = [
        sys.executable,
        "-m",
        "service.command_line",
        "serve",
        "wallet",
        "--port",
        str(port),
        "--workers",
        "2",
    ]
    with (tmp_path / "log").open("wb") as log:
        process = start_bound(command, environment=environment, log=log.fileno())
    try:
        deadline = time.monotonic() + 60
        while ask(port, "/healthz") != 200:
            assert process.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < deadline, (tmp_path / "log").read_text()
            time.sleep(0.05)
        yield process, port
    finally:
        process.kill()
        process.wait()


def ask(port: int, path: str) -> int | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def children_of(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_until_gone(pids: list[int], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while living := [pid for pid in pids if Path(f"/proc/{pid}").exists()]:
        assert time.monotonic() < deadline, living
        time.sleep(0.05)


def test_it_answers_over_http_and_dresses_for_tls(serving: tuple[subprocess.Popen[bytes], int]) -> None:
    _, port = serving
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/readyz")
    answer = connection.getresponse()
    assert answer.status == 200
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    connection.close()


def test_it_ends_in_order_although_a_client_keeps_its_connection(
    serving: tuple[subprocess.Popen[bytes], int],
) -> None:
    """Input: SIGTERM while a browser holds an idle connection. Verdict: ended within seconds, status 0, no workers."""
    process, port = serving
    workers = children_of(process.pid)
    assert len(workers) >= 2
    with socket.create_connection(("127.0.0.1", port)) as held:
        held.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        held.recv(100)
        process.terminate()
        assert process.wait(15) == 0
    wait_until_gone(workers, 1)


def test_workers_do_not_outlive_their_parent(serving: tuple[subprocess.Popen[bytes], int]) -> None:
    process, port = serving
    workers = children_of(process.pid)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    wait_until_gone(workers, 10)
    assert ask(port, "/healthz") is None


def test_a_worker_that_died_is_replaced(serving: tuple[subprocess.Popen[bytes], int]) -> None:
    process, port = serving
    os.kill(children_of(process.pid)[0], signal.SIGKILL)
    deadline = time.monotonic() + 15
    while len(children_of(process.pid)) < 2 or ask(port, "/readyz") != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
