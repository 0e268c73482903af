"""What bulk operations refuse."""

from __future__ import annotations

from standards.errors import ElicenceError
from standards.text import Text


class BulkOperationNotFoundError(ElicenceError):
    """There is no such bulk operation, or it is another authority's: the answer does not tell which."""

    code = "bulk-operation-not-found"

    def __init__(self) -> None:
        super().__init__("没有找到此批量操作。", "There is no such bulk operation.")


class NothingSelectedError(ElicenceError):
    """The selection holds no licence."""

    code = "nothing-selected"

    def __init__(self) -> None:
        super().__init__(
            "没有符合条件的证照。",
            "No licence meets the conditions.",
            where="/selection",
            next_step=Text("请放宽条件。", "Widen the conditions."),
        )


class NothingPossibleError(ElicenceError):
    """None of the selected licences can take the operation."""

    code = "nothing-possible"

    def __init__(self) -> None:
        super().__init__(
            "所选证照均不能办理此操作。",
            "None of the selected licences can take this operation.",
            where="/selection",
            next_step=Text(
                "预览列出了每种原因；请另选证照或操作。",
                "The preview names each reason; choose other licences or another operation.",
            ),
        )


class TooManySelectedError(ElicenceError):
    """More licences than one bulk operation may hold."""

    code = "too-many-selected"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"所选证照超过 {most} 件。",
            f"More than {most} licences are selected.",
            where="/selection",
            next_step=Text(
                "请按区划、类型或日期分批办理。",
                "Divide them by division, type or dates and do one part at a time.",
            ),
        )


class PreviewOutdatedError(ElicenceError):
    """What was previewed is no longer what would be done."""

    code = "preview-outdated"

    def __init__(self) -> None:
        super().__init__(
            "预览之后证照有了变化。",
            "Licences changed since the preview.",
            where="/preview",
            next_step=Text("请重新核对预览后再提出。", "Look at the new preview, then propose again."),
        )


class BulkOperationDecidedError(ElicenceError):
    """It no longer waits for a decision."""

    code = "bulk-operation-decided"

    def __init__(self) -> None:
        super().__init__(
            "此批量操作已有决定。",
            "This bulk operation has been decided.",
            next_step=Text("请重新读取它的状态。", "Read its state again."),
        )


class ResultNotReadyError(ElicenceError):
    """There is no result while the operation has not ended."""

    code = "result-not-ready"

    def __init__(self) -> None:
        super().__init__(
            "批量操作尚未结束，没有结果文件。",
            "The bulk operation has not ended; there is no result yet.",
            next_step=Text("请在结束后下载。", "Fetch it when the operation has ended."),
        )


class ResultForgottenError(ElicenceError):
    """The result was kept for its time and is gone; the licences' own histories stay."""

    code = "result-forgotten"

    def __init__(self) -> None:
        super().__init__(
            "结果文件已过保存期。",
            "The result was kept for its time and is gone.",
            next_step=Text("各证照的历史仍有记录。", "The history of each licence still says what was done."),
        )
