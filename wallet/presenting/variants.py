"""How much of one licence answers a query: the least, and what the holder may add field by field.

A query in DCQL lists sets of claims without saying why there are several. Sets differ because a licence may lack a
claim, or because the holder may keep it back: a service item names the latter. Where nobody names any, the holder may
keep back whatever some set does without (the least is enough; Personal Information Protection Law article 6).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from standards.dcql import Answer, ClaimsPath

_Paths = tuple[ClaimsPath, ...]


@dataclass(frozen=True, slots=True)
class Variants:
    """The ways in which one licence may answer one query.

    Attributes:
        least: the claims that are always shown.
        extras: claims that may be added.
        sets: every set of claims that the verifier takes, as sets.
    """

    least: _Paths
    extras: _Paths
    sets: frozenset[frozenset[ClaimsPath]]

    def with_extras(self, names: frozenset[str]) -> _Paths | None:
        """The claims for the extras of these names; ``None`` when the verifier takes no such set."""
        added = tuple(path for path in self.extras if str(path[0]) in names)
        if len(added) != len(names):
            return None
        paths = self.least + added
        return paths if not added or frozenset(paths) in self.sets else None


def variants_of(answer: Answer, optional: frozenset[str] | None) -> Variants:
    """The variants of an answer.

    Args:
        answer: of one licence to one query.
        optional: names of the claims that the item does without; ``None`` when no item says anything.
    """
    sets = [frozenset(choice) for choice in answer.choices or (answer.paths,)]
    known = frozenset(sets)
    least = _least(answer.choices or (answer.paths,), optional)
    # What may be added is what the verifier takes beside the least alone: a tick must never lead into a refusal.
    extras = [
        path
        for choice in answer.choices
        for path in choice
        if path not in least
        and (optional is None or path in {(name,) for name in optional})
        and frozenset((*least, path)) in known
    ]
    return Variants(least, tuple(dict.fromkeys(extras)), known)


def _least(choices: Sequence[_Paths], optional: frozenset[str] | None) -> _Paths:
    if optional is None:
        smallest = min(choices, key=len)
        return smallest if all(set(smallest) <= set(choice) for choice in choices) else choices[0]
    # The verifier's favourite among the sets without an optional claim: it holds what a licence may lack.
    named = {(name,) for name in optional}
    return next((choice for choice in choices if named.isdisjoint(choice)), choices[0])
