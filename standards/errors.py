"""The one root of every error that this project raises on purpose.

A domain error knows no HTTP. It says what is wrong, where, and what to do next, in both languages; each service has
one table that maps error classes to the wire.
"""

from __future__ import annotations

from typing import ClassVar

from standards.text import Text


class ElicenceError(Exception):
    """Root of all errors of this project.

    Attributes:
        code: stable, kebab-case, part of the outside interface (the last part of the problem ``type``).
        message: one sentence for a person: what is wrong. Never carries secrets or personal data.
        where: the place in the input (a JSON pointer, a parameter, a column), or ``None``.
        next_step: what to do about it, or ``None``.
    """

    code: ClassVar[str] = "error"

    def __init__(self, zh: str, en: str, *, where: str | None = None, next_step: Text | None = None) -> None:
        super().__init__(en)
        self.message = Text(zh, en)
        self.where = where
        self.next_step = next_step


class InvalidInputError(ElicenceError):
    """Untrusted input that could not be parsed into a value."""

    code = "invalid-input"
