"""Use case: what the library has of a signed-in person, over all authorities of the node.

The only number that opens anything is the person's own, as the identity provider verified it. From there on licences lead:
one that names the person as legal representative or guardian opens what its holder has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from issuer.authorization.authorization import Claimant
from issuer.issuance.configurations import OfferedTypes
from issuer.issuance.defer_copies import waits
from issuer.library.licence import Holder, Licence, LicenceState, local_day
from issuer.library.representatives import representatives_of
from issuer.library.standing import standing
from issuer.library.store.persons import PersonsLicences
from issuer.registrar.authority import Authority
from standards.codes.iso_date import parse_date
from standards.errors import InvalidInputError
from standards.licence_types import RepresentativeRole
from standards.openid4vci import CredentialConfiguration
from standards.text import Text

FULL_AGE: Final = 18
"""Civil Code article 17: from this birthday on nobody is a guardian by a birth certificate."""


class Relation(StrEnum):
    """What the person is to the licence's holder."""

    SELF = "self"
    LEGAL_REPRESENTATIVE = "legal_representative"
    GUARDIAN = "guardian"

    @property
    def label(self) -> Text:
        """The relation in words."""
        return _LABELS[self]


_LABELS: Final = {
    Relation.SELF: Text("您本人", "Yourself"),
    Relation.LEGAL_REPRESENTATIVE: Text("您担任法定代表人", "You are the legal representative"),
    Relation.GUARDIAN: Text("您是监护人", "You are the guardian"),
}


@dataclass(frozen=True, slots=True)
class FoundLicence:
    """One licence that the person may let go to a wallet.

    Attributes:
        licence: in its newest version.
        holder: whose copy it would be.
        relation: what the person is to the holder.
        authority: who issued it.
        configuration: as what it is issued.
        state: where it stands now; copies are made only of valid ones.
        waits: whether it gives none now, but may soon.
    """

    licence: Licence
    holder: Holder
    relation: Relation
    authority: Authority
    configuration: CredentialConfiguration
    state: LicenceState
    waits: bool = False

    @property
    def can_go(self) -> bool:
        """Whether the person can let it go: now, or as soon as it gives copies."""
        return self.can_be_issued or self.waits

    @property
    def can_be_issued(self) -> bool:
        """Whether a wallet can have it now."""
        return self.state is LicenceState.VALID


@dataclass(frozen=True, slots=True)
class FindingDesk:
    """What finding needs."""

    persons: PersonsLicences
    types: OfferedTypes


@dataclass(frozen=True, slots=True)
class _Look:
    """One search: over which authorities, when."""

    desk: FindingDesk
    by_code: Mapping[str, Authority]
    at: datetime

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self.by_code)


def find_licences(
    desk: FindingDesk, authorities: Sequence[Authority], claimant: Claimant, at: datetime
) -> tuple[FoundLicence, ...]:
    """All licences of the person and of those for whom the library says that the person acts.

    Args:
        desk: library and types.
        authorities: of this node.
        claimant: the signed-in person, whose number the identity provider verified.
        at: now.

    Returns:
        The person's own first; then, for each entity or child, the licence that says so before the others.
    """
    look = _Look(desk, {one.uscc: one for one in authorities}, at)
    held = desk.persons.held_by(look.codes, claimant.code_type, claimant.number)
    found = [_found(look, one, Relation.SELF, claimant.number) for one in held]
    seen: set[tuple[str, str]] = {(claimant.code_type, claimant.number)}
    for root, relation in _roots(look, claimant):
        holder = root.holders[0]
        if (holder.code_type, holder.number) in seen:
            continue
        seen.add((holder.code_type, holder.number))
        others = desk.persons.held_by(look.codes, holder.code_type, holder.number)
        ordered = sorted(others, key=lambda one: one.identifier != root.identifier)
        found += [_found(look, one, relation, holder.number) for one in ordered]
    return tuple(one for one in found if one is not None)


def _roots(look: _Look, claimant: Claimant) -> Iterator[tuple[Licence, Relation]]:
    """Licences in force that name the person now; what ended, or a child of full age, opens nothing."""
    for licence in look.desk.persons.naming(look.codes, claimant.code_type, claimant.number):
        named = representatives_of(licence.type_code, licence.type_version, licence.fields)
        role = next(
            (
                one.role
                for one in named
                if (one.code_type, one.number) == (claimant.code_type, claimant.number)
            ),
            None,
        )
        offered = look.desk.types.by_vct(licence.vct)
        if role is None or offered is None or len(licence.holders) != 1:
            continue
        if licence.type_code not in look.by_code[licence.authority.uscc].licence_types:
            continue
        if standing(licence, offered.licence_type, look.at) is not LicenceState.VALID:
            continue
        if role is RepresentativeRole.GUARDIAN and is_of_age(licence, local_day(look.at)):
            continue
        yield licence, Relation(role.value)


def is_of_age(licence: Licence, today: date) -> bool:
    """Whether the child of a birth certificate has come of age; without a birth date nobody is taken for a child."""
    try:
        born = parse_date(str(licence.fields.get("birth_date", "")))
    except InvalidInputError:
        return True
    return (today.year - born.year, today.month, today.day) >= (FULL_AGE, born.month, born.day)


def _found(look: _Look, licence: Licence, relation: Relation, number: str) -> FoundLicence | None:
    authority, offered = look.by_code.get(licence.authority.uscc), look.desk.types.by_vct(licence.vct)
    holder = next((one for one in licence.holders if one.number == number), None)
    if authority is None or offered is None or holder is None:
        return None
    if licence.type_code not in authority.licence_types:
        return None
    state = standing(licence, offered.licence_type, look.at)
    later = waits(licence, offered.licence_type, look.at)
    return FoundLicence(licence, holder, relation, authority, offered.configuration, state, later)
