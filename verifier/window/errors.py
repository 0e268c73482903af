"""Why a request or an answer of the window is refused."""

from __future__ import annotations

from standards.errors import ElicenceError, InvalidInputError


class InvalidOrderError(InvalidInputError):
    """What a department asked the window to ask for cannot be asked."""

    code = "invalid-presentation-order"


class UnknownPresentationError(ElicenceError):
    """There is no presentation of this id, or it belongs to another department."""

    code = "unknown-presentation"


class PresentationOverError(ElicenceError):
    """The request has been answered already, or its time is over."""

    code = "presentation-over"


class WrongResponseModeError(InvalidInputError):
    """The answer came plain where it had to be encrypted, or the other way round."""

    code = "wrong-response-mode"


class WrongStateError(InvalidInputError):
    """The ``state`` of the answer is not that of the request (OpenID4VP 1.0 section 8.2)."""

    code = "wrong-state"


class WrongBrowserError(ElicenceError):
    """The browser that came back is not the one that started, or brought another response code."""

    code = "wrong-browser"
