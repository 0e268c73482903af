"""Text that can stand on one line of a licence.

``str.isprintable`` would refuse the ideographic space, characters in private use, and every character that is newer
than this Python's Unicode data; names of real people have them all. What is refused is what misleads or breaks a
line: controls, format characters (bidirectional overrides among them), surrogates, line and paragraph separators.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_REFUSED: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""General categories of the Unicode Character Database."""


def is_single_line(text: str) -> bool:
    """Whether every character can stand on one line as it is."""
    # What Python calls printable is never refused here; looking at each character is for the few texts beyond.
    return text.isprintable() or all(unicodedata.category(char) not in _REFUSED for char in text)


def is_paragraph(text: str) -> bool:
    """Whether every line, ended by LF, can stand as it is."""
    return is_single_line(text.replace("\n", " "))
