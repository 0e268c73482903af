"""Why a file cannot be checked at all: errors, not verdicts."""

from __future__ import annotations

from standards.errors import ElicenceError, InvalidInputError
from standards.text import Text


class NothingToCheckError(InvalidInputError):
    """An empty file or form, or a picture without a code."""

    code = "nothing-to-check"


class UnsupportedFileError(ElicenceError):
    """A file that is neither text nor a picture."""

    code = "unsupported-file"

    def __init__(self) -> None:
        super().__init__(
            "不支持这种文件。",
            "Files of this kind cannot be checked.",
            next_step=Text(
                "请提供证照文本，或含二维码的图片。",
                "Give the text of a licence, or a picture with its QR code.",
            ),
        )


class PdfCheckUnavailableError(ElicenceError):
    """Sealed PDF documents are checked by a part of the system that is not there yet."""

    code = "pdf-check-unavailable"

    def __init__(self) -> None:
        super().__init__(
            "目前还不能核验 PDF 证照。",
            "PDF licences cannot be checked here yet.",
            next_step=Text(
                "请让持证人出示电子证照。", "Ask the holder to show the electronic licence instead."
            ),
        )
