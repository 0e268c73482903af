"""Claims of a licence of which only a code was shown while nobody could be asked for more: what they are called, what they equal.

A compact licence carries some claims, and of a person's number the end alone. The marks begin with ``@``, which no claim does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from standards.show_code.acting import NUMBER_END_CHARS
from verifier.items.conditions import EqualClaims, Reference, Shown

SHORT: Final = "@short"
NUMBER_END: Final = "@holder_number_end"

_NUMBER: Final = "holder_number"
_NAME: Final = "holder_name"


def short_claims(claims: Mapping[str, Any]) -> dict[str, Any]:
    """The claims of a compact licence for the item's rules: the end of a person's number is no number."""
    number = claims.get(_NUMBER)
    if not isinstance(number, str) or len(number) > NUMBER_END_CHARS:
        return {**claims, SHORT: True}
    rest = {name: value for name, value in claims.items() if name != _NUMBER}
    return {**rest, SHORT: True, NUMBER_END: number}


def is_short(shown: Shown, query: str) -> bool:
    """Whether only a code of it was shown."""
    return SHORT in shown.get(query, {})


def same_person(rule: object, shown: Shown) -> bool | None:
    """Whether the holders of which a rule wants the same number are one, by name and end of number.

    ``None`` where the rule wants something else, or a name or number is not there.
    """
    if not isinstance(rule, EqualClaims) or any(claim != _NUMBER for _, claim in rule.claims):
        return None
    people = [_person(shown, reference) for reference in rule.claims if reference[0] in shown]
    if len(people) < 2 or any(None in person for person in people):
        return None
    return len(set(people)) == 1


def _person(shown: Shown, reference: Reference) -> tuple[str | None, str | None]:
    claims = shown[reference[0]]
    name, number = claims.get(_NAME), claims.get(NUMBER_END) or claims.get(_NUMBER)
    return (
        name if isinstance(name, str) else None,
        number[-NUMBER_END_CHARS:].upper() if isinstance(number, str) else None,
    )
