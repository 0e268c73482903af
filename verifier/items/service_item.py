"""A service item and the materials it asks for (R6: service item → materials → licence types that satisfy each)."""

from __future__ import annotations

from dataclasses import dataclass
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
        accepts: licence types any one of which satisfies it, the favourite first.
    """

    id: str
    name: Text
    subject: Subject
    required: bool
    accepts: tuple[AcceptedLicence, ...]


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
        paper_baseline: documents that an applicant brought on paper before (R13).
        materials: in the order in which a clerk looks at them.
        conditions: rules over the claims of the materials.
        facts: the claims a clerk reads first, the most important first.
    """

    code: str
    name: Text
    purpose: Text
    basis: LegalBasis
    retention: Text
    level: RegionLevel
    paper_baseline: int
    materials: tuple[Material, ...]
    conditions: tuple[Condition, ...]
    facts: tuple[ClaimReference, ...]

    def accepted(self, query: str) -> AcceptedLicence | None:
        """The accepted licence that the query of this id asks for, or ``None``."""
        for material in self.materials:
            for accepted in material.accepts:
                if accepted.query == query:
                    return accepted
        return None
