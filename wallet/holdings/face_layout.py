"""How the face of a licence is laid out: by data, so that it looks like the licence that people know."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from standards.licence_types.licence_type import type_code_of
from wallet.holdings.face_fields import FaceField
from wallet.holdings.list_licences import Card

FORMS: Final = ("card", "certificate", "booklet")
_DATA: Final = Path(__file__).parent / "data" / "faces.json"


@dataclass(frozen=True, slots=True)
class FaceLayout:
    """One face.

    Attributes:
        form: one of :data:`FORMS`.
        portrait: the picture of the holder, or ``None``.
        large: fields that stand larger at the top.
        fields: all others, in printed order.
    """

    form: str
    portrait: FaceField | None
    large: tuple[FaceField, ...]
    fields: tuple[FaceField, ...]


def layout_of(card: Card) -> FaceLayout:
    """The face of a card's licence; one whose type nobody laid out is a certificate."""
    data = _data().get(type_code_of(card.holding.face.vct), {})
    names: Sequence[str] = data.get("large", ())
    fields = card.fields
    portrait = next((field for field in fields if field.image), None)
    return FaceLayout(
        form=data.get("form", "certificate"),
        portrait=portrait,
        large=tuple(field for field in fields if field.name in names),
        fields=tuple(field for field in fields if field.name not in names and field is not portrait),
    )


@cache
def _data() -> dict[str, Any]:
    return dict(json.loads(_DATA.read_text(encoding="utf-8")))
