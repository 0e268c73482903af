"""Errors of checking documents; what is wrong with a document is a finding, not an error."""

from __future__ import annotations

from standards.errors import ElicenceError
from standards.text import Text


class TooManyChecksError(ElicenceError):
    """One address asks faster than anybody reads."""

    code = "too-many-checks"

    def __init__(self) -> None:
        super().__init__(
            "核验次数过多，请稍后再试。",
            "Too many documents in a short time.",
            next_step=Text("请一分钟后再试。", "Try again in a minute."),
        )
