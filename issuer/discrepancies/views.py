"""The discrepancy queue over HTTP, for departments' systems."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, g, request

from issuer.authority_of_caller import authority_of_caller
from issuer.discrepancies.decide import DiscrepancyDesk, Owner, assign, close
from issuer.discrepancies.decision_input import cursor_of, parse_closing, parse_cursor, parse_filter
from issuer.discrepancies.discrepancy import Discrepancy
from issuer.discrepancies.discrepancy_json import discrepancy_json
from issuer.discrepancies.errors import DiscrepancyChangedError, DiscrepancyNotFoundError
from issuer.library.change_input import parse_actor
from issuer.library.event import Actor
from issuer.node import IssuerNode, current_node
from service.api_tokens import require_api_caller
from service.web.csrf import MachineBlueprint
from service.web.json_body import read_json_body
from standards.json_reader import Reader

blueprint = MachineBlueprint("discrepancies", __name__, url_prefix="/api/v1/discrepancies")
blueprint.before_request(require_api_caller(lambda: current_node().api_tokens))

_PAGE = 100


@blueprint.get("")
def list_discrepancies() -> Response:
    """One page of the authority's discrepancies, oldest first."""
    node = current_node()
    authority_of_caller(node)
    found = node.discrepancies.list(
        g.caller.authority,
        parse_filter(request.args),
        after=parse_cursor(request.args.get("after")),
        limit=_PAGE,
    )
    following = cursor_of(found[-1]) if len(found) == _PAGE else None
    return _answer({"discrepancies": [discrepancy_json(node, one) for one in found], "next": following})


@blueprint.get("/<discrepancy>")
def read_discrepancy(discrepancy: str) -> Response:
    """One discrepancy with its history."""
    node = current_node()
    return _answer(discrepancy_json(node, _of_caller(node, discrepancy)))


@blueprint.post("/<discrepancy>/owner")
def put_owner(discrepancy: str) -> Response:
    """``{"owner": "member id"}`` gives it an owner among the staff, ``{"owner": null}`` puts it back."""
    node = current_node()
    reader = Reader(read_json_body())
    reader.refuse_unknown(frozenset({"owner", "revision"}))
    found = _as_seen(reader, _of_caller(node, discrepancy))
    owner = None
    if reader.any("owner") is not None:
        staff = {member.id: member for member in node.staff.staff_of(found.authority)}
        member = staff.get(reader.text("owner", max_chars=64))
        if member is None:
            raise reader.fail(
                "owner", "本机构没有这名工作人员。", "The authority has no such member of staff."
            )
        owner = Owner(member.id, member.name)
    changed = assign(node.discrepancies, found, owner, by=g.caller.system, at=node.clock.now())
    return _answer(discrepancy_json(node, changed))


@blueprint.post("/<discrepancy>/closing")
def create_closing(discrepancy: str) -> Response:
    """Close it: ``{"reason", "note", "by", "revision"}``, the last three optional."""
    node = current_node()
    reader = Reader(read_json_body())
    reader.refuse_unknown(frozenset({"reason", "note", "by", "revision"}))
    found = _as_seen(reader, _of_caller(node, discrepancy))
    actor = parse_actor(reader, "by") if "by" in reader else Actor(g.caller.system)
    closing = parse_closing(reader, by=actor.name, at=node.clock.now())
    desk = DiscrepancyDesk(node.discrepancies, node.library, node.current_licences)
    closed = close(desk, found, closing, actor=actor, system=g.caller.system)
    return _answer(discrepancy_json(node, closed), 201)


def _of_caller(node: IssuerNode, discrepancy: str) -> Discrepancy:
    found = node.discrepancies.find(g.caller.authority, discrepancy)
    if found is None:
        raise DiscrepancyNotFoundError
    return found


def _as_seen(reader: Reader, found: Discrepancy) -> Discrepancy:
    """The discrepancy, if it is still what the caller saw."""
    seen = reader.optional_integer("revision", minimum=1)
    if seen is not None and seen != found.revision:
        raise DiscrepancyChangedError
    return found


def _answer(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, mimetype="application/json")
