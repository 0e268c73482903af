"""One HTTP connection to an address that was checked, and the few that wait to be used again."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections import deque
from threading import Lock
from time import monotonic
from typing import cast

from service.outbound.deadline import DeadlineSocket
from service.outbound.errors import OutboundAddressError, OutboundNotConnectedError
from service.outbound.resolve import resolve, too_slow
from service.outbound.target import Target, is_public_address
from standards.text import Text

_IDLE_PER_ORIGIN = 16
"""As many as a busy service has threads; more would only wait."""

_IDLE_ORIGINS = 256
_IDLE_SECONDS = 30.0
"""Servers and balancers close what is idle after a minute or so; we do it first."""


class CheckedConnection(http.client.HTTPConnection):
    """Connects to the very address that was judged: the name is resolved once, so it cannot change in between."""

    def __init__(self, target: Target, tls: ssl.SSLContext, deadline: float) -> None:
        super().__init__(target.host, target.port)
        self._target = target
        self._tls = tls
        self._first_deadline = deadline
        self.idle_since = monotonic()
        self.used = False

    def connect(self) -> None:
        """Resolve, judge, connect, and shake hands for https.

        Raises:
            OutboundAddressError: the name leads to an address that is not public.
            OutboundNotConnectedError: no name, no listener, or no valid certificate.
            OutboundTimeoutError: it took too long.
        """
        raw = self._connect_raw()
        try:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._target.scheme == "https":
                raw.settimeout(_left(self._first_deadline))
                raw = self._tls.wrap_socket(raw, server_hostname=self._target.host)
        except TimeoutError as error:
            raw.close()
            raise too_slow() from error
        except (OSError, ssl.SSLError) as error:
            raw.close()
            raise OutboundNotConnectedError(
                "无法与对方建立安全连接。",
                "No secure connection to the other side.",
                where=self._target.origin,
            ) from error
        # http.client only needs what DeadlineSocket offers.
        self.sock = cast("socket.socket", DeadlineSocket(raw, self._first_deadline))

    def renew(self, deadline: float) -> None:
        """Give the next exchange its own deadline."""
        cast("DeadlineSocket", self.sock).renew(deadline)

    def can_be_used_again(self) -> bool:
        """Whether it is open, fresh enough, and the other side has not hung up."""
        return (
            self.sock is not None
            and monotonic() - self.idle_since < _IDLE_SECONDS
            and cast("DeadlineSocket", self.sock).is_idle()
        )

    def _connect_raw(self) -> socket.socket:
        target = self._target
        try:
            found = resolve(target.host, target.port, self._first_deadline)
        except (OSError, UnicodeError) as error:
            raise OutboundNotConnectedError(
                "找不到对方的主机。", "The host is not known.", where=target.origin
            ) from error
        # All must be public: a name with one private address among public ones is an attack, not a convenience.
        if not target.trusted and not all(is_public_address(str(place[4][0])) for place in found):
            raise OutboundAddressError(
                "不能访问内部网络的地址。",
                "Addresses inside a private network are not fetched.",
                where=target.origin,
                next_step=Text(
                    "若确属本单位的服务，请由运维人员加入 ELICENCE_ALLOWED_ORIGINS。",
                    "If it is a service of your own, the operator can add it to ELICENCE_ALLOWED_ORIGINS.",
                ),
            )
        for family, kind, protocol, _, place in found:
            raw = socket.socket(family, kind, protocol)
            try:
                raw.settimeout(_left(self._first_deadline))
                raw.connect(place)
            except TimeoutError as error:
                raw.close()
                raise too_slow() from error
            except OSError:
                raw.close()
            else:
                return raw
        raise OutboundNotConnectedError(
            "无法连接对方的服务。", "Nobody answers at the address.", where=target.origin
        )


class IdleConnections:
    """Connections kept open for the next fetch from the same origin."""

    def __init__(self) -> None:
        self._by_origin: dict[str, deque[CheckedConnection]] = {}
        self._lock = Lock()

    def take(self, target: Target) -> CheckedConnection | None:
        """A usable connection to the target's origin, the most recently used first, or ``None``."""
        while True:
            with self._lock:
                waiting = self._by_origin.get(target.origin)
                if not waiting:
                    return None
                connection = waiting.pop()
            if connection.can_be_used_again():
                return connection
            connection.close()

    def keep(self, target: Target, connection: CheckedConnection) -> None:
        """Put a connection whose answer was read to its end aside; close it when enough are waiting."""
        connection.idle_since = monotonic()
        connection.used = True
        with self._lock:
            if target.origin not in self._by_origin and len(self._by_origin) >= _IDLE_ORIGINS:
                for old in self._by_origin.pop(next(iter(self._by_origin))):
                    old.close()
            waiting = self._by_origin.setdefault(target.origin, deque())
            if len(waiting) < _IDLE_PER_ORIGIN:
                waiting.append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Close all."""
        with self._lock:
            for waiting in self._by_origin.values():
                for connection in waiting:
                    connection.close()
            self._by_origin.clear()


def _left(deadline: float) -> float:
    left = deadline - monotonic()
    if left <= 0:
        raise too_slow()
    return left
