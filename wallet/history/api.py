"""``/api/v1/log``: the use log of the signed-in person."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from standards.text import Text
from wallet.accounts.current import current_holder
from wallet.history.entry import Entry, Use, read_together
from wallet.node import current_node

blueprint = Blueprint("wallet_log_api", __name__)


@blueprint.get("/api/v1/log")
def show_log() -> dict[str, Any]:
    """The newest uses, each with its outcome."""
    return {"uses": [use_json(use) for use in read_together(current_node().use_log.read(current_holder()))]}


def use_json(use: Use) -> dict[str, Any]:
    """The schema ``Use`` of the OpenAPI document."""
    entry = use.entry
    return {
        "id": entry.entry_id,
        "at": entry.at.isoformat(),
        "kind": entry.kind.value,
        "about": entry.about,
        "party": _json(entry.party),
        "region": _json(entry.region),
        "item": _json(entry.item),
        "licences": [name.to_json() for name in entry.licences],
        "seen": [
            {"licence": one.licence.to_json(), "label": one.label.to_json(), "value": one.value}
            for one in entry.seen
        ],
        "reason": _json(entry.reason),
        "outcome": None if use.outcome is None else _outcome_json(use.outcome),
    }


def _outcome_json(outcome: Entry) -> dict[str, Any]:
    return {"kind": outcome.kind.value, "at": outcome.at.isoformat(), "reason": _json(outcome.reason)}


def _json(text: Text | None) -> dict[str, str] | None:
    return None if text is None else text.to_json()
