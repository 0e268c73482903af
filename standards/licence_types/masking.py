"""Masking: numbers of persons are shown by their first and last characters until somebody touches them."""

from __future__ import annotations

from dataclasses import dataclass

MASK_CHARACTER = "*"


@dataclass(frozen=True, slots=True)
class Mask:
    """Which characters of a value stay readable.

    Attributes:
        show_first: characters shown at the beginning.
        show_last: characters shown at the end.
        hide_from, hide_to: instead, hide only these places, counted from 1 and inclusive; 0 for "not so".
    """

    show_first: int = 1
    show_last: int = 1
    hide_from: int = 0
    hide_to: int = 0

    def apply(self, value: str) -> str:
        """``value`` masked. A value too short to hide anything in is hidden whole."""
        if self.hide_from:
            hidden = value[self.hide_from - 1 : self.hide_to]
            return value[: self.hide_from - 1] + MASK_CHARACTER * len(hidden) + value[self.hide_to :]
        hidden_chars = len(value) - self.show_first - self.show_last
        if hidden_chars <= 0:
            return MASK_CHARACTER * len(value)
        end = value[len(value) - self.show_last :]
        return value[: self.show_first] + MASK_CHARACTER * hidden_chars + end


NUMBER_MASK = Mask(1, 1)
"""First and last character, for every number of a person."""
