"""Only this machine can be reached from a test."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

LOOPBACK = ["127.0.0.1", "::1"]

_resolve = socket.getaddrinfo


def resolve_only_loopback(host: Any, *arguments: Any, **options: Any) -> Any:
    """``socket.getaddrinfo`` that knows ``localhost`` and addresses, and asks no name server."""
    name = host.decode() if isinstance(host, bytes) else host
    if name not in (None, "localhost"):
        try:
            ipaddress.ip_address(name.partition("%")[0])
        except ValueError:
            try:
                socket.inet_aton(name)  # the odd spellings of an IPv4 address that the C library takes
            except OSError:
                raise socket.gaierror(socket.EAI_NONAME, "no name server in tests") from None
    return _resolve(host, *arguments, **options)
