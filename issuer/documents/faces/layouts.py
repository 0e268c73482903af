"""The layouts that ship, and the one that stands in for types that nobody has drawn a face for."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

import orjson

from issuer.documents.faces.layout import Layout, parse_layout
from issuer.documents.faces.plain_layout import plain_layout
from standards.licence_types import LicenceType

_DATA: Final = Path(__file__).with_name("layouts")
_KEPT: Final = 200


def layout_of(licence_type: LicenceType) -> Layout:
    """How a licence of this type and version is laid out."""
    return _layout(licence_type.vct, licence_type)


@lru_cache(_KEPT)
def _layout(_vct: str, licence_type: LicenceType) -> Layout:
    for name in (f"{licence_type.code}-{licence_type.version}.json", f"{licence_type.code}.json"):
        path = _DATA / name
        if path.is_file():
            return parse_layout(orjson.loads(path.read_bytes()), licence_type)
    return plain_layout(licence_type)
