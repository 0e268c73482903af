"""The choice of the consent page, as its form sends it: plain radio buttons and check boxes, no script needed.

``choice_{i}`` says which alternative meets need ``i`` (a number, or ``none``); ``pick_{i}_{alternative}_{query id}``
says which licence answers a query of that alternative.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from werkzeug.datastructures import MultiDict

from wallet.presenting.decision import Decision

NONE: Final = "none"
"""Value of a choice that leaves an optional need out."""


def choice_field(need: int) -> str:
    """Name of the field that chooses how need number ``need`` is met."""
    return f"choice_{need}"


def pick_field(need: int, alternative: int, query_id: str) -> str:
    """Name of the field that chooses the licence for a query of an alternative."""
    return f"pick_{need}_{alternative}_{query_id}"


def extra_field(need: int, alternative: int, query_id: str, holding_id: str) -> str:
    """Name of the check boxes for the optional fields of a licence; each box has the name of its field as value."""
    return f"extra_{need}_{alternative}_{query_id}_{holding_id}"


SENSITIVE_FIELD: Final = "sensitive"
"""Name of the check box that agrees to sensitive data; it sends ``yes``."""

SEEN_FIELD: Final = "seen"
"""Name of the hidden field with the fingerprint of what the page showed."""


def parse_decision(form: MultiDict[str, str]) -> Decision:
    """What a form says, untrusted: whether it answers the request is for ``Consent.resolve`` to say."""
    selection = parse_selection(form)
    extras: dict[str, frozenset[str]] = {}
    for name in form:
        if name.startswith("extra_"):
            # Boxes of a licence that was not chosen count for nothing.
            extras.update(
                {
                    query_id: frozenset(form.getlist(name))
                    for query_id, holding_id in selection.items()
                    if name.endswith(f"_{query_id}_{holding_id}") and _is_chosen(form, name)
                }
            )
    return Decision(selection, extras, form.get(SENSITIVE_FIELD) == "yes", seen=form.get(SEEN_FIELD, ""))


def _is_chosen(form: Mapping[str, str], name: str) -> bool:
    need, _, rest = name.removeprefix("extra_").partition("_")
    return form.get(choice_field(int(need)) if need.isdecimal() else "") == rest.partition("_")[0]


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
