"""``GET /status-lists/{n}``: public, unauthenticated, cacheable as long as the list's ``ttl`` allows."""

from __future__ import annotations

from flask import Response, jsonify, request

from service.web.csrf import MachineBlueprint
from standards.status_list import MEDIA_TYPE
from wallet.node import current_node
from wallet.provider.statuses import TTL

blueprint = MachineBlueprint("wallet_provider", __name__)

_CACHE_CONTROL = f"public, max-age={int(TTL.total_seconds())}"


@blueprint.get("/status-lists/<int:number>")
def status_list(number: int) -> Response:
    """The signed status list (Token Status List section 8.1); 404 as a problem document when there is none."""
    published = current_node().provider.statuses.current(number)
    response = Response(published.token, mimetype=MEDIA_TYPE)
    response.set_etag(published.etag)
    return _public(response)


@blueprint.get("/status-lists")
def status_lists() -> Response:
    """All lists by address: what a window takes along to see offline whether a grant or a sheet stands."""
    return _public(jsonify({"status_lists": current_node().provider.statuses.all_current()}))


def _public(response: Response) -> Response:
    response.headers["Cache-Control"] = _CACHE_CONTROL
    # Public data: a window that runs in a browser may read it from any origin.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.make_conditional(request)
    return response
