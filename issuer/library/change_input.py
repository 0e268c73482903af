"""Reads the body of ``POST /api/v1/licences/{identifier}/events``: what is to be done, why, and who stands behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from issuer.library.errors import InvalidLicenceError
from issuer.library.event import Actor, Operation
from issuer.library.inspection_input import parse_inspection
from issuer.library.licence import InspectionStanding, Licence, SourceMark
from issuer.library.licence_input import LicenceDraft, parse_licence_draft
from issuer.library.lifecycle import TRANSITIONS
from issuer.library.numbering import is_running
from issuer.library.reason_codes import REASON_CODES
from issuer.library.rights import takes_away
from issuer.library.validity_period import age_of
from standards.errors import InvalidInputError
from standards.json_reader import Reader
from standards.licence_types import Catalogue, LicenceType
from standards.licence_types.validity import ValidityKind, ValidityRule
from standards.single_line import is_paragraph, is_single_line
from standards.text import Text

_MEMBERS: Final = frozenset({"operation", "reason", "reason_code", "approval", "changes", "inspection"})
_CHANGES: Final = frozenset({"holders", "valid_from", "valid_until", "licence_number", "fields"})

MAX_REASON_CHARS: Final = 500
MAX_ACTOR_CHARS: Final = 60


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """A checked request to carry out one operation.

    Attributes:
        operation: never ISSUE.
        reason: why, in words.
        proposer: who asks for it, or ``None`` where the calling system did not say.
        approver: the second person, or ``None``.
        draft: what the new version says, for operations that make one.
        inspection: the new standing, for INSPECT.
        source: the delivery of a source system that asks for it, or ``None``.
        code: why, as a code of ``reason_codes``, or ``None``.
        changes: what the new version would say otherwise, as given; ``None`` where nothing was given.
        takes_rights_away: whether the operation, or what it changes, needs two persons.
        part_of: id of the bulk operation that asks for it, or ``None``.
    """

    operation: Operation
    reason: str
    proposer: Actor | None = None
    approver: Actor | None = None
    draft: LicenceDraft | None = None
    inspection: InspectionStanding | None = None
    source: SourceMark | None = None
    code: str | None = None
    changes: Mapping[str, Any] | None = None
    takes_rights_away: bool = False
    part_of: str | None = None


def parse_change_request(
    obj: Any, licence: Licence, licence_type: LicenceType, catalogue: Catalogue, *, today: date
) -> ChangeRequest:
    """The request in ``obj`` for this licence.

    Raises:
        InvalidInputError: an unknown operation, no reason, or changes that the operation or the type does not
            allow. Whether the licence's state allows it is the lifecycle's business.
    """
    reader = Reader(obj)
    reader.refuse_unknown(_MEMBERS)
    operation = Operation(reader.choice("operation", tuple(TRANSITIONS)))
    reason = parse_reason(reader)
    code = reader.optional_choice("reason_code", frozenset(REASON_CODES[operation]))
    proposer, approver = _approval(reader)
    rule = TRANSITIONS[operation]
    if "changes" in reader and not rule.makes_version:
        raise reader.fail(
            "changes", "此操作不改变证照内容。", "This operation does not change what the licence says."
        )
    if "inspection" in reader and operation is not Operation.INSPECT:
        raise reader.fail(
            "inspection", "只有检验操作可填写此项。", "Only the operation inspect has this member."
        )
    inspection = (
        parse_inspection(reader, licence_type, today, required=True)
        if operation is Operation.INSPECT
        else None
    )
    draft, given = None, None
    if rule.makes_version:
        given = reader.mapping("changes") if "changes" in reader else None
        draft = new_version_draft(
            operation, Reader(given or {}, reader.pointer("changes")), licence, catalogue, today=today
        )
    needs_two = rule.takes_rights_away or (draft is not None and takes_away(licence, draft, today))
    return ChangeRequest(
        operation,
        reason,
        proposer,
        approver,
        draft,
        inspection,
        code=code,
        changes=given,
        takes_rights_away=needs_two,
    )


def parse_reason(reader: Reader) -> str:
    """The reason: what every operation and every decision must give."""
    reason = reader.text("reason", max_chars=MAX_REASON_CHARS, strip=True)
    if not is_paragraph(reason):
        raise reader.fail("reason", "含有不可打印的字符。", "It has characters that cannot be printed.")
    return reason


def parse_actor(reader: Reader, name: str) -> Actor:
    """A person for whom the calling system vouches."""
    text = reader.text(name, max_chars=MAX_ACTOR_CHARS, strip=True)
    if not is_single_line(text):
        raise reader.fail(name, "含有不可打印的字符。", "It has characters that cannot be printed.")
    return Actor(text)


def _approval(reader: Reader) -> tuple[Actor | None, Actor | None]:
    approval = reader.optional_object("approval")
    if approval is None:
        return None, None
    approval.refuse_unknown(frozenset({"proposer", "approver"}))
    approver = parse_actor(approval, "approver") if "approver" in approval else None
    return parse_actor(approval, "proposer"), approver


def new_version_draft(
    operation: Operation, changes: Reader, licence: Licence, catalogue: Catalogue, *, today: date
) -> LicenceDraft:
    """What the next version says: the present version with ``changes`` over it, in the newest version of its type.

    The whole is checked again, because a field that was right alone can be wrong beside a changed one.

    Raises:
        InvalidInputError: nothing changes although the operation is a change, or the result is no valid licence.
    """
    changes.refuse_unknown(_CHANGES)
    if operation is Operation.CHANGE and not changes.names():
        raise InvalidInputError(
            "变更须说明改了什么。",
            "A change must say what changes.",
            where=changes.where,
            next_step=Text("请在 changes 中填写新值。", "Give the new values in changes."),
        )
    body = _body_of(licence, catalogue)
    for name in changes.names():
        body[name] = _merged_fields(body["fields"], changes) if name == "fields" else changes.any(name)
    if operation is Operation.EXTEND:
        body |= _new_term(licence, changes, catalogue.by_code(licence.type_code).validity, today)
    body["issue_date"] = today.isoformat()
    if "licence_number" not in changes and is_running(catalogue.by_code(licence.type_code)):
        body["licence_number"] = licence.licence_number
    try:
        draft = parse_licence_draft(body, catalogue, today=today)
    except InvalidLicenceError as error:
        raise InvalidLicenceError([_moved(found, changes.where) for found in error.errors]) from error
    if operation is Operation.EXTEND:
        _refuse_shorter(licence, draft, changes)
    return draft


def _new_term(licence: Licence, changes: Reader, rule: ValidityRule, today: date) -> dict[str, Any]:
    """First and last day of the extended licence, as far as ``changes`` does not give them.

    The new version is in force from today, since it replaces the old one today; its term is counted from the last day
    of the old one, so that no day is lost or given twice.
    """
    if licence.valid_until is None:
        raise InvalidInputError(
            "证照没有截止日期，无须延续。",
            "The licence has no last day; there is nothing to extend.",
            where="/operation",
        )
    term = {} if "valid_from" in changes else {"valid_from": today.isoformat()}
    if "valid_until" in changes:
        return term
    if rule.kind not in {ValidityKind.YEARS, ValidityKind.BY_AGE}:
        raise changes.fail(
            "valid_until", "此类证照的延续须写明截止日期。", "An extension of this type states its last day."
        )
    end = rule.end(licence.valid_until, age=age_of(licence.holders, licence.valid_until))
    return term | {"valid_until": None if end is None else end.isoformat()}


def _refuse_shorter(licence: Licence, draft: LicenceDraft, changes: Reader) -> None:
    """An extension that ends earlier would take rights away, and only by two persons may that happen."""
    old, new = licence.valid_until, draft.period.valid_until
    if old is not None and new is not None and new <= old:
        raise changes.fail(
            "valid_until",
            f"延续后的截止日期应晚于原截止日期 {old.isoformat()}。",
            f"An extension ends after the present last day, {old.isoformat()}.",
        )


def _body_of(licence: Licence, catalogue: Catalogue) -> dict[str, Any]:
    # A new version is printed on the newest form: what that form has no place for is not carried over, and what it
    # newly asks for is missing until ``changes`` gives it.
    places = {field.name for field in catalogue.by_code(licence.type_code).own_fields}
    body: dict[str, Any] = {
        "type": licence.type_code,
        "holders": [
            {"name": holder.name, "code_type": holder.code_type, "number": holder.number}
            for holder in licence.holders
        ],
        "division": licence.authority.division,
        "fields": {name: value for name, value in licence.fields.items() if name in places},
    }
    if licence.valid_from is not None:
        body["valid_from"] = licence.valid_from.isoformat()
        body["valid_until"] = None if licence.valid_until is None else licence.valid_until.isoformat()
    return body


def _merged_fields(kept: Mapping[str, Any], changes: Reader) -> dict[str, Any]:
    """New values over the old; ``null`` takes an optional field away."""
    new: Mapping[str, Any] = changes.mapping("fields")
    return {name: value for name, value in {**kept, **new}.items() if value is not None}


def _moved(error: InvalidInputError, where: str) -> InvalidInputError:
    return InvalidInputError(
        error.message.zh, error.message.en, where=f"{where}{error.where or ''}", next_step=error.next_step
    )
