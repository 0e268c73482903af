"""``/api/v1/credentials``: the licences of the signed-in person."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from wallet.accounts.current import current_holder
from wallet.holdings.card_json import card_json
from wallet.node import current_node
from wallet.refreshing.look_after import current_licence, current_licences

blueprint = Blueprint("wallet_credentials_api", __name__)


@blueprint.get("/api/v1/credentials")
def list_credentials() -> dict[str, Any]:
    """All licences with their state."""
    return {"credentials": [card_json(card) for card in current_licences(current_node(), current_holder())]}


@blueprint.get("/api/v1/credentials/<holding_id>")
def show_credential(holding_id: str) -> dict[str, Any]:
    """One licence; another person's is not found."""
    return card_json(current_licence(current_node(), current_holder(), holding_id))
