"""Names are looked up within the deadline, whatever the system's resolver does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest

from service.outbound import Outbound, OutboundTimeoutError, OutboundUnreachableError
from service.outbound import resolve as module
from service.outbound.resolve import MOST_AT_ONCE, resolve


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """The resolver of a machine without a network."""
    back = threading.Event()

    def look_up(host: str, port: int) -> Any:
        assert back.wait(30)
        raise socket.gaierror(socket.EAI_AGAIN, "no network")

    monkeypatch.setattr(module, "_look_up", look_up)
    yield back
    back.set()
    for thread in threading.enumerate():
        if thread.name == "resolve":
            thread.join(30)


def test_a_stuck_resolver_does_not_hold_up_the_caller(stuck: threading.Event) -> None:
    with pytest.raises(OutboundTimeoutError):
        resolve("licences.example", 443, monotonic() + 0.01)
    assert not stuck.is_set()


def test_no_more_threads_than_allowed_wait_for_it(stuck: threading.Event) -> None:
    for _ in range(MOST_AT_ONCE + 3):
        with pytest.raises(OutboundTimeoutError):
            resolve("licences.example", 443, monotonic() + 0.01)
    assert sum(thread.name == "resolve" for thread in threading.enumerate()) == MOST_AT_ONCE


def test_addresses_need_no_resolver() -> None:
    assert resolve("127.0.0.1", 80, monotonic())[0][4][:2] == ("127.0.0.1", 80)
    assert resolve("::1", 80, monotonic())[0][4][:2] == ("::1", 80)


def test_a_name_that_is_none_is_told_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(host: str, port: int) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(module, "_look_up", look_up)
    with pytest.raises(OutboundUnreachableError):
        Outbound(frozenset()).get("https://no-such-host.example/")


def test_what_goes_wrong_reaches_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(host: str, port: int) -> Any:
        raise UnicodeError("label too long")

    monkeypatch.setattr(module, "_look_up", look_up)
    with pytest.raises(UnicodeError):
        resolve("licences.example", 443, monotonic() + 5)
