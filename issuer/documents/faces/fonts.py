"""The fonts that documents are printed with: the system's, found once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import typst

from issuer.documents.faces.errors import FontsMissingError

FONT_DIRECTORIES: Final = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
NEEDED_FAMILIES: Final = ("Noto Serif CJK SC", "Noto Sans CJK SC")
RARE_FAMILIES: Final = ("HanaMinA", "HanaMinB")
"""Of rare characters, such as those of names (CJK extensions B to F); documents without such characters need neither."""


def fonts_of(directories: tuple[Path, ...]) -> typst.Fonts:
    """The fonts below some directories; raises ``FontsMissingError`` when a needed family is not among them."""
    fonts = _found(tuple(path for path in directories if path.is_dir()))
    if not set(NEEDED_FAMILIES) <= set(fonts.families()):
        raise FontsMissingError
    return fonts


@cache
def _found(directories: tuple[Path, ...]) -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(directory) for directory in directories],
    )
