"""Fetching from addresses that somebody else gave us, without being turned against our own network (SSRF)."""

from __future__ import annotations

from service.outbound.client import Outbound
from service.outbound.errors import (
    OutboundAddressError,
    OutboundAnswerError,
    OutboundError,
    OutboundNotConnectedError,
    OutboundRedirectError,
    OutboundTimeoutError,
    OutboundTooLargeError,
    OutboundUnreachableError,
)
from service.outbound.response import OutboundResponse

__all__ = [
    "Outbound",
    "OutboundAddressError",
    "OutboundAnswerError",
    "OutboundError",
    "OutboundNotConnectedError",
    "OutboundRedirectError",
    "OutboundResponse",
    "OutboundTimeoutError",
    "OutboundTooLargeError",
    "OutboundUnreachableError",
]
