from __future__ import annotations

from typing import Any

import pytest

from issuer.chain.seal_events import ChainSealer
from issuer.node import IssuerNode, record_seal
from tests.service.issuer.conftest import POLICE, System
from tests.support.clock import START

LICENCES = "/api/v1/licences"


@pytest.fixture
def authority(node: IssuerNode) -> str:
    """The police, whose library and chain begin empty for each test."""
    for collection in ("licences", "licence_blocks"):
        node.database[collection].delete_many({"authority": POLICE.uscc})
    return POLICE.uscc


@pytest.fixture
def sealer(node: IssuerNode, authority: str) -> ChainSealer:
    return new_sealer(node)


def new_sealer(node: IssuerNode) -> ChainSealer:
    """A sealer that remembers nothing, as after a restart."""
    return ChainSealer(node.blocks, record_seal(node.master_key))


class Clerk:
    """Enters licences of the police and does things to them."""

    def __init__(self, system: System, body: dict[str, Any]) -> None:
        self._system = system
        self._body = body

    def enter(self, count: int = 1) -> list[str]:
        """Identifiers of new licences."""
        return [self._system.post(LICENCES, self._body).get_json()["identifier"] for _ in range(count)]

    def do(self, identifier: str, operation: str, **members: Any) -> dict[str, Any]:
        """The answer to an operation that is carried out."""
        body = {"operation": operation, "reason": "因故", **members}
        answer = self._system.post(f"{LICENCES}/{identifier}/events", body)
        assert answer.status_code == 201, answer.get_json()
        value: dict[str, Any] = answer.get_json()
        return value


@pytest.fixture
def clerk(police: System, driving: dict[str, Any], authority: str) -> Clerk:
    return Clerk(police, driving)


def entries(node: IssuerNode, authority: str) -> list[tuple[str, int]]:
    """Identifier and number of every event in the chain, in its order."""
    return [
        (entry.identifier, entry.number) for block in node.blocks.blocks(authority) for entry in block.entries
    ]


def events(node: IssuerNode, authority: str) -> list[tuple[str, int]]:
    """Identifier and number of every event in the library."""
    return [
        (row["_id"], event["number"])
        for row in node.database["licences"].find({"authority": authority})
        for event in row["events"]
    ]


__all__ = ["START", "Clerk", "entries", "events", "new_sealer"]
