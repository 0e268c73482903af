"""A licence type as it is shown by who does not issue it: name, colours, fields with labels and masks.

It comes from the catalogue that ships, or, for a type that was made elsewhere, from what its issuer publishes: the type
metadata (draft-ietf-oauth-sd-jwt-vc-13 section 6, under ``vct#integrity``) say names, labels, order and colours; the
type's data say what the draft has no word for: what a value is, how sensitive, how masked, its choices in two languages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from standards.json_reader import Reader, parse_json
from standards.licence_types.catalogue import load_catalogue
from standards.licence_types.common_claims import COMMON_CLAIMS
from standards.licence_types.data_reader import InvalidLicenceTypeError
from standards.licence_types.field_definition import parse_choices, parse_mask
from standards.licence_types.licence_type import (
    LEAST_CONTRAST,
    Appearance,
    Choice,
    FieldKind,
    LicenceField,
    LicenceType,
    Sensitivity,
)
from standards.licence_types.masking import Mask
from standards.licence_types.type_data import mask_data
from standards.licence_types.type_metadata import claims_of
from standards.sd_jwt_vc import TypeMetadataError, parse_type_metadata
from standards.single_line import is_single_line
from standards.text import Text

PLAIN: Final = Appearance("#2f5d50", "#ffffff")
"""Colours of a card whose type says none that can be read."""

_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}", re.ASCII)
_MAX_LABEL_CHARS: Final = 100


@dataclass(frozen=True, slots=True)
class DescribedType:
    """What is needed to show a licence.

    Attributes:
        vct: the type.
        name: what it is called.
        appearance: colours of its card.
        fields: by claim name, in printed order.
    """

    vct: str
    name: Text
    appearance: Appearance
    fields: Mapping[str, LicenceField]


def describe(licence_type: LicenceType) -> DescribedType:
    """A type of the catalogue."""
    fields = {field.name: field for field in claims_of(licence_type)}
    return DescribedType(licence_type.vct, licence_type.name, licence_type.appearance, fields)


def describe_vct(vct: str) -> DescribedType | None:
    """The type of ``vct`` as it ships with this software, or ``None``."""
    return _shipped(vct)


def parse_described_type(
    document: bytes, *, vct: str, integrity: str | None, data: bytes | None = None
) -> DescribedType:
    """The type that fetched documents describe.

    Args:
        document: the type metadata as fetched, untrusted.
        vct: the type that the credential names.
        integrity: ``vct#integrity`` of the verified credential, or ``None`` when it names none.
        data: the type's data as fetched, untrusted; what is wrong in them, or missing, is left out.

    Raises:
        TypeMetadataError: it is no such document, another type's, or not the one that was signed.
    """
    metadata = parse_type_metadata(document, vct=vct, integrity=integrity)
    details = _details(data)
    fields: dict[str, LicenceField] = {}
    for order, claim in enumerate(metadata.claims, start=1):
        name = claim.path[0]
        if len(claim.path) != 1 or not isinstance(name, str) or name in fields:
            continue
        label = _text({one.locale: one.name for one in claim.display}, name)
        fields[name] = _field(name, label, order, claim.mandatory, details.get(name))
    title = _text({one.locale: one.name for one in metadata.display}, metadata.name or vct)
    reader = Reader(parse_json(document, error=TypeMetadataError), error=TypeMetadataError)
    return DescribedType(vct, title, _appearance(reader), fields)


def plain_type(
    vct: str, name: Text, labels: Mapping[str, Text], background: str | None, text: str | None
) -> DescribedType:
    """A type of which only names, labels and perhaps colours are known."""
    fields = {
        claim: _field(claim, label, order, False, None)
        for order, (claim, label) in enumerate(labels.items(), start=1)
    }
    return DescribedType(vct, name, _readable(background, text) or PLAIN, fields)


def described_type_data(described: DescribedType) -> dict[str, Any]:
    """The value as JSON, to be kept beside a licence."""
    return {
        "vct": described.vct,
        "name": described.name.to_json(),
        "appearance": [described.appearance.background, described.appearance.text],
        "fields": [
            {
                "name": field.name,
                "label": field.label.to_json(),
                "kind": field.kind.value,
                "grade": int(field.grade),
                "mask": None if field.mask is None else mask_data(field.mask),
                "choices": [choice.label.to_json() for choice in field.choices],
                "printed": field.printed,
            }
            for field in described.fields.values()
        ],
    }


def described_type_of(data: Mapping[str, Any]) -> DescribedType:
    """Read back what :func:`described_type_data` wrote; trusts its input."""
    fields = (
        LicenceField(
            field["name"],
            Text(**field["label"]),
            FieldKind(field["kind"]),
            Sensitivity(field["grade"]),
            order,
            required=False,
            common=field["name"] in COMMON_CLAIMS,
            mask=None if field["mask"] is None else parse_mask(Reader(field["mask"])),
            choices=tuple(Choice(label["zh"], Text(**label)) for label in field["choices"]),
            printed=field.get("printed", True),
        )
        for order, field in enumerate(data["fields"], start=1)
    )
    return DescribedType(
        data["vct"], Text(**data["name"]), Appearance(*data["appearance"]), {one.name: one for one in fields}
    )


@lru_cache(maxsize=64)
def _shipped(vct: str) -> DescribedType | None:
    found = load_catalogue().find_vct(vct)
    return None if found is None else describe(found)


@dataclass(frozen=True, slots=True)
class _Detail:
    kind: FieldKind
    grade: Sensitivity
    mask: Mask | None
    choices: tuple[Choice, ...]
    printed: bool = True


def _details(data: bytes | None) -> dict[str, _Detail]:
    """What a type's data say of its fields, by name; whatever cannot be read is left out."""
    if data is None:
        return {}
    found: dict[str, _Detail] = {}
    try:
        whole = Reader(parse_json(data, error=InvalidLicenceTypeError), error=InvalidLicenceTypeError)
        for item in whole.objects("fields"):
            name = item.text("name")
            claim = COMMON_CLAIMS.get(name)
            mask = item.optional_object("mask")
            kind = claim.kind if claim is not None else FieldKind(item.choice("kind", tuple(FieldKind)))
            grade = item.optional_integer("grade", minimum=1, maximum=4)
            found[name] = _Detail(
                kind,
                Sensitivity(grade or (claim.grade if claim is not None else Sensitivity.PERSONAL)),
                None if mask is None else parse_mask(mask),
                parse_choices(item) if kind is FieldKind.CHOICE else (),
                item.optional_boolean("printed") is not False,
            )
    except InvalidLicenceTypeError:
        pass
    return found


def _field(name: str, label: Text, order: int, required: bool, detail: _Detail | None) -> LicenceField:
    """One claim; where nothing more is known of it, it is taken for personal."""
    common = COMMON_CLAIMS.get(name)
    if detail is None and common is not None:
        detail = _Detail(common.kind, common.grade, common.mask, common.choices)
    if detail is None:
        detail = _Detail(FieldKind.TEXT, Sensitivity.PERSONAL, None, ())
    return LicenceField(
        name,
        label,
        detail.kind,
        detail.grade,
        order,
        required,
        common=common is not None,
        mask=detail.mask,
        choices=detail.choices,
        printed=detail.printed,
    )


def _text(by_locale: Mapping[str, str], otherwise: str) -> Text:
    """Chinese and English of what is there; words that could break a line are not shown."""
    usable = {
        locale.partition("-")[0].lower(): words
        for locale, words in by_locale.items()
        if is_single_line(words) and 0 < len(words.strip()) <= _MAX_LABEL_CHARS
    }
    first = next(iter(usable.values()), otherwise)
    return Text(usable.get("zh", first), usable.get("en", first))


def _appearance(reader: Reader) -> Appearance:
    """The colours of the first display that has two that can be read upon one another."""
    if "display" not in reader:
        return PLAIN
    for display in reader.objects("display"):
        simple: Any = display.any("rendering") if "rendering" in display else None
        simple = simple.get("simple") if isinstance(simple, dict) else None
        if not isinstance(simple, dict):
            continue
        found = _readable(simple.get("background_color"), simple.get("text_color"))
        if found is not None:
            return found
    return PLAIN


def _readable(background: Any, text: Any) -> Appearance | None:
    """The two colours, when they are colours and can be read upon one another."""
    colours = [one.lower() for one in (background, text) if isinstance(one, str) and _COLOUR.fullmatch(one)]
    if len(colours) != 2:
        return None
    appearance = Appearance(*colours)
    return appearance if appearance.contrast >= LEAST_CONTRAST else None
