"""``GET /status-lists/{n}``: public, unauthenticated, cacheable as long as the list's ``ttl`` allows."""

from __future__ import annotations

from flask import Response, jsonify, request

from issuer.node import current_node
from issuer.status.publish_list import TTL
from service.web.csrf import MachineBlueprint
from standards.status_list import MEDIA_TYPE

blueprint = MachineBlueprint("issuer_status", __name__)

_CACHE_CONTROL = f"public, max-age={int(TTL.total_seconds())}"


@blueprint.get("/status-lists")
def status_lists() -> Response:
    """All lists by address: what a verifier takes along to see offline whether licences stand."""
    node = current_node()
    at = node.clock.now()
    node.standing_review.run_when_due(at=at)
    return _public(jsonify({"status_lists": node.issuance.status_lists.all_current(at=at)}))


@blueprint.get("/status-lists/<int:number>")
def status_list(number: int) -> Response:
    """The signed status list (Token Status List section 8.1); 404 as a problem document when there is none."""
    node = current_node()
    # What the passing of time changed belongs into the list that goes out now.
    node.standing_review.run_when_due(at=node.clock.now())
    published = node.issuance.status_lists.current(number, at=node.clock.now())
    response = Response(published.token, mimetype=MEDIA_TYPE)
    response.set_etag(published.etag)
    return _public(response)


def _public(response: Response) -> Response:
    response.headers["Cache-Control"] = _CACHE_CONTROL
    # Public data: a wallet or a window that runs in a browser may read it from any origin.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.make_conditional(request)
    return response
