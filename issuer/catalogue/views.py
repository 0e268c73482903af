"""``GET /api/v1/types``: the licence types that the calling authority may issue."""

from __future__ import annotations

import orjson
from flask import Response

from issuer.authority_of_caller import authority_of_caller
from issuer.catalogue.type_json import type_json
from issuer.library.licence import local_day
from issuer.node import current_node
from service.api_tokens import require_api_caller
from service.web.csrf import MachineBlueprint

blueprint = MachineBlueprint("catalogue", __name__)
blueprint.before_request(require_api_caller(lambda: current_node().api_tokens))


@blueprint.get("/api/v1/types")
def list_types() -> Response:
    """The types, each with its fields, rules and an example to post."""
    node = current_node()
    authority, today = authority_of_caller(node), local_day(node.clock.now())
    types = [
        type_json(licence_type, today)
        for licence_type in node.catalogue.all()
        if licence_type.code in authority.licence_types and not node.catalogue.is_withdrawn(licence_type.code)
    ]
    return Response(orjson.dumps({"types": types}), mimetype="application/json")
