"""Which addresses may be fetched. Parsing and judging only; nothing here opens a connection."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from urllib.parse import urlsplit

from service.outbound.errors import OutboundAddressError
from standards.text import Text

MAX_URL_CHARS = 2048
"""Longer than any address of the protocols, and than what most servers take (RFC 9110 §4.1 asks for 8000 at most)."""

_DEFAULT_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\]", re.ASCII)
_VISIBLE = re.compile(r"[\x21-\x7e]+", re.ASCII)

_CARRIES_IPV4 = tuple(
    (ipaddress.ip_network(network), shift)
    for network, shift in (
        ("64:ff9b::/96", 0),  # NAT64 (RFC 6052 §2.1): IPv4 in the last 32 bits
        ("64:ff9b:1::/48", 0),  # local NAT64 (RFC 8215)
        ("2002::/16", 80),  # 6to4 (RFC 3056 §2): IPv4 after the first 16 bits
        ("::ffff:0:0/96", 0),  # IPv4-mapped (RFC 4291 §2.5.5.2)
        ("::/96", 0),  # IPv4-compatible (RFC 4291 §2.5.5.1)
    )
)


@dataclass(frozen=True, slots=True)
class Target:
    """An address that has the right form. Made only by :func:`parse_target`."""

    scheme: str
    host: str
    """Lower case; an IPv6 literal without brackets."""
    port: int
    request_path: str
    """Path and query as they go into the request line."""
    trusted: bool
    """The origin is one of the allowed ones, so it may be private and without TLS."""

    @property
    def origin(self) -> str:
        """RFC 6454 serialisation; the default port is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + (
            "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        )


def parse_target(url: str, allowed_origins: AbstractSet[str]) -> Target:
    """Read an untrusted address.

    Args:
        url: absolute; a fragment is dropped.
        allowed_origins: exact origins (lower case, default port left out) that need be neither https nor public.

    Raises:
        OutboundAddressError: not http(s), a user name, a strange character, http to a foreign origin, a port of
            another protocol.
    """
    if len(url) > MAX_URL_CHARS or not _VISIBLE.fullmatch(url) or "\\" in url:
        raise _refused(
            "地址过长或含有不允许的字符", "The address is too long or holds characters that it must not hold"
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _refused("地址格式不正确", "The address is not well-formed") from error
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS:
        raise _refused("只能访问 https 地址", "Only https addresses are fetched")
    if "@" in parts.netloc:
        raise _refused("地址中不得含有用户名", "The address must not hold a user name")
    # Read the host from netloc, not .hostname: that one accepts brackets in odd places.
    host = parts.netloc.lower() if port is None else parts.netloc.lower().rpartition(":")[0]
    if not _HOST.fullmatch(host) or ".." in host:
        raise _refused("地址中的主机名不正确", "The host in the address is not well-formed")
    path = parts.path or "/"
    target = Target(
        scheme=scheme,
        host=host.strip("[]"),
        port=port if port is not None else _DEFAULT_PORTS[scheme],
        request_path=f"{path}?{parts.query}" if parts.query else path,
        trusted=False,
    )
    if target.origin in allowed_origins:
        return Target(target.scheme, target.host, target.port, target.request_path, trusted=True)
    if scheme != "https":
        raise _refused("只能访问 https 地址", "Only https addresses are fetched")
    if target.port != 443 and target.port < 1024:
        # Ports of other protocols: a TLS request there could be read as something else.
        raise _refused("不能访问该端口", "This port is not fetched from")
    return target


def is_public_address(address: str) -> bool:
    """Whether an IP address belongs to the open internet.

    Private, loopback, link-local (cloud metadata), multicast, reserved and documentation ranges are not public
    (IANA special-purpose registries); neither is an IPv6 address that carries such an IPv4 address.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        for network, shift in _CARRIES_IPV4:
            if ip in network:
                return _is_open(ipaddress.IPv4Address((int(ip) >> shift) & 0xFFFF_FFFF))
    return _is_open(ip)


def _is_open(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not ip.is_unspecified


def _refused(zh: str, en: str) -> OutboundAddressError:
    return OutboundAddressError(
        f"{zh}。",
        f"{en}.",
        next_step=Text("请向提供该地址的一方核实。", "Ask whoever gave this address to correct it."),
    )
