"""Who may write which field: one source per field (R24, 一数一源). Pure, and quick enough for every row of an import.

A *face* is what a licence says, as a flat mapping: the type's own fields by name; ``licence_number``, ``issue_date``,
``valid_from``, ``valid_until`` as ISO dates or text; and ``holders``, a tuple of ``Holder``. A name that is absent says
nothing about the field; a value of ``None`` says that there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from issuer.library.licence import Holder, Licence
from issuer.library.licence_input import LicenceDraft
from issuer.sources.source import Source
from standards.licence_types import LicenceType

HOLDERS: Final = "holders"
HOLDER_NAME: Final = "holder_name"

Face = Mapping[str, Any]


@dataclass(frozen=True, slots=True, repr=False)
class FieldConflict:
    """A value that a source gives for a field, and that is not the library's.

    Attributes:
        field: name of the field; ``holder_name`` for the name of the holder at ``place``.
        place: which holder, from 0; 0 for every other field.
        current: the library's value, JSON.
        incoming: the source's value, JSON.
        department: function of the department whose word counts for the field.
    """

    field: str
    place: int
    current: Any
    incoming: Any
    department: str

    def __repr__(self) -> str:
        """Without the values, which may be personal."""
        return f"FieldConflict({self.field!r}, {self.place}, {self.department!r})"


@dataclass(frozen=True, slots=True, repr=False)
class Judgement:
    """What a source may write.

    Attributes:
        accepted: the part of the incoming face that it may write; holders are whole, with the library's names where
            the source's were refused. Equal values are among them.
        refused: the values that it may not write and that differ from the library's.
        changed: names of the accepted values that differ from the library's, in the order of the incoming face.
    """

    accepted: Face
    refused: tuple[FieldConflict, ...]
    changed: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Judgement(changed={self.changed!r}, refused={self.refused!r})"


def judge(
    licence_type: LicenceType, source: Source | None, current: Face | None, incoming: Face
) -> Judgement:
    """What ``source`` may write of ``incoming`` over ``current``.

    Args:
        licence_type: of the licence.
        source: who writes, or ``None`` for an authority's own hand, whose word counts for all fields.
        current: what the library says, or ``None`` for a licence that it does not have: entering a new licence is
            no dispute between sources.
        incoming: what the source says.
    """
    if current is None:
        return Judgement(incoming, (), tuple(incoming))
    department = None if source is None else source.department
    accepted: dict[str, Any] = {}
    refused: list[FieldConflict] = []
    changed: list[str] = []
    for name, value in incoming.items():
        known = current.get(name)
        if value == known:
            accepted[name] = value
        elif name == HOLDERS:
            holders = _judge_holders(licence_type, department, known or (), value, refused)
            accepted[name] = holders
            if holders != known:
                changed.append(name)
        elif department is None or (owner := licence_type.source_of(name)) == department:
            accepted[name] = value
            changed.append(name)
        else:
            refused.append(FieldConflict(name, 0, known, value, owner))
    return Judgement(accepted, tuple(refused), tuple(changed))


def differences(licence_type: LicenceType, current: Face, incoming: Face) -> tuple[FieldConflict, ...]:
    """Every field in which ``incoming`` is not what the library says, whoever may write it.

    The same holders with other names are one difference for each name; other holders are one, ``holders``.
    """
    found: list[FieldConflict] = []
    for name, value in incoming.items():
        known = current.get(name)
        if value == known:
            continue
        if name == HOLDERS:
            found += _holder_differences(licence_type, known or (), value)
        else:
            found.append(FieldConflict(name, 0, known, value, licence_type.source_of(name)))
    return tuple(found)


def face_of(licence: Licence) -> dict[str, Any]:
    """What a licence says. The date of issue is left out: a new version has its own, which no source knows of."""
    return {
        **licence.fields,
        "licence_number": licence.licence_number,
        "valid_from": licence.valid_from and licence.valid_from.isoformat(),
        "valid_until": licence.valid_until and licence.valid_until.isoformat(),
        HOLDERS: licence.holders,
    }


def face_of_draft(draft: LicenceDraft) -> dict[str, Any]:
    """What a draft says, in the same words; an optional field that the draft lacks says nothing."""
    face: dict[str, Any] = {
        **draft.fields,
        "valid_from": draft.period.valid_from and draft.period.valid_from.isoformat(),
        "valid_until": draft.period.valid_until and draft.period.valid_until.isoformat(),
        HOLDERS: draft.holders,
    }
    if draft.licence_number is not None:
        face["licence_number"] = draft.licence_number
    return face


def _judge_holders(
    licence_type: LicenceType,
    department: str | None,
    known: tuple[Holder, ...],
    given: tuple[Holder, ...],
    refused: list[FieldConflict],
) -> tuple[Holder, ...]:
    """The holders after the source's word: the given ones as far as it counts, the known ones otherwise.

    Who holds it is the matter of the type's department; what a holder is called, of the register that gave the number.
    A holder whom the library does not know comes with the name that the source gives.
    """
    names = {(holder.code_type, holder.number): holder.name for holder in given}
    others = []
    for found in _holder_differences(licence_type, known, given):
        if department is None or found.department == department:
            continue
        refused.append(found)
        if found.field == HOLDERS:
            others.append(found)
        else:
            kept = known[found.place]
            names[kept.code_type, kept.number] = kept.name
    same_people = not others and {_key(holder) for holder in known} == names.keys()
    return tuple(
        replace(holder, name=names.get(_key(holder), holder.name))
        # The same people in another order are no change.
        for holder in (known if others or same_people else given)
    )


def _holder_differences(
    licence_type: LicenceType, known: tuple[Holder, ...], given: tuple[Holder, ...]
) -> Iterator[FieldConflict]:
    names = {_key(holder): holder.name for holder in given}
    for place, holder in enumerate(known):
        name = names.get(_key(holder), holder.name)
        if name != holder.name:
            owner = licence_type.source_of(HOLDER_NAME, holder.code_type)
            yield FieldConflict(HOLDER_NAME, place, holder.name, name, owner)
    if {_key(holder) for holder in known} != names.keys():
        yield FieldConflict(HOLDERS, 0, _json(known), _json(given), licence_type.source_of(HOLDERS))


def _key(holder: Holder) -> tuple[str, str]:
    return holder.code_type, holder.number


def _json(holders: tuple[Holder, ...]) -> list[dict[str, str]]:
    return [
        {"name": holder.name, "code_type": holder.code_type, "number": holder.number} for holder in holders
    ]
