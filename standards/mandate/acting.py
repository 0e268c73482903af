"""Who shows a licence for whom, as a claim of the key binding JWT (RFC 9901 section 4.3 lets it carry more claims).

The holder's key signs the key binding, so the holder's wallet says who acts; the grants and the root licence inside let
anyone see that he may.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from standards.errors import InvalidInputError
from standards.json_reader import Reader
from standards.mandate.errors import MandateError
from standards.mandate.grant import GRANT_CAPACITIES
from standards.mandate.party import Party, parse_party
from standards.mandate.token import MAX_GRANT_CHARS, UnverifiedGrant, parse_grant

ACTING_CLAIM: Final = "acting"
"""Name of the claim in the key binding JWT."""

Capacity = Literal["legal_representative", "guardian", "manager", "agent", "relative"]

REPRESENTATIVE_CAPACITIES: Final[frozenset[str]] = frozenset({"legal_representative", "guardian"})
"""Capacities that the root licence itself gives, without a grant."""

CAPACITIES: Final[frozenset[str]] = REPRESENTATIVE_CAPACITIES | GRANT_CAPACITIES

MAX_GRANTS: Final = 2
"""A grant, and the manager's that it rests on."""

MAX_ROOT_CHARS: Final = 48 * 1024
"""Longest root licence that is read, in characters."""

_MEMBERS: Final = frozenset({"capacity", "person", "grants", "root"})


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts, and on what grounds.

    Attributes:
        capacity: as what.
        person: the natural person who shows.
        grants: signed texts, the one that the person acts under first, then its parent; none for representatives.
        root: the subject's root licence: an SD-JWT without key binding, ending in ``~``, that discloses ``holder_name``,
            ``holder_code_type``, ``holder_number`` and, for a representative, the claims that name him (for a guardian also
            the child's ``birth_date``). All grants are signed by the key of **this** copy.
    """

    capacity: Capacity
    person: Party
    grants: tuple[str, ...]
    root: str


@dataclass(frozen=True, slots=True)
class UnverifiedActing:
    """A well-formed statement that nobody has checked.

    Attributes:
        capacity: as what.
        person: who shows.
        grants: parsed, the first is the one that he acts under.
        root: text of the root licence.
    """

    capacity: Capacity
    person: Party
    grants: tuple[UnverifiedGrant, ...]
    root: str


def acting_claim(acting: Acting) -> dict[str, Any]:
    """The value of the claim."""
    return {
        "capacity": acting.capacity,
        "person": acting.person.to_dict(),
        "grants": list(acting.grants),
        "root": acting.root,
    }


def acting_extra(acting: Acting | None) -> Mapping[str, Any] | None:
    """The further claims of a key binding for ``acting``; ``None`` for who shows his own."""
    return None if acting is None else {ACTING_CLAIM: acting_claim(acting)}


def parse_acting(obj: Any) -> UnverifiedActing:
    """The statement in an untrusted claim; raises ``MandateError``.

    Capacity and grants must fit together: a representative brings none, everybody else at least one.
    """
    try:
        reader = Reader(obj, f"/{ACTING_CLAIM}", error=MandateError)
        reader.refuse_unknown(_MEMBERS)
        capacity = cast("Capacity", reader.choice("capacity", CAPACITIES))
        person = parse_party(reader.object("person"))
        texts = reader.texts("grants", max_chars=MAX_GRANT_CHARS, max_items=MAX_GRANTS)
        root = reader.text("root", max_chars=MAX_ROOT_CHARS)
        grants = tuple(map(parse_grant, texts))
    except MandateError:
        raise
    except InvalidInputError as cause:
        raise MandateError(cause.message.zh, cause.message.en, where=cause.where) from cause
    if (capacity in REPRESENTATIVE_CAPACITIES) != (not grants):
        raise reader.fail("grants", "授权与身份不符。", "The grants do not fit the capacity.")
    if not root.endswith("~"):
        raise reader.fail("root", "依据的证照格式不正确。", "The root licence carries no key binding.")
    return UnverifiedActing(capacity, person, grants, root)
