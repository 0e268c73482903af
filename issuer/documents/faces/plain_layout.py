"""A layout for any type: A4, title, a table of the fields, seal, code. For types that nobody has drawn a face for yet."""

from __future__ import annotations

from typing import Any, Final

from issuer.documents.faces.layout import Layout, parse_layout
from standards.licence_types import FieldKind, LicenceType

_PAGE: Final = (210.0, 297.0)
_LEFT: Final = 25.0
_WIDTH: Final = 160.0
_TOP: Final = 62.0
_BOTTOM: Final = 236.0
_PORTRAIT: Final = (150.0, 40.0, 30.0, 38.0)


def plain_layout(licence_type: LicenceType) -> Layout:
    """The layout; every printed field of the type is on it."""
    return parse_layout(plain_layout_data(licence_type), licence_type)


def plain_layout_data(licence_type: LicenceType) -> dict[str, Any]:
    """The layout as JSON data."""
    printed = [field for field in licence_type.fields if field.printed]
    lines = [field for field in printed if field.kind is not FieldKind.IMAGE]
    pictures = [field for field in printed if field.kind is FieldKind.IMAGE]
    weights = [3 if field.kind is FieldKind.LONG_TEXT else 1 for field in lines]
    step = min(12.0, (_BOTTOM - _TOP) / max(1, sum(weights)))
    blocks: list[dict[str, Any]] = [
        {
            "kind": "frame",
            "x": 12,
            "y": 12,
            "w": 186,
            "h": 273,
            "stroke": licence_type.appearance.background,
            "style": "double",
        },
        {
            "kind": "heading",
            "text": licence_type.name.zh,
            "x": 20,
            "y": 24,
            "w": 170,
            "h": 18,
            "size": 28,
            "align": "center",
            "valign": "middle",
            "weight": "bold",
            "spacing": 4,
        },
    ]
    top = _TOP
    for field, weight in zip(lines, weights, strict=True):
        beside_portrait = bool(pictures) and top < _PORTRAIT[1] + _PORTRAIT[3] + 4
        blocks.append(
            {
                "kind": "field",
                "name": field.name,
                "x": _LEFT,
                "y": round(top, 2),
                "w": 120.0 if beside_portrait else _WIDTH,
                "h": round(step * weight, 2),
                "label_width": 42,
                "size": 11,
                "valign": "top",
            }
        )
        top += step * weight
    for field in pictures[:1]:
        x, y, width, height = _PORTRAIT
        blocks.append({"kind": "portrait", "name": field.name, "x": x, "y": y, "w": width, "h": height})
    blocks += [
        {"kind": "code", "x": _LEFT, "y": 240, "w": 30, "h": 30},
        {"kind": "seal", "seal": 0, "x": 140, "y": 228, "w": 42, "h": 42},
        {
            "kind": "note",
            "x": 60,
            "y": 274,
            "w": 130,
            "h": 8,
            "size": 7,
            "min_size": 4,
            "font": "sans",
            "align": "right",
            "colour": "#666666",
        },
    ]
    return {
        "name": f"{licence_type.code}/plain",
        "pages": [{"width": _PAGE[0], "height": _PAGE[1], "blocks": blocks}],
    }
