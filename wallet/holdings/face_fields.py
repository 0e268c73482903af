"""A licence's claims as a person reads them: label, value, and how the value is masked until it is touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from standards.codes.division_names import division_text
from standards.codes.holder_code import HOLDER_CODE_TYPES
from standards.dcql import ClaimsPath, covers, select
from standards.errors import InvalidInputError
from standards.licence_types import FieldKind, LicenceField, Sensitivity, shown_image
from standards.licence_types.described_type import DescribedType, describe_vct
from standards.text import Text
from wallet.holdings.holding import Face

NEVER_ASKED: Final = frozenset(
    {"iss", "vct", "vct#integrity", "nbf", "exp", "iat", "cnf", "status", "sub", "_sd_alg"}
)
"""Claims about the credential, not the licence; always visible to whoever sees a copy."""

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class FaceField:
    """One field on the face of a licence.

    Attributes:
        name: the claim's name.
        label: what it is called.
        value: for people, in both languages (days, choices and codes are told in words).
        masked: the value with most of it hidden, or ``None`` when it is shown openly.
        sensitive: sensitive personal data (Personal Information Protection Law article 28).
        image: ``data:`` URI of the picture that the value is, or ``None``.
        printed: whether it stands on the licence's face.
    """

    name: str
    label: Text
    value: Text
    masked: str | None = None
    sensitive: bool = False
    image: str | None = None
    printed: bool = True


def fields_of(face: Face) -> tuple[FaceField, ...]:
    """All fields that the licence has, in printed order; fields that nobody described come last."""
    known = _known_fields(face)
    names = [name for name in known if name in face.claims]
    names += [name for name in face.claims if name not in known and name not in NEVER_ASKED]
    return tuple(_field(name, known.get(name), face.claims[name]) for name in names)


def shown_by(face: Face, paths: Iterable[ClaimsPath]) -> tuple[FaceField, ...]:
    """The fields that a verifier sees when the claims at ``paths`` are disclosed, each once, in printed order."""
    asked = tuple(paths)
    known = _known_fields(face)
    shown = []
    for field in fields_of(face):
        values = [value for path in asked if path[0] == field.name for _, value in select(face.claims, path)]
        if not values:
            continue
        whole = any(path == (field.name,) for path in asked)
        shown.append(_field(field.name, known.get(field.name), face.claims[field.name] if whole else values))
    return tuple(shown)


def withheld_by(face: Face, paths: Iterable[ClaimsPath]) -> tuple[FaceField, ...]:
    """The fields that stay hidden when only the claims at ``paths`` are disclosed."""
    asked = tuple(paths)
    return tuple(field for field in fields_of(face) if not any(covers(path, (field.name,)) for path in asked))


def licence_number(face: Face) -> FaceField | None:
    """The number printed on the licence, masked as its type says; ``None`` when it has none."""
    return next((field for field in fields_of(face) if field.name == "licence_number"), None)


def described(face: Face) -> DescribedType | None:
    """What the licence's type is called and how it is shown: as it ships, else as its issuer described it."""
    return describe_vct(face.vct) or face.described


def _known_fields(face: Face) -> Mapping[str, LicenceField]:
    known = described(face)
    return {} if known is None else known.fields


def _field(name: str, known: LicenceField | None, value: Any) -> FaceField:
    if known is None:
        return FaceField(name, Text(name, name), _in_words(value))
    text = str(value)
    return FaceField(
        name=name,
        label=known.label,
        value=_value(known, value),
        masked=known.mask.apply(text) if known.mask is not None else None,
        sensitive=known.grade is Sensitivity.SENSITIVE,
        image=shown_image(value) if known.kind is FieldKind.IMAGE else None,
        printed=known.printed,
    )


def _value(field: LicenceField, value: Any) -> Text:
    if field.kind is FieldKind.CHOICE:
        label = next((choice.label for choice in field.choices if choice.value == value), None)
        if label is not None:
            return label
    if field.kind is FieldKind.IMAGE:
        return Text("（图片）", "(picture)")
    if field.kind is FieldKind.DATE:
        return _day_in_words(str(value))
    if field.kind is FieldKind.DIVISION and isinstance(value, str):
        try:
            name = division_text(value)
            return Text(f"{name.zh}（{value}）", f"{name.en} ({value})")
        except InvalidInputError:
            return Text(value, value)
    if field.name == "holder_code_type" and value in HOLDER_CODE_TYPES:
        return HOLDER_CODE_TYPES[value].name
    return _in_words(value)


def _day_in_words(value: str) -> Text:
    """2026年11月22日 and 22 Nov 2026; what is no ISO 8601 day stays as it came."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return Text(value, value)
    return Text(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {_MONTHS[day.month - 1]} {day.year}")


def _in_words(value: Any) -> Text:
    if isinstance(value, bool):
        return Text("是", "yes") if value else Text("否", "no")
    if isinstance(value, Mapping):
        value = [f"{name}: {_in_words(part).zh}" for name, part in value.items()]
    if isinstance(value, Sequence) and not isinstance(value, str):
        parts = [_in_words(part) for part in value]
        return Text("、".join(part.zh for part in parts), ", ".join(part.en for part in parts))
    return Text(str(value), str(value))
