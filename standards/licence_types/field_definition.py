"""Reads the ``fields`` of a licence type's data file: what stands on the face, in printed order."""

from __future__ import annotations

import re
from typing import Final

from standards.json_reader import Reader
from standards.licence_types.common_claims import COMMON_CLAIMS
from standards.licence_types.data_reader import InvalidLicenceTypeError, TypeFindings, parse_text
from standards.licence_types.departments import DEPARTMENTS
from standards.licence_types.licence_type import Choice, FieldKind, LicenceField, Sensitivity
from standards.licence_types.masking import Mask

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*", re.ASCII)

MAX_FIELDS: Final = 100
MAX_NAME_CHARS: Final = 60

_OWN_MEMBERS: Final = frozenset(
    {
        "name",
        "label",
        "kind",
        "grade",
        "required",
        "mask",
        "choices",
        "pattern",
        "hint",
        "max_chars",
        "source",
        "printed",
    }
)
_COMMON_MEMBERS: Final = frozenset({"name", "label", "grade", "mask", "source"})

_RESERVED: Final = frozenset(
    {
        "iss",
        "sub",
        "aud",
        "iat",
        "nbf",
        "exp",
        "jti",
        "cnf",
        "vct",
        "status",
        "_sd",
        "_sd_alg",
        "vct#integrity",
    }
)
"""Registered claims of a credential; a face field may not take their names."""


def parse_fields(reader: Reader, findings: TypeFindings) -> tuple[LicenceField, ...]:
    """The fields in the order of the file, numbered from 1; those with a mistake are noted and left out.

    A field whose name is a common claim only gives that claim its label and its place on this face; its value comes
    from the licence record.
    """
    items = findings.attempt(lambda: reader.list("fields", min_items=1, max_items=MAX_FIELDS)) or []
    names: set[str] = set()
    read = (
        findings.attempt(
            lambda item=item, order=order: _field(  # type: ignore[misc]
                Reader(item, reader.pointer("fields", order - 1), error=InvalidLicenceTypeError),
                order,
                names,
                findings,
            )
        )
        for order, item in enumerate(items, start=1)
    )
    return tuple(field for field in read if field is not None)


def _field(item: Reader, order: int, names: set[str], findings: TypeFindings) -> LicenceField:
    name = item.text("name", max_chars=MAX_NAME_CHARS)
    if not _NAME.fullmatch(name) or name in _RESERVED:
        raise item.fail(
            "name",
            "名称应由小写字母、数字和下划线组成，以字母开头，且不是保留名称。",
            "A name has small letters, digits and underscores, begins with a letter, and is not reserved.",
        )
    if name in names:
        raise item.fail("name", "名称重复。", "The name occurs twice.")
    names.add(name)
    if name in COMMON_CLAIMS:
        return _common_field(item, name, order)
    return _own_field(item, name, order, findings)


def _common_field(reader: Reader, name: str, order: int) -> LicenceField:
    reader.refuse_unknown(_COMMON_MEMBERS)
    claim = COMMON_CLAIMS[name]
    number = reader.optional_integer("grade", minimum=1, maximum=4)
    grade = claim.grade if number is None else Sensitivity(number)
    own_mask = reader.optional_object("mask")
    # A business licence's number is public: what is not personal needs no mask.
    mask = claim.mask if grade >= Sensitivity.PERSONAL else None
    return LicenceField(
        name,
        parse_text(reader.object("label")),
        claim.kind,
        grade,
        order,
        claim.required,
        common=True,
        mask=mask if own_mask is None else parse_mask(own_mask),
        source=_source(reader),
    )


def _own_field(reader: Reader, name: str, order: int, findings: TypeFindings) -> LicenceField:
    reader.refuse_unknown(_OWN_MEMBERS)
    kind = FieldKind(reader.choice("kind", tuple(FieldKind)))
    has_pattern = "pattern" in reader
    if has_pattern and kind not in {FieldKind.TEXT, FieldKind.LONG_TEXT}:
        raise reader.fail("pattern", "只有文字字段可有格式。", "Only text fields have a pattern.")
    mask = reader.optional_object("mask")
    return LicenceField(
        name=name,
        label=parse_text(reader.object("label")),
        kind=kind,
        grade=Sensitivity(reader.integer("grade", minimum=1, maximum=4)),
        order=order,
        required=reader.boolean("required"),
        mask=None if mask is None else parse_mask(mask),
        choices=parse_choices(reader) if kind is FieldKind.CHOICE else (),
        pattern=findings.pattern(reader, "pattern") if has_pattern else None,
        hint=parse_text(reader.object("hint")) if has_pattern else None,
        max_chars=reader.optional_integer("max_chars", minimum=1, maximum=4000)
        or (2000 if kind is FieldKind.LONG_TEXT else 200),
        source=_source(reader),
        printed=reader.optional_boolean("printed") is not False,
    )


def _source(reader: Reader) -> str | None:
    return reader.optional_choice("source", frozenset(DEPARTMENTS))


def parse_choices(reader: Reader) -> tuple[Choice, ...]:
    """The ``choices`` of a field, at least two."""
    choices = tuple(
        Choice(label.zh, label)
        for label in (parse_text(choice) for choice in reader.objects("choices", min_items=2))
    )
    if len({choice.value for choice in choices}) != len(choices):
        raise reader.fail("choices", "选项重复。", "A choice occurs twice.")
    return choices


def parse_mask(reader: Reader) -> Mask:
    """A mask: how much is shown at the ends, or which places are hidden."""
    reader.refuse_unknown(frozenset({"show_first", "show_last", "hide_from", "hide_to"}))
    if "hide_from" in reader:
        first = reader.integer("hide_from", minimum=1, maximum=64)
        return Mask(0, 0, first, reader.integer("hide_to", minimum=first, maximum=64))
    return Mask(reader.integer("show_first", maximum=16), reader.integer("show_last", maximum=16))
