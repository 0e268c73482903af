"""What can be wrong with a word about the use log."""

from __future__ import annotations

from typing import ClassVar

from standards.errors import ElicenceError
from standards.text import Text


class EntryNotFoundError(ElicenceError):
    """This wallet's log has no such line; whether another one does is not said."""

    code: ClassVar[str] = "entry-not-found"

    def __init__(self) -> None:
        super().__init__(
            "没有找到这条用证记录。",
            "There is no such line in your use log.",
            next_step=Text("请从用证记录中打开。", "Open it from the use log."),
        )


class UseLogBusyError(ElicenceError):
    """Too much happened to one wallet at the same moment; a retry helps."""

    code: ClassVar[str] = "use-log-busy"

    def __init__(self) -> None:
        super().__init__(
            "同时办理的事项过多，请重试。",
            "Too much happened in this wallet at once; try again.",
            next_step=Text("请稍后再试一次。", "Try again in a moment."),
        )


class InvalidOutsideUsesError(ElicenceError):
    """An issuer's answer about uses of its licences is not what it should be."""

    code: ClassVar[str] = "outside-uses-malformed"

    def __init__(self) -> None:
        super().__init__(
            "发证机构返回的使用记录格式不正确，未采用。",
            "The issuer's answer about uses is malformed; it was not used.",
            next_step=Text("请稍后再试。", "Try again later."),
        )
