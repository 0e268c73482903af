"""The master key changes while people use the node: from a file into a hardware module, and nobody notices."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from keys.master_key import MasterKey
from keys.pkcs11 import TokenAddress, is_token_address
from service.demo.journey.errors import JourneyError
from service.demo.journey.visitor import Visitor
from tests.support.running_node import RunningNode
from tests.support.soft_token import SOFT_TOKEN, the_soft_token

pytestmark = [
    pytest.mark.flow,
    pytest.mark.skipif(SOFT_TOKEN is None, reason="SoftHSM2 is not installed (package softhsm2)"),
]


class Caller(threading.Thread):
    """Asks one thing again and again, and keeps what was not answered as it should be."""

    def __init__(self, visitor: Visitor, path: str) -> None:
        super().__init__()
        self._visitor, self._path, self._over = visitor, path, threading.Event()
        self.asked = 0
        self.wrong: list[str] = []

    def run(self) -> None:
        while not self._over.wait(0.05):
            try:
                self._visitor.get_json(self._path)
            except JourneyError as error:
                self.wrong.append(str(error))
            self.asked += 1

    def stop(self) -> None:
        self._over.set()
        self.join()


@pytest.fixture
def token() -> TokenAddress:
    return the_soft_token()


@pytest.fixture
def node(tmp_path: Path, token: TokenAddress) -> Iterator[RunningNode]:
    """Its processes find the token: it was made before they start."""
    node = RunningNode(tmp_path / "node")
    try:
        yield node.wait_until_ready()
    finally:
        node.kill_everything()


def test_the_key_moves_into_a_module_while_everybody_is_served(
    node: RunningNode, token: TokenAddress
) -> None:
    """Input: somebody looks at the wallet and a department's system at the issuer all the while; the key is prepared,
    begun in a token of SoftHSM2, everything is sealed anew.

    Verdict: no request fails, nobody is signed out, the journey works, and what wraps the wallets' keys is the token.
    """
    file = node.data / "master.key"
    before = MasterKey.load(file).key_id
    journey = ("demo", "--port-base", str(node.port_base), "--data", str(node.data))
    assert node.run(*journey).returncode == 0
    person, system = node.person("zhang-xiaoming"), node.department("issuer")
    callers = [Caller(person, "/api/v1/credentials"), Caller(system, "/api/v1/types")]
    for caller in callers:
        caller.start()
    try:
        begun = node.run("master-key", "begin", "--token", token.to_uri(), "--data", str(node.data))
        assert begun.returncode == 0, begun.stdout + begun.stderr
        for service in ("issuer", "wallet", "verifier"):
            sealed = node.run(service, "reseal", "--data", str(node.data))
            assert sealed.returncode == 0, sealed.stdout + sealed.stderr
    finally:
        for caller in callers:
            caller.stop()
    assert [caller.wrong for caller in callers] == [[], []]
    assert min(caller.asked for caller in callers) > 20
    assert is_token_address(file.read_bytes())
    assert MasterKey.load(file).key_ids[1:] == (before,)
    assert node.run(*journey).returncode == 0
    again = node.run("wallet", "reseal", "--data", str(node.data))
    assert again.returncode == 0, again.stderr
    assert "尚余" not in again.stdout, "nothing of the wallets needs the key before"
