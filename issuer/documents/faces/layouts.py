"""The layouts that ship, and the one that stands in for types that nobody has drawn a face for."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

import orjson

from issuer.documents.faces.layout import Layout, parse_layout
from issuer.documents.faces.plain_layout import plain_layout, plain_layout_data
from standards.licence_types import LicenceType

_DATA: Final = Path(__file__).with_name("layouts")
_KEPT: Final = 200


def layout_of(licence_type: LicenceType) -> Layout:
    """How a licence of this type and version is laid out."""
    return _layout(licence_type.vct, licence_type)


@lru_cache(_KEPT)
def _layout(_vct: str, licence_type: LicenceType) -> Layout:
    path = _shipped(licence_type)
    if path is not None:
        return parse_layout(orjson.loads(path.read_bytes()), licence_type)
    return plain_layout(licence_type)


def layout_text(licence_type: LicenceType) -> str:
    """The shipped layout as JSON that people read and change."""
    path = _shipped(licence_type)
    if path is not None:
        return path.read_text("utf-8")
    return orjson.dumps(plain_layout_data(licence_type), option=orjson.OPT_INDENT_2).decode("utf-8")


def _shipped(licence_type: LicenceType) -> Path | None:
    names = (f"{licence_type.code}-{licence_type.version}.json", f"{licence_type.code}.json")
    return next((path for path in map(_DATA.joinpath, names) if path.is_file()), None)
