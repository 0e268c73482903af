"""A sentence or a name in the two languages of the house."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A text for people: Chinese first, English beside it."""

    zh: str
    en: str

    def to_json(self) -> dict[str, str]:
        """``{"zh": …, "en": …}``, the shape used on every wire of ours."""
        return {"zh": self.zh, "en": self.en}

    def in_language(self, language: str) -> str:
        """The text in ``"zh"`` or ``"en"``; any other language tag reads Chinese."""
        return self.en if language == "en" else self.zh
