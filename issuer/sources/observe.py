"""Use case: a source delivers what it knows of licences. Equal values confirm, others become discrepancies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from issuer.discrepancies.report import Compared, Reported, report_compared
from issuer.discrepancies.rows import subject_text
from issuer.discrepancies.store import DiscrepancyStore
from issuer.library.errors import LicenceChangedError, OperationNotAllowedError, ProposalOpenError
from issuer.library.event import Actor
from issuer.library.library import Library
from issuer.library.licence import Licence
from issuer.library.lifecycle import ENDED
from issuer.library.standing import standing
from issuer.library.store.current import CurrentLicences
from issuer.sources.errors import InvalidObservationError
from issuer.sources.judgement import FieldConflict, differences, face_of, judge
from issuer.sources.observation import Observation, parse_face
from issuer.sources.source import Source
from issuer.sources.store import SourceStore
from issuer.sources.take_values import take_values
from standards.errors import InvalidInputError
from standards.text import Text

_CANNOT_CHANGE_NOW = (
    InvalidInputError,
    OperationNotAllowedError,
    ProposalOpenError,
    LicenceChangedError,
)


@dataclass(frozen=True, slots=True)
class SourceDesk:
    """What a delivery is held against."""

    library: Library
    current: CurrentLicences
    sources: SourceStore
    discrepancies: DiscrepancyStore


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What came of a delivery.

    Attributes:
        rows: licences that it spoke of.
        confirmed: of these, where all that the source says is what the library says.
        applied: licences that were changed to the source's word at once.
        ended: licences that are no longer in force and were not compared.
        reported: the discrepancies.
        errors: rows that could not be compared, with their places.
    """

    rows: int
    confirmed: int
    applied: int
    ended: int
    reported: Reported
    errors: tuple[InvalidObservationError, ...]


def observe(
    desk: SourceDesk,
    source: Source,
    observations: Sequence[Observation],
    *,
    system: str | None,
    at: datetime,
) -> DeliveryReport:
    """Compare a delivery with the library. Repeating it counts again and changes nothing else.

    Writes in bulk whatever the number of rows: confirmations, discrepancies, the delivery; and for each licence that a
    source with ``applies`` changes, what a change costs.

    Args:
        desk: the library, the sources, the discrepancies.
        source: who delivers.
        observations: what it says, at most ``MAX_ROWS``.
        system: the calling system.
        at: now.
    """
    find = _finder(desk.current, source.authority, observations)
    compared: list[Compared] = []
    errors: list[InvalidObservationError] = []
    seen: set[str] = set()
    applied = ended = 0
    for one in observations:
        try:
            licence = find(one)
            subject = subject_text(str(licence.identifier))
            if subject in seen:
                raise _twice(one)
            seen.add(subject)
            licence_type = desk.library.type_of(licence)
            if standing(licence, licence_type, at) in ENDED:
                ended += 1
                compared.append(Compared(str(licence.identifier), licence.type_code, frozenset(), ended=True))
                continue
            face = parse_face(one, licence, licence_type)
        except InvalidObservationError as error:
            errors.append(error)
            continue
        conflicts = differences(licence_type, face_of(licence), face)
        if conflicts and source.applies:
            changed, conflicts = _apply(
                desk.library, licence, face, conflicts, source=source, system=system, at=at
            )
            applied += changed is not licence
            licence = changed
        compared.append(Compared(str(licence.identifier), licence.type_code, frozenset(face), conflicts))
    confirmed = [one.identifier for one in compared if not one.conflicts and not one.ended]
    reported = report_compared(desk.discrepancies, source, compared, at)
    desk.sources.note_confirmed(source.authority, source.code, confirmed, at)
    desk.sources.note_delivery(source.authority, source.code, rows=len(compared), at=at)
    return DeliveryReport(len(observations), len(confirmed), applied, ended, reported, tuple(errors))


def _finder(
    current: CurrentLicences, authority: str, observations: Sequence[Observation]
) -> Callable[[Observation], Licence]:
    """Finds the licence of a row among all that the delivery names, read together."""
    by_identifier = current.of(authority, {one.identifier for one in observations if one.identifier})
    by_number = current.of_numbers(authority, {one.number for one in observations if one.number})

    def find(one: Observation) -> Licence:
        if one.identifier is not None:
            licence = by_identifier.get(one.identifier)
            if licence is None:
                raise _no_licence(one, "identifier")
            return licence
        licences = by_number.get(one.number, ()) if one.number else ()
        if len(licences) != 1:
            raise _several(one) if licences else _no_licence(one, "licence_number")
        return licences[0]

    return find


def _apply(
    library: Library,
    licence: Licence,
    face: dict[str, Any],
    conflicts: tuple[FieldConflict, ...],
    *,
    source: Source,
    system: str | None,
    at: datetime,
) -> tuple[Licence, tuple[FieldConflict, ...]]:
    """The licence after what the source may write, and what is left to decide.

    A licence that cannot be changed now keeps all its conflicts: they wait as discrepancies.
    """
    judgement = judge(library.type_of(licence), source, face_of(licence), face)
    if not judgement.changed:
        return licence, conflicts
    try:
        changed = take_values(
            library,
            licence,
            {name: judgement.accepted[name] for name in judgement.changed},
            reason=f"权威来源“{source.name}”报送的新值",
            actor=Actor(source.name),
            system=system,
            at=at,
        )
    except _CANNOT_CHANGE_NOW:
        return licence, conflicts
    return changed, judgement.refused


def _no_licence(one: Observation, member: str) -> InvalidObservationError:
    return InvalidObservationError(
        "本机构没有这份证照。",
        "The authority has no such licence.",
        where=f"/observations/{one.row}/{member}",
        next_step=Text("请核对标识，或类型和号码。", "Check the identifier, or the type and the number."),
    )


def _several(one: Observation) -> InvalidObservationError:
    return InvalidObservationError(
        "有多份证照使用此号码。",
        "Several licences have this number.",
        where=f"/observations/{one.row}/licence_number",
        next_step=Text("请改用电子证照标识。", "Name it by its identifier."),
    )


def _twice(one: Observation) -> InvalidObservationError:
    return InvalidObservationError(
        "同一份证照在本次报送中出现两次。",
        "The licence occurs twice in this delivery.",
        where=f"/observations/{one.row}",
        next_step=Text("每份证照每次只报一行。", "Give one row for each licence."),
    )
