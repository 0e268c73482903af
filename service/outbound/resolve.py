"""Finding the addresses of a host within a deadline.

The system's resolver has limits of its own, up to half a minute where a machine has lost its network. It cannot be
interrupted, so it works in a thread of its own, and whoever waited too long goes on without it.
"""

from __future__ import annotations

import ipaddress
import socket
from threading import BoundedSemaphore, Event, Thread
from time import monotonic
from typing import Any, Final

from service.outbound.errors import OutboundTimeoutError
from standards.text import Text

MOST_AT_ONCE: Final = 32
"""Lookups that the system has not answered yet; whoever comes further waits for one of them until his own deadline."""

Places = list[tuple[Any, ...]]
"""As :func:`socket.getaddrinfo` answers."""

_running = BoundedSemaphore(MOST_AT_ONCE)


def resolve(host: str, port: int, deadline: float) -> Places:
    """The addresses of a host.

    Args:
        host: name or address.
        port: TCP port.
        deadline: instant of :func:`time.monotonic`, in seconds.

    Raises:
        OSError, UnicodeError: the name is not known, or none.
        OutboundTimeoutError: the system did not answer in time.
    """
    if host == "localhost" or _is_address(host):
        return _look_up(host, port)
    if not _running.acquire(timeout=max(0.0, deadline - monotonic())):
        raise too_slow()
    lookup = _Lookup(host, port)
    Thread(target=lookup.run, name="resolve", daemon=True).start()
    if not lookup.done.wait(max(0.0, deadline - monotonic())):
        raise too_slow()
    if lookup.failure is not None:
        raise lookup.failure
    return lookup.found


class _Lookup:
    """One question to the system's resolver."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self.done = Event()
        self.found: Places = []
        self.failure: Exception | None = None

    def run(self) -> None:
        try:
            self.found = _look_up(self._host, self._port)
        except Exception as failure:  # noqa: BLE001 -- handed to whoever waits
            self.failure = failure
        finally:
            _running.release()
            self.done.set()


def _look_up(host: str, port: int) -> Places:
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def too_slow() -> OutboundTimeoutError:
    """The deadline has passed."""
    return OutboundTimeoutError(
        "对方应答超时。",
        "The other side took too long.",
        next_step=Text("请稍后重试。", "Try again later."),
    )
