"""Words of strangers, made fit to be shown: a name or a code may hold what turns a line round, hides, or fills the screen."""

from __future__ import annotations

import unicodedata
from typing import Final

MAX_CHARS: Final = 80
MAX_CLAIM_CHARS: Final = 4000
MAX_LINES: Final = 100
REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
MAX_MARKS: Final = 3
"""Most combining marks on one character; names of any script have fewer, towers of marks cover the lines around them."""

_HARMFUL: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_MARKS: Final = frozenset({"Mn", "Me"})


def harmless(text: str, max_chars: int = MAX_CHARS) -> str:
    """``text`` on one line, cut to ``max_chars``: controls, overrides of the direction and invisible characters replaced.

    It is still text: pages escape it.
    """
    kept: list[str] = []
    marks = 0
    for char in text[: 4 * max_chars]:
        category = unicodedata.category(char)
        if category in _MARKS:
            marks += 1
            if marks > MAX_MARKS:
                continue
        else:
            marks = 0
        if char in "\t\r\n\v\f":
            kept.append(" ")
        else:
            kept.append(REPLACEMENT if category in _HARMFUL else char)
    line = " ".join("".join(kept).split(" ")).strip()
    return line if len(line) <= max_chars and len(text) <= 4 * max_chars else line[: max_chars - 1] + "…"


def harmless_lines(text: str, max_chars: int = MAX_CLAIM_CHARS) -> str:
    """The same for a value of several lines; nearly every value comes back as it is."""
    if len(text) <= max_chars and text.isprintable() and not any(map(unicodedata.combining, text)):
        return text
    return "\n".join(harmless(line, max_chars) for line in text.split("\n", MAX_LINES)[:MAX_LINES])
