"""The rules that an item lays over the claims of its materials: a closed set, each a pure function of claims and day.

A condition is met, not met, or does not apply because a material it speaks of was not shown (whether that material
had to be shown is the material's own rule). A claim that is missing or malformed is not met: what cannot be read is
never in the applicant's favour.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol

from standards.text import Text

Shown = Mapping[str, Mapping[str, Any]]
"""Query id → claims of the verified licence shown for it."""

Reference = tuple[str, str]
"""Query id and claim name."""

_PART = re.compile(r"[A-Z][0-9]?", re.ASCII)
"""One vehicle class in the text of a driving licence, for example ``A2`` in ``A2E`` (GA 482)."""


class Rule(Protocol):
    """What a condition asks."""

    @property
    def references(self) -> tuple[Reference, ...]:
        """The claims it reads: an item has to ask for each of them."""
        ...

    def check(self, shown: Shown, today: date) -> bool | None:
        """Whether it is met; ``None`` when it does not apply."""
        ...


@dataclass(frozen=True, slots=True)
class Condition:
    """A rule with the words for it.

    Attributes:
        id: unique within the item; ends the code of its finding.
        label: what is compared, for the checklist.
        refusal: the sentence when it is not met.
        rule: what it asks.
    """

    id: str
    label: Text
    refusal: Text
    rule: Rule


def read(shown: Shown, reference: Reference) -> Any:
    """The claim, or ``None`` when the licence or the claim is not there."""
    query, claim = reference
    return shown.get(query, {}).get(claim)


def _all_shown(shown: Shown, references: tuple[Reference, ...]) -> bool:
    return all(query in shown for query, _ in references)


@dataclass(frozen=True, slots=True)
class EqualClaims:
    """The claims of those licences that are shown say the same: one holder, one company."""

    claims: tuple[Reference, ...]

    @property
    def references(self) -> tuple[Reference, ...]:
        return self.claims

    def check(self, shown: Shown, today: date) -> bool | None:  # noqa: ARG002
        """Compared by value after trimming; applies once two of the licences are there."""
        values = [read(shown, reference) for reference in self.claims if reference[0] in shown]
        if len(values) < 2:
            return None
        first, *others = (_text(value) for value in values)
        return first is not None and all(other == first for other in others)


@dataclass(frozen=True, slots=True)
class ClaimAmong:
    """A claim equals at least one of several others: the guardian is the mother or the father."""

    claim: Reference
    others: tuple[Reference, ...]

    @property
    def references(self) -> tuple[Reference, ...]:
        return (self.claim, *self.others)

    def check(self, shown: Shown, today: date) -> bool | None:  # noqa: ARG002
        """Applies when every licence it speaks of is shown."""
        if not _all_shown(shown, self.references):
            return None
        wanted = _text(read(shown, self.claim))
        return wanted is not None and wanted in {_text(read(shown, other)) for other in self.others}


@dataclass(frozen=True, slots=True)
class OneOf:
    """A claim has one of the listed values."""

    claim: Reference
    values: tuple[str, ...]

    @property
    def references(self) -> tuple[Reference, ...]:
        return (self.claim,)

    def check(self, shown: Shown, today: date) -> bool | None:  # noqa: ARG002
        """Applies when the licence is shown."""
        return _text(read(shown, self.claim)) in self.values if _all_shown(shown, self.references) else None


@dataclass(frozen=True, slots=True)
class HasClass:
    """A driving licence allows at least one of the listed vehicle classes."""

    claim: Reference
    classes: tuple[str, ...]

    @property
    def references(self) -> tuple[Reference, ...]:
        return (self.claim,)

    def check(self, shown: Shown, today: date) -> bool | None:  # noqa: ARG002
        """Applies when the licence is shown."""
        if not _all_shown(shown, self.references):
            return None
        held = _PART.findall(_text(read(shown, self.claim)) or "")
        return not set(self.classes).isdisjoint(held)


@dataclass(frozen=True, slots=True)
class ValidFor:
    """A licence holds for at least so many months more."""

    claim: Reference
    months: int

    @property
    def references(self) -> tuple[Reference, ...]:
        return (self.claim,)

    def check(self, shown: Shown, today: date) -> bool | None:
        """Applies when the licence is shown; a missing date is not met, for it may have been held back."""
        if not _all_shown(shown, self.references):
            return None
        until = parse_day(read(shown, self.claim))
        return until is not None and until >= add_months(today, self.months)


@dataclass(frozen=True, slots=True)
class Age:
    """A person's age in full years is within limits, for everybody or for one sex.

    Attributes:
        birth: the claim with the date of birth.
        at_least: lowest age, or ``None``.
        below: the first age that is too old, or ``None``.
        only_if: applies only when this claim has this value, or ``None`` for everybody.
    """

    birth: Reference
    at_least: int | None = None
    below: int | None = None
    only_if: OneOf | None = None

    @property
    def references(self) -> tuple[Reference, ...]:
        return (self.birth, *(self.only_if.references if self.only_if else ()))

    def check(self, shown: Shown, today: date) -> bool | None:
        """Applies when the licence is shown and the person is of the sex that is meant."""
        if not _all_shown(shown, self.references):
            return None
        if self.only_if is not None and not self.only_if.check(shown, today):
            return None
        born = parse_day(read(shown, self.birth))
        if born is None:
            return False
        age = full_years(born, today)
        return (self.at_least is None or age >= self.at_least) and (self.below is None or age < self.below)


ISSUER: Final = "@issuer"
"""What the check itself adds to the claims of a licence: unified social credit code of the issuer."""

ISSUER_DIVISION: Final = "@issuer_division"
"""And the issuer's division code. No claim begins with ``@``."""


def issuer_facts(uscc: str | None, division: str | None) -> dict[str, str]:
    """The facts about a licence's verified issuer that conditions read beside its claims."""
    facts = {ISSUER: uscc, ISSUER_DIVISION: division}
    return {name: value for name, value in facts.items() if value is not None}


@dataclass(frozen=True, slots=True)
class IssuedBy:
    """A licence was issued by one of the listed authorities, or by an authority of one of the listed regions.

    Attributes:
        query: the licence.
        authorities: unified social credit codes; empty for any.
        divisions: prefixes of division codes; empty for any.
    """

    query: str
    authorities: tuple[str, ...] = ()
    divisions: tuple[str, ...] = ()

    @property
    def references(self) -> tuple[Reference, ...]:
        return ((self.query, ISSUER),)

    def check(self, shown: Shown, today: date) -> bool | None:  # noqa: ARG002
        """Applies when the licence is shown; an issuer that is not known is not met."""
        licence = shown.get(self.query)
        if licence is None:
            return None
        division = _text(licence.get(ISSUER_DIVISION)) or ""
        named = not self.authorities or _text(licence.get(ISSUER)) in self.authorities
        near = not self.divisions or division.startswith(self.divisions)
        return named and near


def parse_day(value: object) -> date | None:
    """A date as ``YYYY-MM-DD``; ``None`` for anything else."""
    if not isinstance(value, str) or len(value) != 10:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def full_years(born: date, today: date) -> int:
    """Age in full years; who is born on 29 February has the birthday on 1 March in common years (Civil Code art. 200)."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
