"""The licence library over HTTP, for departments' systems (DESIGN section 6)."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, g, request

from issuer.authority_of_caller import authority_of_caller
from issuer.catalogue.make_type import refuse_withdrawn
from issuer.library.change_input import parse_actor, parse_change_request, parse_reason
from issuer.library.change_licence import Change, change_licence, decide_proposal
from issuer.library.errors import InvalidLicenceError, LicenceNotFoundError
from issuer.library.event import Actor
from issuer.library.idempotency import parse_idempotency_key
from issuer.library.licence import IssuingAuthority, Licence, local_day
from issuer.library.licence_input import parse_licence_draft
from issuer.library.licence_json import event_json, licence_json
from issuer.library.record_licence import record_licence
from issuer.node import IssuerNode, current_node
from issuer.sources.guard_change import guard_change
from issuer.sources.observe import SourceDesk
from service.api_tokens import require_api_caller
from service.web.csrf import MachineBlueprint
from service.web.error_answers import problem_response
from service.web.error_table import HttpAnswer
from service.web.json_body import read_json_body
from standards.json_reader import Reader

blueprint = MachineBlueprint("library", __name__, url_prefix="/api/v1/licences")
blueprint.before_request(require_api_caller(lambda: current_node().api_tokens))


@blueprint.post("")
def create_licence() -> Response:
    """Enter a licence; 201, or 200 for a repeat under the same ``Idempotency-Key``."""
    node, at = current_node(), current_node().clock.now()
    authority = authority_of_caller(node)
    body = read_json_body()
    key = parse_idempotency_key(request.headers.get("Idempotency-Key"), body, node.master_key.lookup_key())
    draft = parse_licence_draft(body, node.catalogue, today=local_day(at))
    refuse_withdrawn(node.catalogue, draft.licence_type)
    licence, created = record_licence(
        node.licences,
        draft,
        IssuingAuthority(authority.uscc, authority.name.zh, authority.division),
        authority.licence_types,
        actor=Actor(g.caller.system),
        system=g.caller.system,
        at=at,
        idempotency=key,
    )
    response = answer(licence_json(licence, draft.licence_type, at), 201 if created else 200)
    response.headers["Location"] = f"{node.settings.issuer_url}/api/v1/licences/{licence.identifier}"
    return response


@blueprint.get("/<identifier>")
def read_licence(identifier: str) -> Response:
    """The licence version of this identifier; an old one answers with ``superseded_by``."""
    node = current_node()
    licence = licence_of_caller(node, identifier)
    return answer(licence_json(licence, node.library.type_of(licence), node.clock.now()), 200)


@blueprint.post("/<identifier>/events")
def create_event(identifier: str) -> Response:
    """Carry out an operation: 201; or 202 when it waits for the approval of a second person."""
    node, at = current_node(), current_node().clock.now()
    licence = licence_of_caller(node, identifier)
    licence_type = node.library.type_of(licence)
    change_request = parse_change_request(
        read_json_body(), licence, licence_type, node.catalogue, today=local_day(at)
    )
    sources = SourceDesk(node.library, node.current_licences, node.sources, node.discrepancies)
    guard_change(sources, licence, change_request, system=g.caller.system, at=at)
    change = change_licence(
        node.library,
        licence,
        change_request,
        caller=Actor(g.caller.system),
        system=g.caller.system,
        at=at,
    )
    return answer(_change_json(node, change), 202 if change.is_proposed else 201)


@blueprint.post("/<identifier>/events/<int:event>/decision")
def create_decision(identifier: str, event: int) -> Response:
    """Approve or refuse a proposed operation: ``{"decision": "approve|refuse", "approver", "reason"}``."""
    node = current_node()
    licence = licence_of_caller(node, identifier)
    reader = Reader(read_json_body())
    reader.refuse_unknown(frozenset({"decision", "approver", "reason"}))
    change = decide_proposal(
        node.library,
        licence,
        event,
        approver=parse_actor(reader, "approver"),
        approved=reader.choice("decision", ("approve", "refuse")) == "approve",
        reason=parse_reason(reader) if "reason" in reader else None,
        system=g.caller.system,
        at=node.clock.now(),
    )
    return answer(_change_json(node, change), 201)


@blueprint.errorhandler(InvalidLicenceError)
def answer_invalid_licence(error: InvalidLicenceError) -> Response:
    """All mistakes at once, each with its place, its reason and what to do: the problem's member ``errors``."""
    response = problem_response(
        HttpAnswer(400, error.code), error.message, where=error.where, next_step=error.next_step
    )
    problem = orjson.loads(response.get_data())
    problem["errors"] = [
        {
            "where": found.where,
            "code": found.code,
            "message": found.message.to_json(),
            "next": found.next_step and found.next_step.to_json(),
        }
        for found in error.errors
    ]
    response.set_data(orjson.dumps(problem))
    return response


def licence_of_caller(node: IssuerNode, identifier: str) -> Licence:
    """The licence if the calling authority gave it.

    Raises:
        LicenceNotFoundError: there is none, or it is another authority's.
    """
    licence = node.licences.find(identifier, g.caller.authority)
    if licence is None:
        raise LicenceNotFoundError
    return licence


def answer(value: Any, status: int) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(value), status, mimetype="application/json")


def _change_json(node: IssuerNode, change: Change) -> dict[str, Any]:
    at = node.clock.now()
    wire = {
        **event_json(change.event),
        "licence": licence_json(change.licence, node.library.type_of(change.licence), at),
    }
    if change.successor is not None:
        wire["successor"] = licence_json(change.successor, node.library.type_of(change.successor), at)
    return wire
