"""A whole node for a browser: ``elicence up`` in a fresh directory, as an operator starts it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import requests

from tests.browser.readers import NodeAddresses

_START_SECONDS = 120


@contextmanager
def own_node(port_base: int) -> Iterator[NodeAddresses]:
    """Start a node with demo data, wait until its three services are ready, and end it afterwards.

    Args:
        port_base: the services listen on this port + 1, 2, 3, the identity provider on + 4.

    Raises:
        RuntimeError: it ended or did not become ready; the message holds the end of its output.
    """
    addresses = NodeAddresses.on(port_base)
    with tempfile.TemporaryDirectory(prefix="elicence-node-") as directory:
        output = Path(directory) / "output.txt"
        command = [sys.executable, "-m", "service.command_line", "up"]
        command += ["--data", f"{directory}/node", "--port-base", str(port_base)]
        with output.open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait_until_ready(process, addresses, output)
            yield addresses
        finally:
            process.terminate()
            process.wait(timeout=60)


def _wait_until_ready(process: subprocess.Popen[bytes], addresses: NodeAddresses, output: Path) -> None:
    end = monotonic() + _START_SECONDS
    waiting = [addresses.issuer, addresses.wallet, addresses.verifier]
    while waiting:
        if process.poll() is not None or monotonic() > end:
            raise RuntimeError(
                f"the node did not become ready:\n{output.read_text(errors='replace')[-4000:]}"
            )
        waiting = [address for address in waiting if not _is_ready(address)]
        sleep(0.2)
    # Seeding ends before the node says that it is ready, and that comes after the services answer.
    while "Ctrl-C" not in output.read_text(errors="replace"):
        if process.poll() is not None or monotonic() > end:
            raise RuntimeError(
                f"the node did not become ready:\n{output.read_text(errors='replace')[-4000:]}"
            )
        sleep(0.2)


def _is_ready(address: str) -> bool:
    try:
        return requests.get(f"{address}/readyz", timeout=5).status_code == 200
    except requests.RequestException:
        return False
