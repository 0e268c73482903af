"""Errors of making documents."""

from __future__ import annotations

from standards.errors import ElicenceError, InvalidInputError
from standards.text import Text


class DocumentNotAvailableError(ElicenceError):
    """No document is made of this licence as it stands."""

    code = "document-not-available"


class InvalidSealPolicyError(InvalidInputError):
    """A file that is no policy of seals."""

    code = "invalid-seal-policy"


class InvalidAnnotationError(InvalidInputError):
    """A request for a per-use copy that lacks what makes it one."""

    code = "invalid-annotation"


class TooManyCopiesError(ElicenceError):
    """A holder has had as many copies of a licence made within a day as there may be."""

    code = "too-many-copies"

    def __init__(self) -> None:
        super().__init__(
            "今天为这张证照制作的加注件已达上限。",
            "As many copies of this licence were made today as there may be.",
            next_step=Text("请明天再试。", "Try again tomorrow."),
        )
