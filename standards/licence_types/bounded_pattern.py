"""Patterns that may come from outside: a row of characters and classes, each repeated a bounded number of times.

The files that ship may use any regular expression. What somebody types into a form is run against what somebody else
sends, so it must not be able to take long: no groups, no alternatives, no unbounded repeats, and at most three of
variable length. ``example_of`` makes a text that such a pattern takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_ATOM: Final = r"""(?:\[(?:[0-9A-Za-z\u4e00-\u9fff_.,:/ -]|\\[-\\\]^])+\]|\\[.\-\\\[\](){}*+?|^$/]|\\d|[^\[\](){}*+?|^$\\.])"""
_PIECE: Final = re.compile(rf"({_ATOM})(?:\{{([0-9]{{1,3}})(?:,([0-9]{{1,3}}))?\}}|(\?))?")

MAX_REPEAT: Final = 200
MAX_VARIABLE: Final = 3
MAX_PATTERN_CHARS: Final = 300


class Piece(NamedTuple):
    """One character or class of a pattern, with how often it occurs."""

    atom: str
    least: int
    most: int


def pieces_of(pattern: str) -> tuple[Piece, ...] | None:
    """The pieces of a bounded pattern; ``None`` for any other text."""
    if len(pattern) > MAX_PATTERN_CHARS:
        return None
    pieces = []
    at = 0
    while at < len(pattern):
        found = _PIECE.match(pattern, at)
        if found is None:
            return None
        atom, least, most, optional = found.groups()
        low = 0 if optional else int(least or 1)
        high = 1 if optional else int(most or least or 1)
        if not low <= high <= MAX_REPEAT or high == 0:
            return None
        pieces.append(Piece(atom, low, high))
        at = found.end()
    if sum(piece.least != piece.most for piece in pieces) > MAX_VARIABLE:
        return None
    try:
        re.compile(pattern)
    except re.error:
        return None
    return tuple(pieces)


def is_bounded(pattern: str) -> bool:
    """Whether matching ``pattern`` takes little time whatever it is held against."""
    return pieces_of(pattern) is not None


def example_of(pattern: str) -> str | None:
    """A text that a bounded pattern matches; ``None`` for any other pattern."""
    pieces = pieces_of(pattern)
    if pieces is None:
        return None
    return "".join(_member(piece.atom) * max(piece.least, 1) for piece in pieces)


def _member(atom: str) -> str:
    """The first character that an atom takes, of those that people use."""
    one = re.compile(atom)
    return next((character for character in _usual() if one.fullmatch(character)), atom[-1])


def _usual() -> Iterator[str]:
    yield from "18ABCabc示例一"
    yield from (chr(code) for code in range(0x20, 0x7F))
    yield from (chr(code) for code in range(0x4E00, 0x9FFF))
