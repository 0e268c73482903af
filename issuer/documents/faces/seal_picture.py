"""The picture of an authority's seal, drawn from its name: outlines, without fonts."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

import typst

from issuer.documents.faces.errors import FaceDrawingError
from issuer.documents.faces.fonts import FONT_DIRECTORIES, fonts_of
from issuer.documents.faces.outlines import outlines_of
from keys.sealing import Picture

_TEMPLATE: Final = Path(__file__).with_name("seal.typ")
_KEPT: Final = 256

FICTIONAL: Final = "示例"
"""Stands in the seal of an authority whose name says that it is an example."""


class SealPictures:
    """Draws each authority's seal once."""

    def __init__(self, font_directories: Iterable[Path] = FONT_DIRECTORIES) -> None:
        self._directories = tuple(font_directories)
        self._lock = threading.Lock()
        self._kept = lru_cache(_KEPT)(self._draw)

    def of(self, name: str) -> Picture:
        """The seal of the authority called ``name``.

        Raises:
            FontsMissingError: the machine has no Chinese fonts.
        """
        return self._kept(name)

    def _draw(self, name: str) -> Picture:
        plain = name.replace("（示例）", "")
        inner = FICTIONAL if plain != name else ""
        with self._lock:
            compiler = typst.Compiler(
                str(_TEMPLATE),
                root=str(_TEMPLATE.parent),
                font_paths=fonts_of(self._directories),
                ignore_system_fonts=True,
            )
            try:
                svg = compiler.compile(format="svg", sys_inputs={"name": plain, "inner": inner})
            except typst.TypstError as cause:
                raise FaceDrawingError from cause
        assert isinstance(svg, bytes)
        return outlines_of(svg)
