"""Why a complaint is not taken, or not found."""

from __future__ import annotations

from typing import ClassVar

from standards.errors import ElicenceError
from standards.text import Text


class UnknownUseError(ElicenceError):
    """The desk has no such use in its books, or whoever complains was no party to it."""

    code: ClassVar[str] = "unknown-use"

    def __init__(self) -> None:
        super().__init__(
            "没有找到这次用证，无法受理投诉。",
            "There is no such use in our books, so the complaint cannot be taken.",
            next_step=Text("请从用证记录中发起投诉。", "Complain from the use log of your wallet."),
        )


class AlreadyComplainedError(ElicenceError):
    """There is a complaint about this use, by another wallet or under another token."""

    code: ClassVar[str] = "already-complained"

    def __init__(self) -> None:
        super().__init__(
            "这次用证已有投诉。",
            "There is a complaint about this use already.",
            next_step=Text("请查看已有投诉的进展。", "Look how that one stands."),
        )


class ComplaintNotFoundError(ElicenceError):
    """No such complaint, or not the caller's; which of the two is not said."""

    code: ClassVar[str] = "complaint-not-found"

    def __init__(self) -> None:
        super().__init__("没有找到这件投诉。", "There is no such complaint.")


class ComplaintOverError(ElicenceError):
    """The complaint does not stand where this step would begin."""

    code: ClassVar[str] = "complaint-over"

    def __init__(self) -> None:
        super().__init__(
            "这件投诉的状态已变化，不能再这样处理。",
            "The complaint has moved on; this cannot be done any more.",
            next_step=Text("请刷新页面查看最新状态。", "Reload the page to see where it stands."),
        )
