"""Reads what a source says of licences: ``{"observations": [{"identifier", "fields": {…}}, …]}``.

In place of the identifier a row may name ``type`` and ``licence_number``, as printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from issuer.library.licence import Holder, Licence
from issuer.sources.errors import InvalidObservationError
from issuer.sources.judgement import HOLDER_NAME, HOLDERS
from standards.codes.holder_code import check_holder_number
from standards.codes.iso_date import parse_date
from standards.codes.licence_identifier import parse_licence_identifier
from standards.errors import InvalidInputError
from standards.json_reader import Reader
from standards.licence_types import LicenceType, check_fields
from standards.single_line import is_single_line

MAX_ROWS: Final = 2_000
"""Most licences in one delivery; a source with more sends several."""

_DATES: Final = frozenset({"valid_from", "valid_until"})
_MAX_NAME_CHARS: Final = 100
_MAX_NUMBER_CHARS: Final = 60


@dataclass(frozen=True, slots=True, repr=False)
class Observation:
    """What a source says of one licence; the values are checked when its type is known.

    Attributes:
        row: place in the delivery, from 0.
        identifier: of the licence, in whatever version; or ``None`` where it is named by type and number.
        fields: name → value as it came.
        number: type code and printed number; or ``None``.
    """

    row: int
    identifier: str | None
    fields: Mapping[str, Any]
    number: tuple[str, str] | None = None

    def __repr__(self) -> str:
        return f"Observation({self.row})"


def parse_observations(obj: Any) -> tuple[tuple[Observation, ...], tuple[InvalidObservationError, ...]]:
    """The rows that can be read, and what is wrong with the others.

    Raises:
        InvalidInputError: it is no delivery at all.
    """
    reader = Reader(obj)
    reader.refuse_unknown(frozenset({"observations"}))
    rows: list[Observation] = []
    errors: list[InvalidObservationError] = []
    for row, item in enumerate(reader.list("observations", min_items=1, max_items=MAX_ROWS)):
        try:
            rows.append(_observation(row, item))
        except InvalidObservationError as error:
            errors.append(error)
    return tuple(rows), tuple(errors)


def parse_face(observation: Observation, licence: Licence, licence_type: LicenceType) -> dict[str, Any]:
    """What the source says, as a face that can be compared (``issuer.sources.judgement``).

    ``holder_name`` stands for the name of the only holder. ``null`` says that an optional field has no value.

    Raises:
        InvalidObservationError: a field that the type does not have, or a value that it does not allow.
    """
    where = f"/observations/{observation.row}/fields"
    reader = Reader(dict(observation.fields), where, error=InvalidObservationError)
    own = {field.name: field for field in licence_type.own_fields}
    face: dict[str, Any] = {}
    given: dict[str, Any] = {}
    for name in reader.names():
        if name == HOLDERS:
            face[HOLDERS] = _holders(reader)
        elif name == HOLDER_NAME:
            face[HOLDERS] = _renamed(reader, licence)
        elif name in _DATES:
            face[name] = _date(reader, name)
        elif name == "licence_number":
            face[name] = reader.text(name, max_chars=_MAX_NUMBER_CHARS)
        elif name in own and reader.any(name) is None and not own[name].required:
            face[name] = None
        else:
            given[name] = reader.any(name)
    for error in check_fields(licence_type, given, where=where):
        # A source speaks of the fields that it knows; those that it leaves out are no mistake.
        if (error.where or "").removeprefix(f"{where}/") in given:
            raise InvalidObservationError(
                error.message.zh, error.message.en, where=error.where, next_step=error.next_step
            )
    return {**given, **face}


def _observation(row: int, item: Any) -> Observation:
    reader = Reader(item, f"/observations/{row}", error=InvalidObservationError)
    reader.refuse_unknown(frozenset({"identifier", "type", "licence_number", "fields"}))
    identifier = reader.optional_text("identifier", max_chars=200)
    number = None
    if identifier is None:
        # A source often knows what is printed, and not the identifier that was assigned here.
        number = (
            reader.text("type", max_chars=21),
            reader.text("licence_number", max_chars=_MAX_NUMBER_CHARS),
        )
    else:
        try:
            parse_licence_identifier(identifier)
        except InvalidInputError as error:
            raise reader.fail("identifier", error.message.zh, error.message.en) from error
    fields = reader.mapping("fields")
    if not fields:
        raise reader.fail("fields", "没有任何字段。", "There is no field.")
    if HOLDERS in fields and HOLDER_NAME in fields:
        raise reader.fail(
            "fields", "holders 与 holder_name 只填一项。", "Give holders or holder_name, not both."
        )
    return Observation(row, identifier, fields, number)


def _renamed(reader: Reader, licence: Licence) -> tuple[Holder, ...]:
    if len(licence.holders) != 1:
        raise reader.fail(
            HOLDER_NAME,
            "此证照有多个持证主体，请用 holders。",
            "This licence has several holders; give them all as holders.",
        )
    holder = licence.holders[0]
    return (Holder(_name(reader, HOLDER_NAME), holder.code_type, holder.number),)


def _holders(reader: Reader) -> tuple[Holder, ...]:
    holders = []
    for item in reader.objects(HOLDERS, min_items=1, max_items=99):
        item.refuse_unknown(frozenset({"name", "code_type", "number"}))
        code_type = item.text("code_type", max_chars=3)
        number = item.text("number", max_chars=_MAX_NUMBER_CHARS)
        try:
            number = check_holder_number(code_type, number)
        except InvalidInputError as error:
            raise item.fail("number", error.message.zh, error.message.en) from error
        holders.append(Holder(_name(item, "name"), code_type, number))
    if len({(holder.code_type, holder.number) for holder in holders}) != len(holders):
        raise reader.fail(HOLDERS, "同一持证主体出现两次。", "A holder occurs twice.")
    return tuple(holders)


def _name(reader: Reader, member: str) -> str:
    name = reader.text(member, max_chars=_MAX_NAME_CHARS, strip=True)
    if not is_single_line(name):
        raise reader.fail(member, "含有不可打印的字符。", "It has characters that cannot be printed.")
    return name


def _date(reader: Reader, name: str) -> str | None:
    if reader.any(name) is None:
        return None
    text = reader.text(name, max_chars=10)
    try:
        return parse_date(text).isoformat()
    except InvalidInputError as error:
        raise reader.fail(name, error.message.zh, error.message.en) from error
