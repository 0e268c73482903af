"""Source systems and their deliveries over HTTP, for departments' systems."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, g

from issuer.authority_of_caller import authority_of_caller
from issuer.node import IssuerNode, current_node
from issuer.sources.errors import OtherSystemError, SourceNotFoundError
from issuer.sources.measure_staleness import recent_standings
from issuer.sources.observation import parse_observations
from issuer.sources.observe import SourceDesk, observe
from issuer.sources.source_input import parse_source
from issuer.sources.source_json import source_json
from service.api_tokens import require_api_caller
from service.web.csrf import MachineBlueprint
from service.web.json_body import read_json_body

blueprint = MachineBlueprint("sources", __name__, url_prefix="/api/v1/sources")
blueprint.before_request(require_api_caller(lambda: current_node().api_tokens))


@blueprint.get("")
def list_sources() -> Response:
    """The authority's sources, each with its staleness."""
    node, at = current_node(), current_node().clock.now()
    standings = recent_standings(node.sources, node.current_licences, g.caller.authority, at)
    return _answer({"sources": [source_json(standing, at) for standing in standings]})


@blueprint.get("/<code>")
def read_source(code: str) -> Response:
    """One source."""
    return _answer(_source_json(current_node(), code))


@blueprint.put("/<code>")
def put_source(code: str) -> Response:
    """Register a source, or describe it anew: 201 or 200."""
    node = current_node()
    source = parse_source(read_json_body(), code, authority_of_caller(node))
    before = node.sources.find(source.authority, code)
    if before is None:
        node.sources.add(source)
    else:
        node.sources.change(before, source)
    return _answer(_source_json(node, code), 201 if before is None else 200)


@blueprint.delete("/<code>")
def delete_source(code: str) -> Response:
    """Take a source off the list. Its open discrepancies stay until somebody closes them."""
    if not current_node().sources.remove(g.caller.authority, code):
        raise SourceNotFoundError
    return Response(status=204)


@blueprint.post("/<code>/observations")
def create_observations(code: str) -> Response:
    """What the source says of licences: equal values confirm, others become discrepancies."""
    node = current_node()
    source = node.sources.find(g.caller.authority, code)
    if source is None:
        raise SourceNotFoundError
    if source.system is not None and source.system != g.caller.system:
        raise OtherSystemError
    observations, errors = parse_observations(read_json_body())
    desk = SourceDesk(node.library, node.current_licences, node.sources, node.discrepancies)
    report = observe(desk, source, observations, system=g.caller.system, at=node.clock.now())
    return _answer(
        {
            "rows": report.rows + len(errors),
            "confirmed": report.confirmed,
            "applied": report.applied,
            "ended": report.ended,
            "discrepancies": {**report.reported.to_json(), "open": report.reported.ids},
            "errors": [
                {
                    "where": error.where,
                    "code": error.code,
                    "message": error.message.to_json(),
                    "next": error.next_step and error.next_step.to_json(),
                }
                for error in (*errors, *report.errors)
            ],
        }
    )


def _source_json(node: IssuerNode, code: str) -> dict[str, Any]:
    standing = node.sources.standing(g.caller.authority, code)
    if standing is None:
        raise SourceNotFoundError
    return source_json(standing, node.clock.now())


def _answer(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, mimetype="application/json")
