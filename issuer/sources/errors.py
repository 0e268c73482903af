"""What the register of sources refuses."""

from __future__ import annotations

from standards.errors import ElicenceError, InvalidInputError
from standards.text import Text


class InvalidSourceError(InvalidInputError):
    """A source system that cannot be registered as described."""

    code = "invalid-source"


class InvalidObservationError(InvalidInputError):
    """One row of a delivery that cannot be compared with the library."""

    code = "invalid-observation"


class SourceNotFoundError(ElicenceError):
    """The authority has no source system of this code."""

    code = "source-not-found"

    def __init__(self) -> None:
        super().__init__(
            "本机构没有此数据来源。",
            "The authority has no such source.",
            next_step=Text(
                "请先登记来源（控制台“数据来源”，或 PUT /api/v1/sources/{code}）。",
                "Register the source first (console page “Sources”, or PUT /api/v1/sources/{code}).",
            ),
        )


class SourceExistsError(ElicenceError):
    """The authority has a source of this code already."""

    code = "source-exists"

    def __init__(self) -> None:
        super().__init__(
            "已有使用此代码的数据来源。",
            "There is a source with this code already.",
            where="/code",
            next_step=Text("请换一个代码，或修改已有的来源。", "Take another code, or change that source."),
        )


class SourceChangedError(ElicenceError):
    """Somebody changed the source at the same time; nothing was written."""

    code = "source-changed"

    def __init__(self) -> None:
        super().__init__(
            "数据来源刚刚被他人更改，本次修改没有生效。",
            "Somebody else has just changed the source; this change did not take effect.",
            next_step=Text("请重新打开后再试。", "Open it again, then retry."),
        )


class OtherSystemError(ElicenceError):
    """A calling system that may not report for this source."""

    code = "source-of-another-system"

    def __init__(self) -> None:
        super().__init__(
            "此数据来源只接受其登记系统的报送。",
            "This source takes deliveries from its registered system only.",
            next_step=Text(
                "请使用登记系统的令牌，或在来源登记中更改系统名称。",
                "Use the token of that system, or change the system's name in the source's registration.",
            ),
        )


class FieldOfAnotherSourceError(ElicenceError):
    """A source's system wanted to write a field for which another department's word counts."""

    code = "field-of-another-source"

    def __init__(self, field: Text, department: Text, *, where: str) -> None:
        super().__init__(
            f"“{field.zh}”的权威来源是{department.zh}，此系统不能更改。",
            f"The authoritative source of “{field.en}” is {department.en}; this system cannot change it.",
            where=where,
            next_step=Text(
                "不同的值已记为差异，由证照所属机构核实处理。",
                "The other value was noted as a discrepancy, which the licence's authority looks into.",
            ),
        )
