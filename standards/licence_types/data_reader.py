"""What every part of a catalogue file is read with: its error, bilingual texts, patterns."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from standards.errors import InvalidInputError
from standards.json_reader import Reader
from standards.licence_types.bounded_pattern import is_bounded
from standards.single_line import is_paragraph
from standards.text import Text

T = TypeVar("T")


class InvalidLicenceTypeError(InvalidInputError):
    """A data file that describes no licence type."""

    code = "invalid-licence-type"


def parse_text(reader: Reader) -> Text:
    """A bilingual text: both languages, nothing else."""
    reader.refuse_unknown(frozenset({"zh", "en"}))
    return Text(_words(reader, "zh"), _words(reader, "en"))


def _words(reader: Reader, language: str) -> str:
    words = reader.text(language, max_chars=400, min_chars=0)
    if not words.strip():
        raise reader.fail(language, "请填写。", "This is to be filled in.")
    if not is_paragraph(words):
        raise reader.fail(language, "含有不可打印的字符。", "It has characters that cannot be printed.")
    return words


@dataclass
class TypeFindings:
    """Collects the mistakes of one description instead of stopping at the first.

    Attributes:
        errors: what was found, in the order of reading.
        bounded_patterns: whether patterns must be bounded, because the description comes from outside.
        trusted_patterns: those that need not, because the version before had them.
    """

    bounded_patterns: bool = False
    trusted_patterns: frozenset[str] = frozenset()
    errors: list[InvalidLicenceTypeError] = field(default_factory=list)

    def attempt(self, read: Callable[[], T]) -> T | None:
        """The result of ``read``, or ``None`` after noting its error."""
        try:
            return read()
        except InvalidLicenceTypeError as error:
            self.errors.append(error)
            return None

    def text(self, reader: Reader, name: str) -> Text | None:
        """The bilingual text under ``name``; both of its languages are judged."""
        both = self.attempt(lambda: reader.object(name))
        if both is None:
            return None
        self.attempt(lambda: both.refuse_unknown(frozenset({"zh", "en"})))
        zh = self.attempt(lambda: _words(both, "zh"))
        en = self.attempt(lambda: _words(both, "en"))
        return None if zh is None or en is None else Text(zh, en)

    def pattern(self, reader: Reader, name: str) -> re.Pattern[str]:
        """A regular expression; one from outside must not be able to take long."""
        text = reader.text(name, max_chars=1000)
        if self.bounded_patterns and text not in self.trusted_patterns and not is_bounded(text):
            raise reader.fail(
                name,
                "格式只能由字符和字符类组成，重复次数须有上限，如 [A-Z]{2}[0-9]{6,8}。",
                "A pattern is made of characters and classes with bounded repeats, such as [A-Z]{2}[0-9]{6,8}.",
            )
        try:
            return re.compile(text)
        except (re.error, OverflowError, RecursionError) as cause:
            raise reader.fail(name, "不是有效的正则表达式。", "It is no regular expression.") from cause
