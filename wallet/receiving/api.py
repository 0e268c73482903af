"""``/api/v1/offers``: receive the licences of an offer in one call."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from service.web.json_body import read_json_body
from standards.json_reader import Reader
from wallet.accounts.current import current_self
from wallet.holdings.card_json import card_json
from wallet.holdings.list_licences import show_licence
from wallet.node import current_node
from wallet.receiving.read_offer import read_offer
from wallet.receiving.receive_offer import receive_offer

blueprint = Blueprint("wallet_offers_api", __name__)


@blueprint.post("/api/v1/offers")
def post_offer() -> tuple[dict[str, Any], int]:
    """201 with the licences received; 200 when an earlier call received them already; 202 while some are yet to come."""
    node, holder = current_node(), current_self()
    body = Reader(read_json_body())
    uri = body.text("uri", max_chars=20_000)
    tx_code = body.optional_text("tx_code", max_chars=100, min_chars=0)
    offer = read_offer(node, holder, uri)
    received = receive_offer(node, holder, offer.offer_id, tx_code)
    answer = {
        "id": offer.offer_id,
        "state": "received" if received.waiting is None else "waiting",
        "already_received": received.again,
        "issuer": {
            "identifier": offer.issuer.identifier,
            "name": offer.issuer.name.to_json(),
            "region": offer.issuer.region.to_json(),
        },
        "credentials": [card_json(show_licence(node, keeper, one), keeper) for keeper, one in received.kept],
        "kept_for": [
            {
                "credential": one,
                "name": keeper.subject.name,
                "kind": keeper.subject.kind.value,
                "right": keeper.acting.right_id,
            }
            for keeper, one in received.kept
        ],
    }
    if received.waiting is not None:
        return answer, 202
    return answer, 200 if received.again else 201
