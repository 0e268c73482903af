"""Why licences cannot be looked for, each with what the person can do about it."""

from __future__ import annotations

from typing import ClassVar

from standards.errors import ElicenceError
from standards.text import Text

_AGAIN = Text("请回到“找证照”重新开始。", "Go back to “find my licences” and start again.")


class UnknownLibraryError(ElicenceError):
    """No trust list names such a library (any more)."""

    code: ClassVar[str] = "library-unknown"

    def __init__(self) -> None:
        super().__init__(
            "没有找到这个证照库。", "There is no such licence library.", where="/library", next_step=_AGAIN
        )


class SearchNotFoundError(ElicenceError):
    """This wallet knows no such search; whether another one does is not said."""

    code: ClassVar[str] = "search-not-found"

    def __init__(self) -> None:
        super().__init__(
            "没有找到这次查找，或它已过期。", "There is no such search, or it is over.", next_step=_AGAIN
        )


class SearchBusyError(ElicenceError):
    """Another request is at this search at this very moment, or its answer was used before."""

    code: ClassVar[str] = "search-busy"

    def __init__(self) -> None:
        super().__init__(
            "这次查找正在进行或已经完成。",
            "This search is going on right now, or it is done.",
            next_step=Text("请稍等几秒后刷新页面。", "Wait a few seconds and load the page again."),
        )


class LibraryClosedError(ElicenceError):
    """The library does not let licences be found from wallets: its metadata lack what that needs."""

    code: ClassVar[str] = "library-closed"

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(
            zh,
            en,
            next_step=Text(
                "请向发证机构索取领取链接。", "Ask the issuing authority for an offer of the licence instead."
            ),
        )


class LibraryRefusedError(ElicenceError):
    """The library refused what the wallet asked for."""

    code: ClassVar[str] = "library-refused"

    def __init__(self, told: str) -> None:
        super().__init__(
            f"证照库拒绝了请求（{told}）。", f"The library refused the request ({told}).", next_step=_AGAIN
        )
