"""The root licence of a subject: whose key signs its grants, and which may name who represents it.

Pure: from the licences in an account and what is known of their state to the one that counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from service.web.language import BEIJING
from standards.licence_types import load_catalogue
from standards.licence_types.licence_type import type_code_of
from wallet.accounts.acting import Capacity
from wallet.accounts.subject import Subject, SubjectKind
from wallet.holdings.holding import Face, Holding
from wallet.holdings.licence_state import LicenceState

IDENTITY_CARD: Final = "11100000000013338W001"
"""The root licence of a citizen, where there is one."""

AGE_OF_HAND_OVER: Final = 14
"""From then on a child may use its licences itself (Personal Information Protection Law, article 31)."""

AGE_OF_MAJORITY: Final = 18
"""From then on nobody is a guardian by the birth certificate (Civil Code, article 17)."""

BIRTH_DATE: Final = "birth_date"
_GONE: Final = frozenset({LicenceState.ENDED, LicenceState.EXPIRED})
_NOBODY_AFTER: Final = frozenset({"deregistered", "rescinded", "revoked"})
"""What an issuer says of a licence that ended without another in its place, so that nobody else is named by now."""

_HOLDER: Final = ("holder_name", "holder_code_type", "holder_number")

_CAPACITIES: Final[Mapping[str, Capacity]] = {
    "legal_representative": Capacity.LEGAL_REPRESENTATIVE,
    "guardian": Capacity.GUARDIAN,
}
_OF_KIND: Final = {
    SubjectKind.ENTITY: Capacity.LEGAL_REPRESENTATIVE,
    SubjectKind.CHILD: Capacity.GUARDIAN,
}


def representatives_named(vct: str, claims: Mapping[str, Any]) -> Sequence[tuple[Capacity, str]]:
    """Whom a licence names as representatives of its holder: capacity and number, in the type's order."""
    kind = load_catalogue().find_vct(vct)
    named = []
    for row in () if kind is None else kind.representatives:
        number = claims.get(row.number_field)
        capacity = _CAPACITIES.get(row.role)
        if capacity is not None and isinstance(number, str) and number:
            named.append((capacity, number.strip().upper()))
    return named


def capacity_by_licence(vct: str, claims: Mapping[str, Any], code_type: str, number: str) -> Capacity | None:
    """As what a licence lets the citizen with this number act for its holder; ``None``: it does not name him."""
    if code_type != "111":
        return None
    return next((capacity for capacity, one in representatives_named(vct, claims) if one == number), None)


def root_licence(
    subject: Subject, holdings: Iterable[Holding], state_of: Callable[[Face], LicenceState]
) -> Holding | None:
    """The licence that speaks for the subject now; ``None`` when there is none that stands.

    Of several versions the newest counts, so that who was replaced by a newer one is out.
    """
    suitable = [
        holding
        for holding in holdings
        if is_root_of(subject, holding.face) and state_of(holding.face) not in _GONE
    ]
    return max(suitable, key=lambda holding: _rank(subject, holding), default=None)


def last_root_licence(
    subject: Subject, holdings: Iterable[Holding], state_of: Callable[[Face], LicenceState]
) -> Holding | None:
    """The licence that spoke for the subject last, once it was revoked, rescinded or deregistered; else ``None``.

    Only on its issuer's word: a licence that merely ended may have been replaced by one that names somebody else.
    """
    suitable = [holding for holding in holdings if is_root_of(subject, holding.face)]
    last = max(suitable, key=lambda holding: _rank(subject, holding), default=None)
    word = None if last is None else last.renewal.word
    if last is None or word is None or word.state not in _NOBODY_AFTER:
        return None
    return last if state_of(last.face) is LicenceState.ENDED else None


def disclosed_by_root(face: Face, capacity: Capacity, number: str) -> list[list[str | int | None]]:
    """Paths of the claims that others must read: the holder, and for a representative where he is named."""
    names = list(_HOLDER)
    kind = load_catalogue().find_vct(face.vct)
    for row in () if kind is None else kind.representatives:
        if _CAPACITIES.get(row.role) is capacity and face.claim_text(row.number_field).upper() == number:
            names += [name for name in (row.name_field, row.number_field) if name in face.claims]
    if capacity is Capacity.GUARDIAN and BIRTH_DATE in face.claims:
        names.append(BIRTH_DATE)
    return [[name] for name in dict.fromkeys(names)]


def age_at(face: Face, at: datetime) -> int | None:
    """Completed years of the child of a birth certificate; ``None`` when it does not tell."""
    return age_on(face.claim_text(BIRTH_DATE), at)


def age_on(birth_date: str, at: datetime) -> int | None:
    """Completed years on that day in China of who was born on ``birth_date`` (ISO); ``None`` when that is no date."""
    try:
        born = date.fromisoformat(birth_date)
    except ValueError:
        return None
    today = at.astimezone(BEIJING).date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def is_root_of(subject: Subject, face: Face) -> bool:
    """Whether a licence could speak for the subject, as far as its type and its holder."""
    if not subject.is_same(face.claim_text("holder_code_type"), face.claim_text("holder_number")):
        return False
    wanted = _OF_KIND.get(subject.kind)
    if wanted is None:
        return True
    kind = load_catalogue().find_vct(face.vct)
    return kind is not None and any(_CAPACITIES.get(row.role) is wanted for row in kind.representatives)


def _rank(subject: Subject, holding: Holding) -> tuple[bool, str, str, datetime]:
    face = holding.face
    is_card = subject.kind is not SubjectKind.PERSON or type_code_of(face.vct) == IDENTITY_CARD
    return is_card, face.claim_text("issue_date"), face.claim_text("licence_identifier"), holding.received_at
