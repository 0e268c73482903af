"""What the page says in one sentence."""

from __future__ import annotations

from typing import Final

from standards.text import Text
from standards.verification_report import Indication
from verifier.documents.check_document import CheckedDocument

NO_FILE: Final = Text("请选择一个 PDF 文件。", "Choose a PDF file.")
TOO_LARGE: Final = Text("文件过大，最多 10 MB。", "The file is too large; at most 10 MB.")
NO_DOCUMENT: Final = Text("这不是 PDF 文件。", "This is no PDF file.")

_ORIGINAL: Final = Text(
    "印章真实，文件未被改动，证照现在有效。",
    "The seal is genuine, nothing was changed, and the licence is in force.",
)
_COPY: Final = Text(
    "印章真实，加注件未被改动且在有效期内，证照现在有效。请核对下面的用途和使用方。",
    "The seal is genuine, the copy is unchanged and in time, and the licence is in force. Compare purpose and recipient below.",
)


def sentence_of(checked: CheckedDocument) -> Text:
    """The verdict for people."""
    decisive = checked.report.decisive
    if checked.report.indication is not Indication.PASSED and decisive is not None:
        return decisive.message
    return _ORIGINAL if checked.annotation is None else _COPY
