"""The choice of the consent page, as its form sends it: plain radio buttons and check boxes, no script needed.

``choice_{i}`` says which alternative meets need ``i`` (a number, or ``none``); ``pick_{i}_{alternative}_{query id}``
says which licence answers a query of that alternative.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

NONE: Final = "none"
"""Value of a choice that leaves an optional need out."""


def choice_field(need: int) -> str:
    """Name of the field that chooses how need number ``need`` is met."""
    return f"choice_{need}"


def pick_field(need: int, alternative: int, query_id: str) -> str:
    """Name of the field that chooses the licence for a query of an alternative."""
    return f"pick_{need}_{alternative}_{query_id}"


def parse_selection(form: Mapping[str, str]) -> dict[str, str]:
    """Query id → holding id, untrusted: whether it answers the request is for ``Consent.resolve`` to say."""
    selection: dict[str, str] = {}
    for name, alternative in form.items():
        need = name.removeprefix("choice_")
        if need == name or alternative == NONE:
            continue
        start = f"pick_{need}_{alternative}_"
        selection.update(
            {
                field.removeprefix(start): holding_id
                for field, holding_id in form.items()
                if field.startswith(start)
            }
        )
    return selection
