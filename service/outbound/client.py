"""The one way in which this project fetches: bounded in place, time and size."""

from __future__ import annotations

import ssl
import weakref
from collections.abc import Mapping
from time import monotonic
from typing import Any
from urllib.parse import urlencode

import orjson

from service.outbound.connection import CheckedConnection, IdleConnections
from service.outbound.errors import OutboundUnreachableError
from service.outbound.exchange import Exchange
from service.outbound.response import OutboundResponse
from service.outbound.target import parse_target

DEFAULT_MAX_BYTES = 1024 * 1024
"""Enough for every message of the protocols except a large status list, whose reader says how much it takes."""

DEFAULT_TIMEOUT_SECONDS = 10.0
"""A person is waiting."""


class Outbound:
    """Fetches by https from public addresses, and from the exact origins the operator allowed. Safe for threads.

    Redirects are refused, cookies and credentials are never sent, proxies in the environment are not used, content
    is not decompressed, and one deadline covers connection, handshake, header and content. Resolving the
    name is part of it.
    """

    def __init__(
        self,
        allowed_origins: frozenset[str],
        *,
        timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Make a client.

        Args:
            allowed_origins: see :attr:`service.settings.Settings.allowed_origins`.
            timeout_seconds: for one whole exchange.
            tls: trust in servers; the system's trusted authorities unless given.
        """
        self._allowed = allowed_origins
        self._timeout = timeout_seconds
        self._tls = tls if tls is not None else ssl.create_default_context()
        self._idle = IdleConnections()
        # A client that nobody holds any more takes its open connections with it.
        weakref.finalize(self, self._idle.close)

    def get(
        self,
        url: str,
        *,
        accept: str = "application/json",
        headers: Mapping[str, str] | None = None,
        max_bytes: int = DEFAULT_MAX_BYTES,
        timeout_seconds: float | None = None,
    ) -> OutboundResponse:
        """GET. Any status but a redirect is returned.

        Args:
            url: absolute, untrusted.
            accept: media type wanted.
            headers: further header fields.
            max_bytes: largest content.
            timeout_seconds: for this exchange; the client's own unless given.

        Raises:
            OutboundError: one of its classes, see :mod:`service.outbound.errors`.
        """
        sent = {"Accept": accept, **(headers or {})}
        return self._exchange(
            "GET", url, None, headers=sent, max_bytes=max_bytes, timeout_seconds=timeout_seconds
        )

    def post_form(
        self,
        url: str,
        fields: Mapping[str, str],
        *,
        accept: str = "application/json",
        headers: Mapping[str, str] | None = None,
        max_bytes: int = DEFAULT_MAX_BYTES,
        timeout_seconds: float | None = None,
    ) -> OutboundResponse:
        """POST ``application/x-www-form-urlencoded``; otherwise as :meth:`get`."""
        sent = {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        body = urlencode(fields).encode("ascii")
        return self._exchange(
            "POST", url, body, headers=sent, max_bytes=max_bytes, timeout_seconds=timeout_seconds
        )

    def post(
        self,
        url: str,
        body: bytes,
        *,
        content_type: str,
        accept: str,
        max_bytes: int = DEFAULT_MAX_BYTES,
        timeout_seconds: float | None = None,
    ) -> OutboundResponse:
        """POST bytes of another type; otherwise as :meth:`get`."""
        sent = {"Accept": accept, "Content-Type": content_type}
        return self._exchange(
            "POST", url, body, headers=sent, max_bytes=max_bytes, timeout_seconds=timeout_seconds
        )

    def post_json(
        self,
        url: str,
        value: Any,
        *,
        accept: str = "application/json",
        headers: Mapping[str, str] | None = None,
        max_bytes: int = DEFAULT_MAX_BYTES,
        timeout_seconds: float | None = None,
    ) -> OutboundResponse:
        """POST a value as JSON, or nothing when it is ``None``; otherwise as :meth:`get`."""
        sent = {"Accept": accept, **(headers or {})}
        body = b""
        if value is not None:
            sent["Content-Type"] = "application/json"
            body = orjson.dumps(value)
        return self._exchange(
            "POST", url, body, headers=sent, max_bytes=max_bytes, timeout_seconds=timeout_seconds
        )

    def close(self) -> None:
        """Close the connections that wait to be used again."""
        self._idle.close()

    def _exchange(
        self,
        method: str,
        url: str,
        body: bytes | None,
        *,
        headers: Mapping[str, str],
        max_bytes: int,
        timeout_seconds: float | None,
    ) -> OutboundResponse:
        exchange = Exchange(
            method=method,
            target=parse_target(url, self._allowed),
            body=body,
            headers={"User-Agent": "elicence", "Accept-Encoding": "identity", **headers},
            max_bytes=max_bytes,
            deadline=monotonic() + (timeout_seconds if timeout_seconds is not None else self._timeout),
        )
        waiting = self._idle.take(exchange.target)
        if waiting is not None:
            try:
                return self._over(waiting, exchange)
            except OutboundUnreachableError:
                # The other side hung up just as we began. Only a GET may be repeated unasked (RFC 9110 §9.2.2).
                if method != "GET":
                    raise
        return self._over(CheckedConnection(exchange.target, self._tls, exchange.deadline), exchange)

    def _over(self, connection: CheckedConnection, exchange: Exchange) -> OutboundResponse:
        reusable = False
        try:
            response, reusable = exchange.over(connection)
        finally:
            if reusable:
                self._idle.keep(exchange.target, connection)
            else:
                connection.close()
        return response
