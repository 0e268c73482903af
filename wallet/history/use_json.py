"""A use on the wire of ``/api/v1`` and in the exported log."""

from __future__ import annotations

from typing import Any

from standards.text import Text
from wallet.history.entry import Entry, Use
from wallet.history.sentences import actor_words, sentence_of


def use_json(use: Use) -> dict[str, Any]:
    """The schema ``Use`` of the OpenAPI document."""
    entry = use.entry
    return {
        "id": entry.entry_id,
        "number": entry.receipt_number,
        "at": entry.at.isoformat(),
        "kind": entry.kind.value,
        "about": entry.about,
        "sentence": sentence_of(use).to_json(),
        "party": _json(entry.party),
        "party_code": entry.party_code or None,
        "region": _json(entry.region),
        "item": _json(entry.item),
        "purpose": _json(entry.purpose),
        "basis": None if entry.basis is None else entry.basis.to_json(),
        "retention": _json(entry.retention),
        "licences": [name.to_json() for name in entry.licences],
        "credentials": list(entry.holdings),
        "seen": [
            {"licence": one.licence.to_json(), "label": one.label.to_json(), "value": one.value}
            for one in entry.seen
        ],
        "reason": _json(entry.reason),
        "actor": None
        if entry.actor is None
        else {
            "name": entry.actor.name,
            "capacity": entry.actor.capacity,
            "words": _json(actor_words(entry)),
        },
        "grant": entry.grant or None,
        "complaints": None if entry.counterpart is None else entry.counterpart.complaints,
        "outcome": None if use.outcome is None else _outcome_json(use.outcome),
    }


def _outcome_json(outcome: Entry) -> dict[str, Any]:
    return {"kind": outcome.kind.value, "at": outcome.at.isoformat(), "reason": _json(outcome.reason)}


def _json(text: Text | None) -> dict[str, str] | None:
    return None if text is None else text.to_json()
