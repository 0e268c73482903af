"""Registers of holders: this node's own library, and another department's service by HTTP."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from issuer.catalogue.examples import example_body
from issuer.library.licence import Holder, local_day
from issuer.node import IssuerNode
from issuer.sources.registers import HolderRegisters, RegisterUnavailableError
from issuer.sources.registers.connect import connect_registers
from issuer.sources.registers.holder_registers import BATCH
from issuer.sources.registers.library_register import RESIDENT_IDENTITY_CARD
from service.outbound import Outbound
from service.settings import Settings
from standards.licence_types import load_catalogue
from tests.service.issuer.conftest import MARKET, System
from tests.support.answering_server import AnsweringServer
from tests.support.clock import START

BUSINESS = "11100000MB0143028R001"
UNKNOWN = "990101196607150047"
PASSPORT = Holder("Doe", "414", "X1234567")


def connected(node: IssuerNode, **settings: Any) -> HolderRegisters:
    known: Settings = replace(node.settings, **settings)
    origins = {url.rpartition("/")[0] for url in settings.values() if str(url).startswith("http")}
    return connect_registers(
        known, node.database, node.master_key.lookup_key(), Outbound(frozenset(origins), timeout_seconds=2)
    )


def test_no_register_is_connected_unless_somebody_says_so(node: IssuerNode) -> None:
    assert node.registers.code_types == frozenset()
    assert node.registers.missing([Holder("x", "111", UNKNOWN)]) == frozenset()


def test_the_library_is_a_register(node: IssuerNode, market: System, police: System) -> None:
    """An identity card and a business licence in the library; asked for their holders, for others, for a passport."""
    today = local_day(START)
    card = example_body(load_catalogue().by_code(RESIDENT_IDENTITY_CARD), today)
    shop = example_body(load_catalogue().by_code(BUSINESS), today)
    assert police.post("/api/v1/licences", card).status_code == 201
    assert market.post("/api/v1/licences", shop).status_code == 201
    registers = connected(node, population_register="library", entity_register="library")
    person, entity = (
        Holder(one["holders"][0]["name"], one["holders"][0]["code_type"], one["holders"][0]["number"])
        for one in (card, shop)
    )
    stranger = Holder("陌生", "111", UNKNOWN)
    other = Holder("别家", "001", MARKET.uscc)
    missing = registers.missing([person, stranger, entity, other, PASSPORT, stranger])
    assert missing == {("111", UNKNOWN), ("001", MARKET.uscc)}


Answer = Callable[[dict[str, Any]], tuple[str, bytes]]


@pytest.fixture
def register() -> Iterator[tuple[AnsweringServer, list[Answer]]]:
    answers: list[Answer] = []

    def serve(connection: socket.socket) -> None:
        request = server.read_request(connection)
        if request:
            _, _, content = request.partition(b"\r\n\r\n")
            status, body = answers[0](orjson.loads(content))
            connection.sendall(
                f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
                + body
            )

    server = AnsweringServer(serve)
    yield server, answers
    server.close()


def test_a_register_is_asked_in_batches_with_its_token(
    node: IssuerNode, register: tuple[AnsweringServer, list[Answer]], tmp_path: Path
) -> None:
    server, answers = register
    sizes: list[int] = []

    def answer(asked: dict[str, Any]) -> tuple[str, bytes]:
        sizes.append(len(asked["numbers"]))
        assert asked["code_type"] == "111"
        known = [number for number in asked["numbers"] if not number.endswith("7")]
        return "200 OK", orjson.dumps({"known": [*known, "not asked for"]})

    answers.append(answer)
    token = tmp_path / "token"
    token.write_text("secret-token\n")
    registers = connected(node, population_register=f"{server.origin}/register", register_token_file=token)
    holders = [Holder("x", "111", f"99010119{number:010}") for number in range(BATCH + 20)]
    missing = registers.missing(holders)
    assert sorted(sizes) == [20, BATCH]
    assert {number for _, number in missing} == {one.number for one in holders if one.number.endswith("7")}
    assert all(b"Authorization: Bearer secret-token" in request for request in server.requests)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("503 Service Unavailable", b"{}"),
        ("200 OK", b"not json"),
        ("200 OK", b"{}"),
        ("200 OK", b'{"known": "all"}'),
        ("200 OK", b'{"known": [1]}'),
        ("302 Found", b""),
    ],
)
def test_nobody_is_missing_because_a_register_does_not_answer(
    node: IssuerNode, register: tuple[AnsweringServer, list[Answer]], status: str, body: bytes
) -> None:
    server, answers = register
    answers.append(lambda _: (status, body))
    registers = connected(node, population_register=f"{server.origin}/register")
    with pytest.raises(RegisterUnavailableError):
        registers.missing([Holder("x", "111", UNKNOWN)])


def test_a_register_on_a_private_address_is_asked_only_where_the_operator_allowed_it(
    node: IssuerNode, register: tuple[AnsweringServer, list[Answer]]
) -> None:
    server, answers = register
    answers.append(lambda _: ("200 OK", b'{"known": []}'))
    registers = connect_registers(
        replace(node.settings, population_register=f"{server.origin}/register"),
        node.database,
        node.master_key.lookup_key(),
        Outbound(frozenset()),
    )
    with pytest.raises(RegisterUnavailableError):
        registers.missing([Holder("x", "111", UNKNOWN)])
    assert server.requests == []
