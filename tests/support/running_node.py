"""A whole node in real processes, as `elicence up` makes it, for tests that drive it from outside."""

from __future__ import annotations

import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from service.clock import SystemClock
from service.demo.journey.visitor import Visitor
from service.node_record import read_node_record
from service.processes.bound import start_bound

PARTS = ("issuer", "wallet", "verifier", "identity")


class RunningNode:
    """Starts `elicence up` and waits until it says that it is ready."""

    def __init__(self, data: Path, *arguments: str, port_base: int | None = None) -> None:
        self.data = data
        self.port_base = port_base or free_port_base()
        self.output = data.with_name(f"{data.name}.up.log")
        # A later start on the same data directory writes on; only what this one says counts.
        self._said_before = self.output.stat().st_size if self.output.exists() else 0
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("ELICENCE_", "COV_", "PYTEST_"))
        }
        given = os.environ.get("ELICENCE_TEST_STORE_URI")
        if given:
            environment["ELICENCE_STORE_URI"] = given
            environment["ELICENCE_DATABASE_PREFIX"] = f"test_{self.port_base}"
        command = [sys.executable, "-m", "service.command_line", "up", "--data", str(data)]
        command += ["--port-base", str(self.port_base), *arguments]
        with self.output.open("ab") as output:
            self.process = start_bound(command, environment=environment, log=output.fileno())

    def wait_until_ready(self, seconds: float = 120) -> RunningNode:
        deadline = time.monotonic() + seconds
        while "ready in" not in self.said():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill_everything()
                raise AssertionError(f"the node did not start:\n{self.said()}")
            time.sleep(0.05)
        return self

    def said(self) -> str:
        """What `elicence up` printed so far."""
        return self.output.read_bytes()[self._said_before :].decode("utf-8")

    def url(self, part: str) -> str:
        return f"http://localhost:{self.port_base + 1 + PARTS.index(part)}"

    def token(self, service: str, authority: str | None = None) -> str:
        """A bearer token, as `elicence token` makes it."""
        from keys.master_key import MasterKey
        from service.api_tokens import mint

        uscc = authority or read_node_record(self.data)["first_authority"][service]
        return mint(
            MasterKey.load(self.data / "master.key"), service, uscc, at=SystemClock().now(), system="test"
        )

    def department(self, service: str, authority: str | None = None) -> Visitor:
        """A department's system at the issuer or the verifier."""
        return Visitor(self.url(service), bearer=self.token(service, authority))

    def person(self, subject: str, service: str = "wallet") -> Visitor:
        """A person signed in at a service through the identity provider; at the wallet ready for its API."""
        visitor = Visitor(self.url(service))
        after = "/api/v1/session" if service == "wallet" else "/"
        page = visitor.submit(visitor.follow(f"/sign-in?next={after}"), {"sub": subject})
        if service == "wallet":
            visitor.carry("X-CSRF-Token", page.json()["csrf_token"])
        visitor.carry("Origin", visitor.origin)
        return visitor

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run an `elicence` command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "service.command_line", *arguments],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def processes(self) -> dict[int, str]:
        """Every living process that belongs to this node, by its environment or its arguments: pid → command line."""
        mark = str(self.data).encode()
        found = {}
        for place in Path("/proc").glob("[0-9]*"):
            try:
                state = (place / "stat").read_text().rpartition(")")[2].split()[0]
                words = (place / "cmdline").read_bytes()
                belongs = mark in words or mark in (place / "environ").read_bytes()
            except OSError:
                continue
            if belongs and state != "Z" and int(place.name) != os.getpid():
                found[int(place.name)] = words.replace(b"\0", b" ").decode("utf-8", "replace")
        return found

    def wait_until_gone(self, seconds: float = 20) -> None:
        """Fails when a process of the node lives longer than that."""
        deadline = time.monotonic() + seconds
        while left := self.processes():
            assert time.monotonic() < deadline, f"left behind: {left}"
            time.sleep(0.05)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal to the supervisor and wait for its end."""
        self.process.send_signal(number)
        return self.process.wait(30)

    def kill_everything(self) -> None:
        """`kill -9` to every process of the node at once."""
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait(10)
        self.wait_until_gone()

    def facts(self) -> dict[str, Any]:
        """What the node remembers about itself."""
        return read_node_record(self.data)


def _port_bases() -> Iterator[int]:
    """Bases that no other test process chooses: each takes a share of its own, and goes on instead of starting over.

    All below the range that the kernel gives to outgoing connections.
    """
    name, count = (
        os.environ.get("PYTEST_XDIST_WORKER", "gw0"),
        os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"),
    )
    share = 8_000 // max(int(count), 1) // 10 * 10
    start = 12_000 + int(name.removeprefix("gw")) * share
    first = os.getpid() % (share // 10)
    yield from itertools.cycle(start + (first + step) % (share // 10) * 10 for step in range(share // 10))


_BASES = _port_bases()


def free_port_base() -> int:
    """Five free ports in a row, that no other test process and no other node of this one was given lately."""
    for base in itertools.islice(_BASES, 800):
        if all(_is_free(base + offset) for offset in range(1, 6)):
            return base
    raise AssertionError("no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def seconds_of(output: str) -> list[int]:
    """The times, in milliseconds, that the journey prints."""
    return [int(number) for number in re.findall(r"(\d+) ms", output)]
