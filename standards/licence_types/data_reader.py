"""What every part of a catalogue file is read with: its error, bilingual texts, patterns."""

from __future__ import annotations

import re

from standards.errors import InvalidInputError
from standards.json_reader import Reader
from standards.text import Text


class InvalidLicenceTypeError(InvalidInputError):
    """A data file that describes no licence type."""

    code = "invalid-licence-type"


def parse_text(reader: Reader) -> Text:
    """A bilingual text: both languages, nothing else."""
    reader.refuse_unknown(frozenset({"zh", "en"}))
    return Text(reader.text("zh", max_chars=400), reader.text("en", max_chars=400))


def parse_pattern(reader: Reader, name: str) -> re.Pattern[str]:
    """A regular expression of the catalogue's own files (trusted for its cost, checked for its syntax)."""
    try:
        return re.compile(reader.text(name))
    except (re.error, OverflowError, RecursionError) as cause:
        raise reader.fail(name, "不是有效的正则表达式。", "It is no regular expression.") from cause
