"""What service tests share beyond the root fixtures: a real identity provider."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from service.demo.people import EVERYBODY


@pytest.fixture(scope="session")
def identity_provider() -> Iterator[str]:
    """Issuer identifier of a running ``oidc-provider-mock`` that knows the people of the demo."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    people = [f"--user-claims={json.dumps(person.oidc_claims())}" for person in EVERYBODY]
    people.append('--user-claims={"sub": "nobody", "name": "无证件"}')
    command = [sys.executable, "-m", "oidc_provider_mock", "-H", "127.0.0.1", "-p", str(port), *people]
    provider = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=Path("/"))
    try:
        _wait_until_listening(port)
        yield f"http://localhost:{port}"
    finally:
        provider.terminate()
        provider.wait(timeout=10)


def _wait_until_listening(port: int) -> None:
    end = monotonic() + 20
    while monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.05)
    raise AssertionError("the identity provider did not start")
