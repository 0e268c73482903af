"""What a new version of a licence changed, field by field, as its holder reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from standards.text import Text
from wallet.holdings.face_fields import FaceField, fields_of
from wallet.holdings.holding import Face
from wallet.holdings.renewal import FieldChange

_OF_EVERY_VERSION: Final = frozenset({"licence_identifier"})
"""Another in each version by its nature; it tells the person nothing."""


def changes_between(before: Face, after: Face) -> tuple[FieldChange, ...]:
    """The fields whose values differ, in the printed order of the new version; those it lacks come last."""
    old, new = _by_name(before), _by_name(after)
    names = [*new, *(name for name in old if name not in new)]
    return tuple(
        FieldChange(
            label=(new.get(name) or old[name]).label,
            before=_value(old.get(name)),
            after=_value(new.get(name)),
        )
        for name in names
        if name not in _OF_EVERY_VERSION and _value(old.get(name)) != _value(new.get(name))
    )


def _by_name(face: Face) -> Mapping[str, FaceField]:
    return {field.name: field for field in fields_of(face)}


def _value(field: FaceField | None) -> Text | None:
    return None if field is None else field.value
