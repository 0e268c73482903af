"""Errors of the authorisation pages; the protocol endpoints speak in OAuth's own."""

from __future__ import annotations

from standards.errors import ElicenceError
from standards.text import Text

_AGAIN = Text("请回到钱包重新查找证照。", "Go back to the wallet and search again.")


class AuthorizationGoneError(ElicenceError):
    """No request is open under this name: it was never pushed, was answered, or has run out."""

    code = "authorization-gone"

    def __init__(self) -> None:
        super().__init__(
            "此请求不存在、已被处理或已过期。",
            "This request does not exist, was answered, or has run out.",
            next_step=_AGAIN,
        )


class AuthorizationOfAnotherError(ElicenceError):
    """Another browser than the one that opened the request."""

    code = "authorization-of-another"

    def __init__(self) -> None:
        super().__init__(
            "此请求已在另一浏览器中打开。",
            "This request was opened in another browser.",
            next_step=_AGAIN,
        )
