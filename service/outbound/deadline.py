"""A socket on which the whole exchange, not each read, has a time limit.

A socket's own timeout starts anew with every byte, so that a slow sender could hold a thread for hours. Before each
read and write, this wrapper sets the timeout to what is left until the deadline.
"""

from __future__ import annotations

import io
import socket
import ssl
from time import monotonic
from typing import Any


class DeadlineSocket:
    """The part of a socket that :mod:`http.client` uses, with a deadline.

    Raises ``TimeoutError`` from any read or write past the deadline.
    """

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        """``deadline`` is an instant of :func:`time.monotonic`, in seconds."""
        self._sock = sock
        self._deadline = deadline
        self._readers = 0
        self._closed = False

    def renew(self, deadline: float) -> None:
        """Set a new deadline, for the next exchange on the same connection."""
        self._deadline = deadline

    def is_idle(self) -> bool:
        """Whether the other side has sent nothing, not even its farewell, since the last exchange."""
        try:
            self._sock.setblocking(False)
            return not self._peek()
        except (BlockingIOError, InterruptedError):
            return True
        except OSError:
            return False

    def _peek(self) -> bool:
        if isinstance(self._sock, ssl.SSLSocket):
            # TLS cannot be peeked at; something pending, or an end, both make the connection unusable.
            try:
                self._sock.read(1)
            except ssl.SSLWantReadError:
                return False
            return True
        self._sock.recv(1, socket.MSG_PEEK)
        return True

    def sendall(self, data: Any) -> None:
        """Send everything before the deadline."""
        self._arm()
        self._sock.sendall(data)

    def makefile(self, _mode: str, _buffering: int | None = None) -> io.BufferedReader:
        """A reader whose every read obeys the deadline; the socket closes when the last reader does."""
        self._readers += 1
        return io.BufferedReader(_DeadlineReader(self), 65536)

    def close(self) -> None:
        """Close once no reader is left: an answer without a length is read after the connection was given up."""
        self._closed = True
        if self._readers == 0:
            self._sock.close()

    def read_into(self, buffer: Any) -> int:
        """One read of the socket."""
        self._arm()
        return self._sock.recv_into(buffer)

    def reader_closed(self) -> None:
        """A reader made by :meth:`makefile` was closed."""
        self._readers -= 1
        if self._closed and self._readers == 0:
            self._sock.close()

    def _arm(self) -> None:
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)


class _DeadlineReader(io.RawIOBase):
    def __init__(self, owner: DeadlineSocket) -> None:
        self._owner = owner

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        return self._owner.read_into(buffer)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._owner.reader_closed()
