"""The sample library: more than a thousand fictional licences of all types, the same for a seed and a day.

Every body goes through the same checks as one that a department posts, so the samples show what is right.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from issuer.demo.authorities import DemoAuthority, demo_authorities
from issuer.demo.citizen_sets import SampleLicence, citizen_licences
from issuer.demo.faces import FACES
from issuer.demo.fictional import Inventor
from issuer.demo.histories import HISTORIES, with_history
from issuer.library.event import Actor, EventOutcome, LicenceEvent, Operation
from issuer.library.licence import IssuingAuthority, Licence, local_day
from issuer.library.licence_input import parse_licence_draft
from issuer.library.numbering import number_of
from issuer.library.record_licence import ISSUED, licence_of
from service.demo.people import STAFF
from standards.codes.licence_identifier import build_licence_identifier
from standards.licence_types import Catalogue, LicenceType
from standards.licence_types.validity import ValidityKind

SEED: Final = 36904
"""Of the generator; another seed is another world."""

PER_TYPE: Final = 58
"""Licences of each type at each authority that issues it."""


@dataclass(frozen=True, slots=True)
class SampleLibrary:
    """The licences, and the running numbers that they used up: (authority, type, year) → last."""

    licences: tuple[Licence, ...]
    sequences: dict[tuple[str, str, int], int]


def sample_library(catalogue: Catalogue, at: datetime) -> SampleLibrary:
    """The sample library as of ``at``; its serials depend on nothing, so a repeat makes the same identifiers."""
    sequences: Counter[tuple[str, str, int]] = Counter()
    made = tuple(_licences(catalogue, at, sequences))
    return SampleLibrary(made, dict(sequences))


def _licences(
    catalogue: Catalogue, at: datetime, sequences: Counter[tuple[str, str, int]]
) -> Iterator[Licence]:
    # A generator of samples, not of secrets.
    invent = Inventor(random.Random(SEED), local_day(at))  # noqa: S311
    by_code = {authority.uscc: authority for authority in demo_authorities()}
    for sample in citizen_licences(catalogue, invent):
        yield _licence(sample, by_code[sample.authority], catalogue, at, sequences)
    for authority in demo_authorities():
        for type_code in authority.licence_types:
            for place in range(PER_TYPE):
                sample = _invented(invent, authority, catalogue.by_code(type_code), place)
                licence = _licence(sample, authority, catalogue, at, sequences)
                yield from with_history(licence, HISTORIES[place] if place < len(HISTORIES) else None)


def _invented(
    invent: Inventor, authority: DemoAuthority, licence_type: LicenceType, place: int
) -> SampleLicence:
    body: dict[str, Any] = FACES[licence_type.code](
        invent, invent.person(authority.division), authority.division
    )
    issued = invent.day_ago(20, 1200)
    body["issue_date"] = issued.isoformat()
    if licence_type.validity.kind is ValidityKind.YEARS and place % 20 == 10:
        # One in twenty has run out.
        body["valid_until"] = invent.day_ago(1, 15).isoformat()
    if licence_type.inspection is not None:
        overdue = place % 20 == 11
        due = invent.today + timedelta(days=-invent.chance.randint(5, 90) if overdue else 30 + place * 4)
        body["inspection"] = {"result": "passed", "due": due.isoformat()}
    return SampleLicence(authority.uscc, licence_type.code, f"S{place + 1:07d}", body)


def _licence(
    sample: SampleLicence,
    authority: DemoAuthority,
    catalogue: Catalogue,
    at: datetime,
    sequences: Counter[tuple[str, str, int]],
) -> Licence:
    body = {"type": sample.type_code, **sample.body}
    draft = parse_licence_draft(body, catalogue, today=local_day(at))
    key = (authority.uscc, sample.type_code, draft.issue_date.year)
    sequences[key] += 1
    issuer = IssuingAuthority(authority.uscc, authority.name.zh, authority.division)
    event = LicenceEvent(
        1,
        Operation.ISSUE,
        EventOutcome.DONE,
        ISSUED.zh,
        min(_office_hour(draft.issue_date), at),
        Actor(STAFF[0].name),
    )
    identifier = build_licence_identifier(sample.type_code, authority.uscc, sample.serial, 1)
    return licence_of(draft, identifier, number_of(draft, authority.division, sequences[key]), issuer, event)


def _office_hour(day: date) -> datetime:
    """Ten in the morning in China."""
    return datetime.combine(day, time(2, 0), UTC)
