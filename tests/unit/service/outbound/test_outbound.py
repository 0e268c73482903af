from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from service.outbound import (
    Outbound,
    OutboundAddressError,
    OutboundAnswerError,
    OutboundRedirectError,
    OutboundTimeoutError,
    OutboundTooLargeError,
    OutboundUnreachableError,
)
from tests.support.answering_server import AnsweringServer

Start = Callable[..., AnsweringServer]


@pytest.fixture
def answering() -> Iterator[Start]:
    """Start a server that answers every request on a connection with the given bytes."""
    with ExitStack() as stack:

        def start(answer: bytes, *, hang_up: bool = False) -> AnsweringServer:
            def serve(connection: socket.socket) -> None:
                while server.read_request(connection):
                    connection.sendall(answer)
                    if hang_up:
                        return

            server = AnsweringServer(serve)
            stack.callback(server.close)
            return server

        yield start


def reach(server: AnsweringServer, **options: float) -> Outbound:
    return Outbound(frozenset({server.origin}), **options)


OK = b'HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 7\r\n\r\n{"a":1}'


def test_get_brings_status_headers_and_content(answering: Start) -> None:
    server = answering(OK)
    response = reach(server).get(server.origin + "/x?y=z")
    assert (response.status, response.media_type, response.json()) == (200, "application/json", {"a": 1})
    assert server.requests[0].startswith(b"GET /x?y=z HTTP/1.1\r\n")
    assert b"Accept-Encoding: identity" in server.requests[0]


def test_connections_are_used_again(answering: Start) -> None:
    server = answering(OK)
    outbound = reach(server)
    for _ in range(5):
        outbound.get(server.origin)
        outbound.post_form(server.origin, {"a": "b"})
        outbound.post_json(server.origin, {"a": "b"})
    assert server.connections == 1
    assert server.requests[1].endswith(b"\r\n\r\na=b")
    assert server.requests[2].endswith(b'\r\n\r\n{"a":"b"}')
    outbound.close()


def test_a_connection_that_the_server_closed_meanwhile_is_not_used(answering: Start) -> None:
    server = answering(OK, hang_up=True)
    outbound = reach(server)
    for _ in range(3):
        outbound.post_json(server.origin, None)
        time.sleep(0.02)
    assert len(server.requests) == 3


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_refused_and_not_followed(answering: Start, status: int) -> None:
    """Input: an allowed origin answers with a redirect to loopback. Verdict: refused, nothing further is fetched."""
    inner = answering(OK)
    server = answering(
        b"HTTP/1.1 %d X\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % (status, inner.origin.encode())
    )
    with pytest.raises(OutboundRedirectError):
        reach(server).get(server.origin)
    assert inner.connections == 0


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/",
        "https://localhost:8443/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::1]/",
    ],
)
def test_a_private_address_is_refused_before_anything_is_sent(address: str) -> None:
    """Input: https to loopback, spelled in several ways. Verdict: refused without a connection."""
    with pytest.raises(OutboundAddressError):
        Outbound(frozenset()).get(address)


def test_a_name_with_one_private_address_among_public_ones_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Input: a name that resolves to 93.184.215.14 and 127.0.0.1 (DNS rebinding). Verdict: refused."""
    places = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("93.184.215.14", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: places)
    with pytest.raises(OutboundAddressError):
        Outbound(frozenset()).get("https://rebinding.example/")


def test_the_name_is_resolved_once_so_it_cannot_change_after_the_check(
    answering: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Input: a resolver that would answer differently the second time. Verdict: it is asked once per connection."""
    server = answering(OK)
    asked: list[str] = []

    def resolve(host: str, port: int, **_: object) -> list[object]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    Outbound(frozenset({f"http://name.example:{server.port}"})).get(f"http://name.example:{server.port}/")
    assert asked == ["name.example"]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + (b"400\r\n" + b"x" * 1024 + b"\r\n") * 5
        + b"0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 5000,
    ],
)
def test_a_large_answer_is_refused_however_it_is_framed(answering: Start, answer: bytes) -> None:
    server = answering(answer, hang_up=True)
    with pytest.raises(OutboundTooLargeError):
        reach(server).get(server.origin, max_bytes=4096)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n800\r\n" + b"x" * 2048 + b"\r\n0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 2048,
    ],
)
def test_an_answer_of_exactly_the_allowed_size_passes(answering: Start, answer: bytes) -> None:
    server = answering(answer, hang_up=True)
    assert len(reach(server).get(server.origin, max_bytes=2048).body) == 2048


def test_a_slow_sender_is_cut_off_at_the_deadline(answering: Start) -> None:
    """Input: one header byte each 50 ms, for ever. Verdict: the whole exchange ends at its deadline, not each read."""

    def serve(connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while True:
            connection.sendall(b"y")
            time.sleep(0.05)

    server = AnsweringServer(serve)
    started = time.monotonic()
    with pytest.raises(OutboundTimeoutError):
        reach(server, timeout_seconds=0.4).get(server.origin)
    assert time.monotonic() - started < 2
    server.close()


@pytest.mark.parametrize(
    "answer",
    [b"SSH-2.0-OpenSSH_9\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n"],
)
def test_what_is_not_http_is_said_to_be_so(answering: Start, answer: bytes) -> None:
    server = answering(answer, hang_up=True)
    with pytest.raises(OutboundAnswerError):
        reach(server).get(server.origin)


def test_compressed_content_is_refused(answering: Start) -> None:
    server = answering(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx")
    with pytest.raises(OutboundAnswerError):
        reach(server).get(server.origin)


def test_an_answer_that_breaks_off_is_not_taken_for_whole(answering: Start) -> None:
    server = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", hang_up=True)
    with pytest.raises(OutboundUnreachableError):
        reach(server).get(server.origin)


def test_nobody_there_and_no_such_name() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
    for url in (origin, "https://no-such-name.example/"):
        with pytest.raises(OutboundUnreachableError):
            Outbound(frozenset({origin})).get(url)


def test_proxies_in_the_environment_are_not_used(answering: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy, server = answering(OK), answering(OK)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.origin)
    reach(server).get(server.origin)
    assert proxy.connections == 0


def test_content_that_is_not_json_is_said_to_be_so(answering: Start) -> None:
    server = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nNaN")
    with pytest.raises(OutboundAnswerError):
        reach(server).get(server.origin).json()
