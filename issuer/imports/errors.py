"""What goes wrong with a file or with the way it is read; what is wrong with a row is written beside the row."""

from __future__ import annotations

from issuer.library.licence import LicenceState
from standards.errors import ElicenceError, InvalidInputError
from standards.text import Text


class ImportNotFoundError(ElicenceError):
    """There is no such import, or it is another authority's."""

    code = "import-not-found"

    def __init__(self) -> None:
        super().__init__("没有此导入任务。", "There is no such import.")


class ImportNotReadyError(ElicenceError):
    """What is asked for does not fit how far the import is."""

    code = "import-not-ready"


class UnreadableFileError(InvalidInputError):
    """A file that cannot be read at all: no known encoding, no header, no table."""

    code = "unreadable-file"


class FileTooLargeError(InvalidInputError):
    """A file that is longer than this node takes."""

    code = "file-too-large"

    def __init__(self, limit: int) -> None:
        megabytes = limit // 1024 // 1024
        super().__init__(
            f"文件超过 {megabytes} MB。",
            f"The file is longer than {megabytes} MB.",
            next_step=Text("请分成几个文件导入。", "Split it and import the parts."),
        )


class InvalidMappingError(InvalidInputError):
    """A column mapping that does not fit the licence type or the file."""

    code = "invalid-mapping"


class MappingNotFoundError(ElicenceError):
    """No mapping is kept under this name."""

    code = "mapping-not-found"

    def __init__(self) -> None:
        super().__init__(
            "没有为此来源系统和类型保存列对应关系。",
            "No column mapping is kept for this source system and type.",
        )


class MappingChangedError(ElicenceError):
    """Somebody changed the mapping at the same time."""

    code = "mapping-changed"

    def __init__(self) -> None:
        super().__init__(
            "列对应关系刚刚被他人更改。",
            "Somebody else has just changed the mapping.",
            next_step=Text("请重新打开后再改。", "Open it again, then change it."),
        )


class TooManyErrorsError(ElicenceError):
    """So many rows were refused that the mapping or the file must be wrong."""

    code = "too-many-errors"

    def __init__(self, count: int) -> None:
        super().__init__(
            f"已有 {count} 行被退回，导入停止；可能列对应关系或文件有误。",
            f"{count} rows were refused and the import stopped; the mapping or the file may be wrong.",
            next_step=Text(
                "请下载退回行查看原因，改正后继续或重新导入。",
                "Look at the refused rows; correct the mapping or the file, then resume or import again.",
            ),
        )


class UploadInterruptedError(InvalidInputError):
    """An upload that ended before its announced length."""

    code = "upload-interrupted"

    def __init__(self) -> None:
        super().__init__("文件没有传完。", "The file did not arrive as a whole.")


class InvalidHolderError(ElicenceError):
    """A holder whom the connected register does not have. Stands beside a row; no request answers with it."""

    code = "holder-not-in-register"

    def __init__(self, where: str) -> None:
        super().__init__(
            "人口库或法人库中没有此持证主体。",
            "The connected register of persons or legal entities does not have this holder.",
            where=where,
            next_step=Text("请核对号码。", "Check the number."),
        )


class UnknownStateError(ElicenceError):
    """A state that is none of GB/T 36903. Stands beside a row; no request answers with it."""

    code = "unknown-state"

    def __init__(self) -> None:
        listed = "、".join(state.label.zh for state in LicenceState)
        super().__init__(
            "不认识此状态。",
            "This state is not known.",
            where="/state",
            next_step=Text(f"应为：{listed}。", f"One of: {', '.join(LicenceState)}."),
        )


class NumberTakenError(ElicenceError):
    """The library has a live licence with the number of a row. Stands beside the row; no request answers with it."""

    code = "number-taken"

    def __init__(self, identifier: str) -> None:
        super().__init__(
            f"证照库中已有同号码的有效证照：{identifier}。",
            f"The library has a live licence with this number: {identifier}.",
            where="/licence_number",
            next_step=Text(
                "如果是同一份证照，请增加“电子证照标识”列（licence_identifier）写明。",
                "If it is the same licence, name it in a column “licence_identifier”.",
            ),
        )


class NotExportableError(ElicenceError):
    """A licence that a table cannot hold."""

    code = "not-exportable"

    def __init__(self, identifier: str) -> None:
        super().__init__(
            f"证照 {identifier} 的持证主体多于表格的列。",
            f"The licence {identifier} has more holders than a table has columns.",
            next_step=Text("请导出为 JSON Lines。", "Export it as JSON Lines."),
        )


class InvalidExportError(InvalidInputError):
    """An export that is not described as it must be."""

    code = "invalid-export"


class ExportNotFoundError(ElicenceError):
    """There is no such export, it is somebody else's, or its file is not complete or no longer kept."""

    code = "export-not-found"

    def __init__(self) -> None:
        super().__init__("没有此导出文件。", "There is no such export file.")
