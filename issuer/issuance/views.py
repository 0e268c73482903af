"""``POST /api/v1/licences/{identifier}/offers``: a department's system offers a licence to its holder."""

from __future__ import annotations

import orjson
from flask import Response

from issuer.issuance.make_offer import make_offer
from issuer.issuance.offer_input import parse_offer_request
from issuer.library.views import licence_of_caller
from issuer.node import current_node
from service.api_tokens import require_api_caller
from service.web.csrf import MachineBlueprint
from service.web.json_body import read_json_body_or

blueprint = MachineBlueprint("issuance", __name__, url_prefix="/api/v1/licences")
blueprint.before_request(require_api_caller(lambda: current_node().api_tokens))


@blueprint.post("/<identifier>/offers")
def create_offer(identifier: str) -> Response:
    """Make an offer: 201 with the link, the transaction code when there is one, and the instant at which it ends."""
    node = current_node()
    licence = licence_of_caller(node, identifier)
    asked = parse_offer_request(read_json_body_or({}))
    made = make_offer(
        node, licence, asked.holder_of(licence), tx_code=asked.tx_code, by=asked.by, at=node.clock.now()
    )
    answer = {
        "credential_offer_uri": made.credential_offer_uri,
        "wallet_link": made.wallet_link,
        "tx_code": made.tx_code,
        "expires_at": made.expires_at.isoformat().replace("+00:00", "Z"),
    }
    return Response(
        orjson.dumps(answer), 201, mimetype="application/json", headers={"Cache-Control": "no-store"}
    )
