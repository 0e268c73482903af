"""Reads the body of ``POST /api/v1/licences`` into a checked draft; every mistake is named with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar

from issuer.library.errors import InvalidLicenceError
from issuer.library.inspection_input import parse_inspection
from issuer.library.licence import Holder, InspectionStanding
from issuer.library.validity_period import Period, period_of
from standards.codes.division import parse_division
from standards.codes.holder_code import check_holder_number
from standards.codes.iso_date import parse_date
from standards.errors import InvalidInputError
from standards.json_reader import Reader
from standards.licence_types import Catalogue, LicenceType, check_fields
from standards.single_line import is_single_line
from standards.text import Text

T = TypeVar("T")

MEMBERS: Final = frozenset(
    {
        "type", "holders", "issue_date", "valid_from", "valid_until", "division", "licence_number", "serial",
        "fields", "inspection",
    }
)  # fmt: skip

_SERIAL: Final = re.compile(r"[0-9A-Z]{1,64}", re.ASCII)
_MAX_NAME_CHARS: Final = 100
_MAX_NUMBER_CHARS: Final = 60


@dataclass(frozen=True, slots=True, repr=False)
class LicenceDraft:
    """What an authority says of a licence, checked against its type. The library adds identifier and state.

    Attributes:
        licence_type: of the catalogue.
        holders: 1..n as the type allows.
        issue_date: day of issue.
        period: first and last day of validity.
        division: six digits, or ``None`` for the authority's own.
        licence_number: as printed, or ``None`` to have the next one by the coding rule.
        serial: of the identifier, or ``None`` to have one assigned.
        fields: the type's own fields.
        inspection: standing with inspections.
    """

    licence_type: LicenceType
    holders: tuple[Holder, ...]
    issue_date: date
    period: Period
    division: str | None
    licence_number: str | None
    serial: str | None
    fields: Mapping[str, Any]
    inspection: InspectionStanding


class Findings:
    """Collects the mistakes of one input instead of stopping at the first."""

    def __init__(self) -> None:
        self.errors: list[InvalidInputError] = []

    def attempt(self, parse: Callable[[], T]) -> T | None:
        """The result of ``parse``, or ``None`` after noting its error."""
        try:
            return parse()
        except InvalidInputError as error:
            self.errors.append(error)
            return None

    def note(self, error: InvalidInputError) -> None:
        """Notes one more mistake."""
        self.errors.append(error)


def parse_licence_draft(obj: Any, catalogue: Catalogue, *, today: date) -> LicenceDraft:
    """The draft in ``obj``.

    Args:
        obj: the decoded JSON body.
        catalogue: the licence types.
        today: the day in China; a licence is not issued in the future.

    Raises:
        InvalidLicenceError: with every mistake that was found.
    """
    reader = Reader(obj)
    findings = Findings()
    findings.attempt(lambda: reader.refuse_unknown(MEMBERS))
    licence_type = findings.attempt(lambda: _type(reader, catalogue))
    if licence_type is None:
        # Without its type nothing else can be judged.
        raise InvalidLicenceError(findings.errors)
    holders = parse_holders(reader, licence_type, findings)
    issue_date = findings.attempt(lambda: _issue_date(reader, today))
    fields = parse_field_values(reader, licence_type, findings)
    number = findings.attempt(lambda: parse_licence_number(reader, licence_type))
    serial = findings.attempt(lambda: _serial(reader))
    division = findings.attempt(lambda: _division(reader))
    start = issue_date or today
    inspection = findings.attempt(lambda: parse_inspection(reader, licence_type, start))
    period = findings.attempt(lambda: period_of(reader, licence_type, holders, start))
    if findings.errors or issue_date is None or inspection is None or period is None:
        raise InvalidLicenceError(findings.errors)
    return LicenceDraft(
        licence_type, holders, issue_date, period, division, number, serial, fields, inspection
    )


def parse_holders(reader: Reader, licence_type: LicenceType, findings: Findings) -> tuple[Holder, ...]:
    """The holders, as many and of such kinds as the type allows."""
    rule = licence_type.holder
    items = findings.attempt(
        lambda: tuple(reader.objects("holders", min_items=rule.minimum, max_items=rule.maximum))
    )
    holders = tuple(
        holder
        for item in items or ()
        if (holder := findings.attempt(lambda item=item: _holder(item, licence_type))) is not None  # type: ignore[misc]
    )
    if len({(holder.code_type, holder.number) for holder in holders}) != len(holders):
        findings.note(
            InvalidInputError(
                "同一持证主体出现两次。", "A holder occurs twice.", where=reader.pointer("holders")
            )
        )
    return holders


def _holder(reader: Reader, licence_type: LicenceType) -> Holder:
    reader.refuse_unknown(frozenset({"name", "code_type", "number"}))
    name = reader.text("name", max_chars=_MAX_NAME_CHARS)
    if not name.strip() or not is_single_line(name):
        raise reader.fail(
            "name", "姓名或名称不能为空或含不可打印字符。", "The name is blank or cannot be printed."
        )
    code_type = reader.choice("code_type", frozenset(licence_type.holder.code_types))
    number = reader.text("number", max_chars=_MAX_NUMBER_CHARS)
    return Holder(name, code_type, check_holder_number(code_type, number, where=reader.pointer("number")))


def parse_field_values(reader: Reader, licence_type: LicenceType, findings: Findings) -> dict[str, Any]:
    """The type's own fields, checked; empty when there are none to check."""
    values = findings.attempt(lambda: dict(reader.mapping("fields"))) or {}
    if "fields" in reader:
        for error in check_fields(licence_type, values, where=reader.pointer("fields")):
            findings.note(error)
    return values


def parse_licence_number(reader: Reader, licence_type: LicenceType) -> str | None:
    """The number as the coding rule wants it, or ``None`` when the library shall assign one."""
    number = reader.optional_text("licence_number", max_chars=_MAX_NUMBER_CHARS)
    if number is not None and not licence_type.coding.pattern.fullmatch(number):
        raise InvalidInputError(
            "证照号码不符合编码规则。",
            "The licence number does not follow the coding rule.",
            where=reader.pointer("licence_number"),
            next_step=licence_type.coding.description,
        )
    return number


def _type(reader: Reader, catalogue: Catalogue) -> LicenceType:
    code = reader.text("type", max_chars=100)
    return catalogue.find_vct(code) or catalogue.by_code(code, where=reader.pointer("type"))


def _issue_date(reader: Reader, today: date) -> date:
    text = reader.optional_text("issue_date", max_chars=10)
    day = today if text is None else parse_date(text, where=reader.pointer("issue_date"))
    if day > today:
        raise InvalidInputError(
            "颁发日期不能晚于今天。",
            "The date of issue must not be in the future.",
            where=reader.pointer("issue_date"),
            next_step=Text("以后生效的证照请填写 valid_from。", "For a later start give valid_from."),
        )
    return day


def _division(reader: Reader) -> str | None:
    text = reader.optional_text("division", max_chars=6)
    return None if text is None else parse_division(text, where=reader.pointer("division")).code


def _serial(reader: Reader) -> str | None:
    text = reader.optional_text("serial", max_chars=64)
    if text is not None and not _SERIAL.fullmatch(text):
        raise reader.fail(
            "serial", "流水号应为数字和大写字母。", "The serial has digits and capital letters only."
        )
    return text
