"""What the discrepancy queue refuses."""

from __future__ import annotations

from standards.errors import ElicenceError
from standards.text import Text


class DiscrepancyNotFoundError(ElicenceError):
    """There is no such discrepancy, or it is another authority's."""

    code = "discrepancy-not-found"

    def __init__(self) -> None:
        super().__init__(
            "没有找到此项差异。",
            "There is no such discrepancy.",
            next_step=Text("请从差异列表中打开。", "Open it from the list of discrepancies."),
        )


class DiscrepancyClosedError(ElicenceError):
    """It is closed already."""

    code = "discrepancy-closed"

    def __init__(self) -> None:
        super().__init__(
            "此项差异已经结案。",
            "This discrepancy is closed already.",
            next_step=Text("请查看其处理记录。", "See its history."),
        )


class DiscrepancyOpenError(ElicenceError):
    """It is open already."""

    code = "discrepancy-open"

    def __init__(self) -> None:
        super().__init__(
            "此项差异正待处理。",
            "This discrepancy is open.",
            next_step=Text("请直接办理。", "Decide it as it is."),
        )


class DiscrepancyChangedError(ElicenceError):
    """Somebody, or a new delivery, changed it at the same time; nothing was written."""

    code = "discrepancy-changed"

    def __init__(self) -> None:
        super().__init__(
            "此项差异刚刚有了变化，本次操作没有生效。",
            "This discrepancy has just changed; this operation did not take effect.",
            next_step=Text("请重新查看两方的值后再办。", "Look at both values again, then decide."),
        )


class NotAuthoritativeError(ElicenceError):
    """The source's word does not count for the field; its value cannot be taken."""

    code = "source-not-authoritative"

    def __init__(self) -> None:
        super().__init__(
            "此来源不是该字段的权威来源，不能直接采用其值。",
            "This source is not the authoritative one for the field; its value cannot be taken.",
            where="/reason",
            next_step=Text(
                "如库内确有错误，请凭权威依据办理证照变更，再以“库内已另行更正”结案。",
                "If the library is wrong, change the licence on authoritative evidence, then close as corrected.",
            ),
        )


class NothingToTakeError(ElicenceError):
    """The source's value cannot be brought into the licence by a change."""

    code = "value-cannot-be-taken"
