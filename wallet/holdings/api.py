"""``/api/v1/credentials``: the licences of the signed-in person."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from wallet.accounts.acting import Deed
from wallet.accounts.current import require_deed
from wallet.holdings.card_json import card_json
from wallet.mandates.wallets_at_hand import find_wallet, is_own, wallets_at_hand
from wallet.node import current_node
from wallet.refreshing.look_after import current_licence, current_licences

blueprint = Blueprint("wallet_credentials_api", __name__)


@blueprint.get("/api/v1/credentials")
def list_credentials() -> dict[str, Any]:
    """All licences with their state: of the subject acted for, and of those that the person represents."""
    node, holder = current_node(), require_deed(Deed.VIEW)
    keepers = wallets_at_hand(node, holder) if is_own(holder) else [holder]
    return {
        "credentials": [
            card_json(card, keeper) for keeper in keepers for card in current_licences(node, keeper)
        ]
    }


@blueprint.get("/api/v1/credentials/<holding_id>")
def show_credential(holding_id: str) -> dict[str, Any]:
    """One licence; another person's is not found."""
    node = current_node()
    keeper = find_wallet(node, require_deed(Deed.VIEW), holding_id)
    return card_json(current_licence(node, keeper, holding_id), keeper)
