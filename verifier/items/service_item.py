"""A service item and the materials it asks for (R6: service item → materials → licence types that satisfy each)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import combinations
from typing import NamedTuple

from standards.legal_basis import LegalBasis
from standards.licence_types import LicenceType
from standards.text import Text
from verifier.items.conditions import Condition


class Subject(StrEnum):
    """Whose licence a material is."""

    APPLICANT = "applicant"
    SPOUSE = "spouse"
    CHILD = "child"
    COMPANY = "company"
    PROPERTY = "property"
    VEHICLE = "vehicle"


class RegionLevel(StrEnum):
    """Level of the departments that handle an item."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"


class Stage(StrEnum):
    """The five stages of R5 that an item can go through: 咨询、申请、预审、办理、反馈."""

    CONSULT = "consult"
    APPLICATION = "application"
    PRE_CHECK = "pre_check"
    HANDLING = "handling"
    FEEDBACK = "feedback"


@dataclass(frozen=True, slots=True)
class OfflinePolicy:
    """What an item accepts from a window that is cut off (R10).

    Attributes:
        trust_max_age: how old the trust lists in hand may be.
        status_max_age: how old the status lists in hand may be.
        unredeemed: whether a code serves that no wallet service could redeem: it may have been used elsewhere.
    """

    trust_max_age: timedelta
    status_max_age: timedelta
    unredeemed: bool


class ClaimReference(NamedTuple):
    """One claim of one accepted licence."""

    query: str
    """Query id of the accepted licence."""
    claim: str
    """Name of the claim, at the top level of the credential."""


@dataclass(frozen=True, slots=True)
class AcceptedLicence:
    """A licence type that satisfies a material, and the least that has to be shown of it.

    Attributes:
        query: id of the DCQL credential query that asks for it; unique within the item.
        licence_type: from the catalogue.
        claims: names of the claims asked for: what the item's conditions and its decision need, no more.
        claims_if_present: further claims that a licence may lack; asked for where it has them.
        optional: claims that the item does without; the holder shows each of them, or does not.
    """

    query: str
    licence_type: LicenceType
    claims: tuple[str, ...]
    claims_if_present: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def asked(self) -> tuple[str, ...]:
        """All claims that may be shown."""
        return self.claims + self.claims_if_present + self.optional

    def claim_sets(self) -> tuple[tuple[str, ...], ...]:
        """The sets of claims that answer, the least first: a wallet that asks nobody shows no optional claim.

        One for each choice among the optional claims, each with and without what a licence may lack.
        """
        present = (self.claims_if_present, ()) if self.claims_if_present else ((),)
        return tuple(
            self.claims + there + chosen
            for count in range(len(self.optional) + 1)
            for chosen in combinations(self.optional, count)
            for there in present
        )


@dataclass(frozen=True, slots=True)
class Material:
    """One thing the applicant has to prove.

    Attributes:
        id: unique within the item.
        name: what a clerk calls it.
        subject: whose it is.
        required: whether the item cannot go on without it.
        accepts: every licence type that can help to satisfy it, the favourite first.
        options: query ids of the licences that satisfy it together, one tuple for each way; the favourite first.
        paper_baseline: documents on paper that it replaces (R13).
        supplement_days: within how many working days it may follow (容缺受理), or ``None`` when it may not.
    """

    id: str
    name: Text
    subject: Subject
    required: bool
    accepts: tuple[AcceptedLicence, ...]
    options: tuple[tuple[str, ...], ...]
    paper_baseline: int
    supplement_days: int | None = None


class FieldInput(StrEnum):
    """How a field of the form is filled in by hand."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    DATE = "date"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of the item's one form (R11).

    Attributes:
        id: unique within the item.
        label: what stands before it.
        kind: how it is typed in where no licence gives it.
        required: whether the form is not complete without it.
        sources: the claims that fill it, the first that is shown wins; empty for what no licence gives.
    """

    id: str
    label: Text
    kind: FieldInput
    required: bool
    sources: tuple[ClaimReference, ...]


@dataclass(frozen=True, slots=True)
class ServiceItem:
    """A service item of the administration.

    Attributes:
        code: stable, kebab-case; part of the outside interface.
        name: its name.
        purpose: why the data are asked for: read by the holder before consenting (PIPL article 17).
        basis: consent or statutory duty, and which rule asks for the materials.
        retention: how long the department keeps what it saw (PIPL article 17).
        level: which departments handle it.
        version: number of this version of the item, from 1.
        effective_from: first day on which it applies, by the country's civil time.
        effective_until: last day, or ``None``; a newer version ends an older one the day before it begins.
        region: prefix of the division codes where it applies; empty for the whole country.
        stages: which stages it goes through.
        visits_allowed: how often an applicant has to come at most (R14).
        delivery: whether there is a result to be handed over.
        own_forms: forms of its own that an applicant filled in on paper before, beside the materials.
        materials: in the order in which a clerk looks at them.
        conditions: rules over the claims of the materials.
        facts: the claims a clerk reads first, the most important first.
        form: the fields of its one form, in order.
        offline: what it accepts from a window that is cut off.
    """

    code: str
    name: Text
    purpose: Text
    basis: LegalBasis
    retention: Text
    level: RegionLevel
    version: int
    effective_from: date
    effective_until: date | None
    region: str
    stages: tuple[Stage, ...]
    visits_allowed: int
    delivery: bool
    own_forms: int
    materials: tuple[Material, ...]
    conditions: tuple[Condition, ...]
    facts: tuple[ClaimReference, ...]
    form: tuple[FormField, ...]
    offline: OfflinePolicy

    @property
    def paper_baseline(self) -> int:
        """Documents that an applicant brought on paper before (R13): what the materials replace, and the item's own forms."""
        return self.own_forms + sum(material.paper_baseline for material in self.materials)

    def in_force(self, day: date) -> bool:
        """Whether this version applies on a day."""
        return self.effective_from <= day and (self.effective_until is None or day <= self.effective_until)

    def applies_in(self, division: str) -> bool:
        """Whether it applies at a window of this division."""
        return division.startswith(self.region)

    def accepted(self, query: str) -> AcceptedLicence | None:
        """The accepted licence that the query of this id asks for, or ``None``."""
        for material in self.materials:
            for accepted in material.accepts:
                if accepted.query == query:
                    return accepted
        return None
