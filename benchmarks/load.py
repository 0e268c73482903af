"""A small HTTP/1.1 load: many kept connections, one thread, the same request again and again.

One thread with a selector costs far less than a thread for each connection, so that on two cores the load does not
take from the service what is to be measured.
"""

from __future__ import annotations

import selectors
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


@dataclass(frozen=True, slots=True)
class Load:
    """What came back.

    Attributes:
        rate: answers a second.
        milliseconds: time of each answer, sorted.
        failures: answers with another status than 200.
    """

    rate: float
    milliseconds: Sequence[float]
    failures: int

    def percentile(self, percent: float) -> float:
        """Time within which so many of a hundred answers came, in milliseconds."""
        return self.milliseconds[min(len(self.milliseconds) - 1, int(len(self.milliseconds) * percent / 100))]


def post_request(host: str, path: str, body: bytes, **headers: str) -> bytes:
    """The bytes of a POST; names of ``headers`` are written with ``-`` for ``_``."""
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("ascii") + _HEAD_END + body


def drive(address: tuple[str, int], request: bytes, *, connections: int, seconds: float) -> Load:
    """Send ``request`` over ``connections`` kept connections for ``seconds``, each as soon as its answer is there."""
    selector = selectors.DefaultSelector()
    open_connections = [_Connection(address, request) for _ in range(connections)]
    for connection in open_connections:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send()
    times: list[float] = []
    failures = 0
    started = perf_counter()
    while perf_counter() - started < seconds:
        for key, _ in selector.select(timeout=5):
            connection = key.data
            answered = connection.receive()
            if answered is None:
                continue
            times.append(perf_counter() - connection.sent_at)
            failures += answered != 200
            connection.send()
    elapsed = perf_counter() - started
    for connection in open_connections:
        connection.socket.close()
    selector.close()
    return Load(len(times) / elapsed, [1000 * time for time in sorted(times)], failures)


class _Connection:
    """One kept connection with one request under way."""

    def __init__(self, address: tuple[str, int], request: bytes) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent_at = 0.0
        self._request = request
        self._received = b""
        self._length = -1

    def send(self) -> None:
        self._received, self._length = b"", -1
        self.sent_at = perf_counter()
        self.socket.sendall(self._request)

    def receive(self) -> int | None:
        """The status of an answer that is complete, else ``None``."""
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError("the service hung up")
        self._received += part
        if self._length < 0:
            head, found, _ = self._received.partition(_HEAD_END)
            if not found:
                return None
            _, _, rest = head.lower().partition(_LENGTH)
            self._length = len(head) + len(_HEAD_END) + int(rest.partition(b"\r\n")[0])
        return int(self._received[9:12]) if len(self._received) >= self._length else None
