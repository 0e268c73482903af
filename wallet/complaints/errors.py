"""Why a complaint cannot be filed or followed."""

from __future__ import annotations

from typing import ClassVar

from standards.errors import ElicenceError
from standards.text import Text


class FiledComplaintNotFoundError(ElicenceError):
    """This wallet filed no such complaint; whether another one did is not said."""

    code: ClassVar[str] = "complaint-not-found"

    def __init__(self) -> None:
        super().__init__(
            "没有找到这件投诉。",
            "There is no such complaint of yours.",
            next_step=Text("请从“我的投诉”中打开。", "Open it from your complaints."),
        )


class NoDeskError(ElicenceError):
    """The other side named no place for complaints, or nobody knows who it was."""

    code: ClassVar[str] = "no-complaints-desk"

    def __init__(self) -> None:
        super().__init__(
            "对方没有公布受理投诉的地址，无法在线投诉。",
            "The other side names no place for complaints, so none can be sent from here.",
            next_step=Text(
                "请凭用证编号拨打 12345 政务服务热线，或向其上级机关投诉。",
                "Call the service line 12345 with the number of the receipt, or turn to the authority above it.",
            ),
        )


class DeskUnreachableError(ElicenceError):
    """The desk does not answer, or not sensibly; the complaint is kept and can be sent again."""

    code: ClassVar[str] = "complaints-desk-unreachable"

    def __init__(self) -> None:
        super().__init__(
            "暂时联系不上受理投诉的机构，您写的内容已保存。",
            "The desk for complaints does not answer; what you wrote is kept.",
            next_step=Text("请稍后再次发送。", "Send it again later."),
        )


class DeskRefusedError(ElicenceError):
    """The desk did not take the complaint or the step."""

    code: ClassVar[str] = "complaint-refused"

    def __init__(self) -> None:
        super().__init__(
            "对方没有受理：它的记录中没有这次用证，或投诉的状态已变化。",
            "The desk did not take it: its books hold no such use, or the complaint has moved on.",
            next_step=Text(
                "请刷新查看最新状态；如仍不受理，请凭用证编号拨打 12345。",
                "Look again how it stands; else call 12345 with the number of the receipt.",
            ),
        )
