"""Why a fetch gave nothing. None of them repeats what the other side sent."""

from __future__ import annotations

from standards.errors import ElicenceError


class OutboundError(ElicenceError):
    """Root of all failures of a fetch."""

    code = "outbound"


class OutboundAddressError(OutboundError):
    """The address may not be fetched: wrong scheme, not public, or not well-formed. A retry cannot help."""

    code = "outbound-address-refused"


class OutboundUnreachableError(OutboundError):
    """The name does not resolve, nobody listens, the connection broke, or its certificate is wrong."""

    code = "outbound-unreachable"


class OutboundNotConnectedError(OutboundUnreachableError):
    """There was no connection: nothing of the request has left this machine."""


class OutboundTimeoutError(OutboundError):
    """The whole exchange took longer than allowed."""

    code = "outbound-timeout"


class OutboundTooLargeError(OutboundError):
    """The answer is larger than allowed."""

    code = "outbound-too-large"


class OutboundRedirectError(OutboundError):
    """The answer points elsewhere; redirects are never followed, because they would lead past the check."""

    code = "outbound-redirect-refused"


class OutboundAnswerError(OutboundError):
    """The answer is not HTTP, is compressed although we did not ask for it, or is not the JSON it should be."""

    code = "outbound-answer"
