"""What can be wrong with a sheet."""

from __future__ import annotations

from typing import ClassVar

from standards.errors import ElicenceError, InvalidInputError
from standards.text import Text


class SheetNotFoundError(ElicenceError):
    """No such sheet in this wallet."""

    code: ClassVar[str] = "sheet-not-found"

    def __init__(self) -> None:
        super().__init__(
            "没有找到这张纸质凭证。",
            "There is no such sheet.",
            next_step=Text("请回到纸质凭证列表。", "Go back to the list of sheets."),
        )


class InvalidSheetError(InvalidInputError):
    """What was asked for makes no sheet."""

    code: ClassVar[str] = "invalid-sheet"


class SheetRefusedError(ElicenceError):
    """A sheet that cannot be honoured at this window now."""

    code: ClassVar[str] = "sheet-refused"

    def __init__(self, why: Text) -> None:
        super().__init__(
            why.zh,
            why.en,
            where="/code",
            next_step=Text("请持证人本人出示证照。", "Let the holder show the licence in person."),
        )
