"""``POST /api/v1/licences/search``: numbers travel in the body, never in an address, and every call is logged."""

from __future__ import annotations

import orjson
from flask import Response, g

from issuer.library.licence_json import licence_json
from issuer.node import IssuerNode, current_node
from issuer.searching.search_licences import SearchDesk, search_licences
from issuer.searching.search_request import parse_search
from service.api_tokens import require_api_caller
from service.web.csrf import MachineBlueprint
from service.web.json_body import read_json_body

blueprint = MachineBlueprint("searching", __name__)
blueprint.before_request(require_api_caller(lambda: current_node().api_tokens))


@blueprint.post("/api/v1/licences/search")
def search() -> Response:
    """The calling authority's licences: of one type for one holder, with one number, or one by its identifier."""
    node = current_node()
    at = node.clock.now()
    search_request = parse_search(read_json_body(), node.catalogue)
    found = search_licences(
        search_desk(node),
        search_request,
        authority=g.caller.authority,
        by=g.caller.system,
        at=at,
    )
    licences = [licence_json(licence, node.library.type_of(licence), at) for licence in found]
    return Response(orjson.dumps({"licences": licences}), mimetype="application/json")


def search_desk(node: IssuerNode) -> SearchDesk:
    """What a search needs, of a node."""
    return SearchDesk(node.licences, node.finder, node.search_log, node.master_key.lookup_key())
