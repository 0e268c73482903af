"""Why there is no document."""

from __future__ import annotations

from typing import ClassVar

from standards.errors import ElicenceError, InvalidInputError
from standards.text import Text


class InvalidDocumentOrderError(InvalidInputError):
    """Purpose, recipient or last day of a document do not do."""

    code: ClassVar[str] = "invalid-document-order"


class NoDocumentsError(ElicenceError):
    """The issuer makes no documents for wallets."""

    code: ClassVar[str] = "issuer-makes-no-documents"

    def __init__(self) -> None:
        super().__init__(
            "这个发证机构不提供 PDF 文件。",
            "This issuer makes no PDF documents.",
            next_step=Text(
                "到窗口时请亮证或扫码出示；需要文件时请向发证机构申请。",
                "Show the licence by its code at a window; ask the issuer where a document is needed.",
            ),
        )


class DocumentRefusedError(ElicenceError):
    """The issuer did not make it, and said why."""

    code: ClassVar[str] = "document-refused"

    def __init__(self, told: Text, next_step: Text | None) -> None:
        super().__init__(
            f"发证机构没有制作文件：{told.zh}",
            f"The issuer did not make the document: {told.en}",
            next_step=next_step
            or Text("请稍后再试，或联系发证机构。", "Try again later, or ask the issuing authority."),
        )
