"""Unified social credit code of a legal entity (GB 32100-2015): 18 characters, check character modulo 31."""

from __future__ import annotations

import re
from typing import Final, NewType

from standards.errors import InvalidInputError
from standards.text import Text

Uscc = NewType("Uscc", str)
"""A unified social credit code whose form and check character are right."""

_FORM: Final = re.compile(r"[0-9]{8}[0-9A-HJ-NPQRTUWXY]{10}", re.ASCII)

_FIRST_CHARACTERS: Final = re.compile(r"[0-9]{8}[0-9A-HJ-NPQRTUWXY]{9}", re.ASCII)


_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES: Final = {char: value for value, char in enumerate(_ALPHABET)}
_WEIGHTS: Final = tuple(3**place % 31 for place in range(17))


class InvalidUsccError(InvalidInputError):
    """A text that is no unified social credit code."""

    code = "invalid-uscc"


def parse_uscc(text: str, *, where: str | None = None) -> Uscc:
    """The code in ``text``, written in its one canonical form: 18 characters, capitals, no separators.

    Raises:
        InvalidUsccError: wrong length, wrong alphabet (the letters I, O, S, V, Z do not occur) or wrong check
            character (GB 32100 clause 4.6 and annex).
    """
    if not _FORM.fullmatch(text):
        raise InvalidUsccError(
            "统一社会信用代码应为 18 位数字和大写字母。",
            "A unified social credit code has 18 digits and capital letters.",
            where=where,
            next_step=_COMPARE,
        )
    if text[17] != _check_character(text[:17]):
        raise InvalidUsccError(
            "统一社会信用代码的校验码不符。",
            "The check character of the unified social credit code is wrong.",
            where=where,
            next_step=_COMPARE,
        )
    return Uscc(text)


_COMPARE: Final = Text(
    "请对照营业执照逐位核对。", "Compare it with the business licence, character by character."
)


def is_uscc(text: str) -> bool:
    """Whether ``text`` is a unified social credit code."""
    try:
        parse_uscc(text)
    except InvalidUsccError:
        return False
    return True


def complete_uscc(first_characters: str) -> Uscc:
    """The code that begins with these 17 characters; its check character is computed (GB 32100 annex)."""
    if not _FIRST_CHARACTERS.fullmatch(first_characters):
        raise InvalidUsccError("应为 17 位代码。", "The first 17 characters are expected.")
    return Uscc(first_characters + _check_character(first_characters))


def _check_character(first_characters: str) -> str:
    """Modulo 31 over the first 17 characters (GB 32100 annex); one is computed for every row of an import."""
    total = sum([_VALUES[char] * weight for char, weight in zip(first_characters, _WEIGHTS, strict=True)])
    return _ALPHABET[-total % 31]
