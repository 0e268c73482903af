"""Values that are too long for their place even in small print: they stand whole on a further page, which their place names."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from issuer.documents.faces.layout import Block, BlockKind, Page

SEE_NEXT: Final = "（见续页）"
"""Stands in the place of a value that is continued."""

_WIDTH, _HEIGHT = 210.0, 297.0
_LEFT: Final = 20.0
_TOP, _BOTTOM = 42.0, 282.0
_LINE_MM: Final = 9.5 * 1.5 * 25.4 / 72
_SIZE: Final = 9.5
_PER_LINE: Final = math.floor((_WIDTH - 2 * _LEFT) / (_SIZE * 25.4 / 72)) - 1
_LABEL_MM: Final = 7.0
_GAP_MM: Final = 5.0


@dataclass(frozen=True, slots=True)
class Continued:
    """One value that goes on a further page: its claim, what it is called, its text."""

    name: str
    label: str
    text: str


def further_pages(title: str, values: Sequence[Continued]) -> tuple[Page, ...]:
    """Pages with the values, as many as they need; a value that is longer than a page does not fit, which drawing finds."""
    pages: list[Page] = []
    blocks: list[Block] = []
    top = _TOP
    for value in values:
        height = min(_lines(value.text) * _LINE_MM + 1, _BOTTOM - _TOP - _LABEL_MM)
        if blocks and top + _LABEL_MM + height > _BOTTOM:
            pages.append(_page(title, blocks))
            blocks, top = [], _TOP
        blocks += _blocks(value, top, height)
        top += _LABEL_MM + height + _GAP_MM
    if blocks:
        pages.append(_page(title, blocks))
    return tuple(pages)


def _lines(text: str) -> int:
    return sum(max(1, math.ceil(len(line) / _PER_LINE)) for line in text.splitlines())


def _blocks(value: Continued, top: float, height: float) -> Iterable[Block]:
    width = _WIDTH - 2 * _LEFT
    yield Block(
        BlockKind.TEXT, _LEFT, top, width, _LABEL_MM, text=value.label, size=10.5, weight="bold", font="sans"
    )
    yield Block(
        BlockKind.FIELD, _LEFT, top + _LABEL_MM, width, height, name=value.name, size=_SIZE, min_size=7.0
    )


def _page(title: str, blocks: Iterable[Block]) -> Page:
    heading = Block(
        BlockKind.HEADING,
        _LEFT,
        20.0,
        _WIDTH - 2 * _LEFT,
        12.0,
        text=f"{title}　续页",
        size=16.0,
        weight="bold",
        align="center",
        valign="middle",
    )
    line = Block(BlockKind.LINE, _LEFT, 35.0, _WIDTH - 2 * _LEFT, 0.0, stroke="#666666")
    return Page(_WIDTH, _HEIGHT, "#ffffff", (heading, line, *blocks))
