"""What the page of a licence shows: the face in printed order, its history, and what can be done next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from issuer.library.change_licence import deciding_state
from issuer.library.credential_claims import credential_claims
from issuer.library.event import LicenceEvent, Operation
from issuer.library.library import Library
from issuer.library.licence import Holder, Licence, LicenceState, local_day
from issuer.library.lifecycle import ENDED, operations_from, takes_rights_away
from issuer.library.reason_codes import reason_label
from issuer.library.standing import standing
from standards.codes.holder_code import holder_code_type
from standards.licence_types import FieldKind, LicenceField, LicenceType, claims_of, shown_image
from standards.licence_types.masking import NUMBER_MASK
from standards.text import Text

_WITHOUT_FORM = frozenset({Operation.CHANGE, Operation.INSPECT})
"""Operations that need more than a reason; they have forms of their own."""


NO_PICTURE = Text("图片无法显示", "The picture cannot be shown")
"""Stands where a value is no picture."""

_SHOWN_ABOVE = frozenset({"holder_name", "holder_number", "holder_code_type", "licence_identifier"})


@dataclass(frozen=True, slots=True)
class FaceRow:
    """One field as it is shown.

    Attributes:
        label: what is printed beside it.
        value: as people read it.
        masked: the value with its middle hidden, or ``None`` for openly.
        is_date: to be written as a date of the reader's language.
        image: ``data:`` URI of the picture that the value is, or ``None``.
    """

    label: Text
    value: str | Text
    masked: str | None
    is_date: bool
    image: str | None = None


@dataclass(frozen=True, slots=True)
class LicencePage:
    """A licence as its page shows it."""

    licence: Licence
    licence_type: LicenceType
    state: LicenceState
    rows: tuple[FaceRow, ...]
    holders: tuple[tuple[Holder, Text, str | None], ...]
    operations: tuple[Operation, ...]
    may_change: bool
    may_inspect: bool
    inspection_overdue: bool

    @property
    def state_kind(self) -> str:
        """Kind of the tag that shows the state."""
        return state_kind(self.state)

    @property
    def may_be_offered(self) -> bool:
        """Whether a copy can go to a wallet now."""
        return self.state is LicenceState.VALID


def state_kind(state: LicenceState) -> str:
    """Kind of the tag for a state: never the colour alone, the tag's text says it."""
    if state is LicenceState.VALID:
        return "success"
    return "danger" if state in ENDED else "warning"


def licence_page(library: Library, licence: Licence, at: datetime) -> LicencePage:
    """The page of a licence at an instant."""
    licence_type = library.type_of(licence)
    possible = operations_from(deciding_state(licence, Operation.CHANGE, at))
    expired = licence.valid_until is not None and local_day(at) > licence.valid_until
    return LicencePage(
        licence=licence,
        licence_type=licence_type,
        state=standing(licence, licence_type, at),
        rows=_face_rows(licence, licence_type),
        holders=tuple(
            (holder, holder_code_type(holder.code_type).name, _masked_number(holder))
            for holder in licence.holders
        ),
        operations=tuple(
            operation
            for operation in possible
            if operation not in _WITHOUT_FORM and (operation is not Operation.EXPIRE or expired)
        ),
        may_change=Operation.CHANGE in possible,
        may_inspect=Operation.INSPECT in possible and licence_type.inspection is not None,
        inspection_overdue=licence.inspection.overdue_on(local_day(at)),
    )


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event of one version.

    Attributes:
        version: the licence version in which it happened.
        event: what happened.
        code: its reason code in words, or ``None``.
        begins: whether it is the newest event of its version, before which the version is named.
    """

    version: Licence
    event: LicenceEvent
    code: Text | None
    begins: bool


def history_lines(versions: Sequence[Licence]) -> tuple[HistoryLine, ...]:
    """What happened to a licence over all its versions, the newest first."""
    return tuple(
        HistoryLine(version, event, reason_label(event.operation, event.code), event is version.events[-1])
        for version in reversed(versions)
        for event in reversed(version.events)
    )


def needs_approval(operation: Operation) -> bool:
    """Whether the operation waits for a second person when a clerk asks for it."""
    return takes_rights_away(operation)


def _face_rows(licence: Licence, licence_type: LicenceType) -> tuple[FaceRow, ...]:
    # Holders and identifier stand above the face.
    claims = credential_claims(licence, licence_type, licence.holders[0])
    return tuple(
        _row(field, claims[field.name], licence)
        for field in claims_of(licence_type)
        if field.name in claims and field.name not in _SHOWN_ABOVE
    )


def _row(field: LicenceField, value: Any, licence: Licence) -> FaceRow:
    if field.kind is FieldKind.CHOICE:
        label = next((choice.label for choice in field.choices if choice.value == value), None)
        return FaceRow(field.label, label or str(value), None, is_date=False)
    if field.kind is FieldKind.IMAGE:
        return FaceRow(field.label, NO_PICTURE, None, is_date=False, image=shown_image(value))
    personal = licence.holders[0].is_person
    masked = field.mask.apply(str(value)) if field.mask is not None and personal else None
    return FaceRow(field.label, str(value), masked, is_date=field.kind is FieldKind.DATE)


def _masked_number(holder: Holder) -> str | None:
    return NUMBER_MASK.apply(holder.number) if holder.is_person else None
