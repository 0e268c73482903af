"""Use case: an authority enters a new licence into the library (operation 新发)."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Final

from issuer.library.errors import SerialTakenError, TypeNotIssuedError
from issuer.library.event import Actor, EventOutcome, LicenceEvent, Operation
from issuer.library.idempotency import IdempotencyKey
from issuer.library.licence import IssuingAuthority, Licence, LicenceState, local_day
from issuer.library.licence_input import LicenceDraft
from issuer.library.numbering import is_running, number_of
from issuer.library.store import LicenceStore
from standards.codes.division import parse_division
from standards.codes.licence_identifier import LicenceIdentifier, build_licence_identifier
from standards.errors import InvalidInputError
from standards.licence_types import LicenceType
from standards.text import Text

_SERIAL_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SERIAL_RANDOM_CHARS: Final = 12
"""60 random bits a day and type: an authority would need 10^9 licences a day for one clash."""

ISSUED: Final = Text("新发证照", "New licence issued")


def record_licence(
    store: LicenceStore,
    draft: LicenceDraft,
    authority: IssuingAuthority,
    licence_types: Collection[str],
    *,
    actor: Actor,
    system: str | None,
    at: datetime,
    idempotency: IdempotencyKey | None = None,
) -> tuple[Licence, bool]:
    """Enter the licence: it and True, or what the same idempotency key entered before and False.

    Serial and number are assigned where the draft has none. One durable write;
    one more where a running number is drawn, and one more for an idempotency key.

    Args:
        store: the library.
        draft: checked against its type.
        authority: who issues.
        licence_types: codes of the types that the authority may issue.
        actor: on whose behalf.
        system: the calling system, if it was one.
        at: now.
        idempotency: of the request.

    Raises:
        TypeNotIssuedError: the authority may not issue this type.
        InvalidInputError: the draft's division lies outside the authority's area.
        IdempotencyConflictError: the key came with another content.
        SerialTakenError: the draft's serial belongs to another licence.
    """
    refuse_foreign(draft, authority, licence_types)
    event = LicenceEvent(1, Operation.ISSUE, EventOutcome.DONE, ISSUED.zh, at, actor, system=system)
    issuer = IssuingAuthority(authority.uscc, authority.name, draft.division or authority.division)
    serial = draft.serial or new_serial(at)
    identifier = build_licence_identifier(draft.licence_type.code, authority.uscc, serial, 1)
    if idempotency is None:
        licence = licence_of(draft, identifier, _number(store, draft, issuer), issuer, event)
        store.add(licence)
        return licence, True
    # The key stands for one identifier from here on. Whoever repeats the request, after a crash or at the same
    # time, finds the licence or enters it under that identifier; the store lets one of them.
    identifier, is_new = store.claim(authority.uscc, idempotency, identifier, at)
    earlier = None if is_new else store.find_claimed(authority.uscc, identifier, idempotency)
    if earlier is not None:
        return earlier, False
    licence = licence_of(draft, identifier, _number(store, draft, issuer), issuer, event)
    try:
        store.add(licence, idempotency)
    except SerialTakenError:
        earlier = store.find_claimed(authority.uscc, identifier, idempotency)
        if earlier is None:
            raise
        return earlier, False
    return licence, True


def refuse_foreign(draft: LicenceDraft, authority: IssuingAuthority, licence_types: Collection[str]) -> None:
    """Refuse what is not this authority's to give.

    Raises:
        TypeNotIssuedError: the authority may not issue this type.
        InvalidInputError: the draft's division lies outside the authority's area.
    """
    if draft.licence_type.code not in licence_types:
        raise _not_issued(draft.licence_type)
    if draft.division is not None and not parse_division(authority.division).contains(
        parse_division(draft.division)
    ):
        raise InvalidInputError(
            "该行政区划不在本机构的管辖范围内。",
            "The division lies outside the authority's area.",
            where="/division",
            next_step=Text("可不填写，默认为本机构所在区划。", "Leave it out for the authority's own."),
        )


def licence_of(
    draft: LicenceDraft,
    identifier: LicenceIdentifier,
    number: str,
    authority: IssuingAuthority,
    event: LicenceEvent,
    *,
    supersedes: str | None = None,
) -> Licence:
    """The valid licence that a draft becomes."""
    if draft.licence_type.inspection is not None:
        event = replace(event, inspection=draft.inspection)
    return Licence(
        identifier=identifier,
        type_code=draft.licence_type.code,
        type_version=draft.licence_type.version,
        licence_number=number,
        authority=authority,
        holders=draft.holders,
        issue_date=draft.issue_date,
        valid_from=draft.period.valid_from,
        valid_until=draft.period.valid_until,
        fields=draft.fields,
        state=LicenceState.VALID,
        inspection=draft.inspection,
        recorded_at=event.at,
        supersedes=supersedes,
        events=(event,),
    )


def new_serial(at: datetime) -> str:
    """A serial of its own: the day and random characters (GB/T 36904 leaves the serial to the authority)."""
    tail = "".join(secrets.choice(_SERIAL_ALPHABET) for _ in range(_SERIAL_RANDOM_CHARS))
    return f"{local_day(at):%Y%m%d}{tail}"


def _number(store: LicenceStore, draft: LicenceDraft, authority: IssuingAuthority) -> str:
    if draft.licence_number is not None:
        return draft.licence_number
    sequence = 0
    # Most numbers are the holder's or the plate's own; only a running number costs a write.
    if is_running(draft.licence_type):
        sequence = store.next_sequence(authority.uscc, draft.licence_type.code, draft.issue_date.year)
    return number_of(draft, authority.division, sequence)


def _not_issued(licence_type: LicenceType) -> TypeNotIssuedError:
    return TypeNotIssuedError(
        f"本机构无权颁发“{licence_type.name.zh}”。",
        f"This authority may not issue “{licence_type.name.en}”.",
        where="/type",
        next_step=Text(
            "用 GET /api/v1/types 查看可颁发的类型。", "See GET /api/v1/types for what you may issue."
        ),
    )
