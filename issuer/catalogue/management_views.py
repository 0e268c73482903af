"""Types over HTTP, for departments' systems: list, draft, check, send for approval, publish, withdraw.

A department's system stands for two persons, as with licences: it names who approves, and the approver is not among
those who worked on the draft.
"""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, g

from issuer.authority_of_caller import authority_of_caller
from issuer.catalogue.errors import InvalidTypeVersionError, TypeVersionChangedError, TypeVersionNotFoundError
from issuer.catalogue.make_type import (
    begin_next_version,
    begin_type,
    check,
    edit,
    find_version,
    propose,
    publish_version,
    send_back,
)
from issuer.catalogue.type_version import TypeVersion
from issuer.catalogue.version_json import (
    error_json,
    published_json,
    summary_json,
    version_json,
    withdrawal_json,
)
from issuer.catalogue.withdraw_type import decide_withdrawal, propose_withdrawal
from issuer.library.change_input import parse_actor, parse_reason
from issuer.library.event import Actor
from issuer.node import IssuerNode, current_node
from service.api_tokens import require_api_caller
from service.web.csrf import MachineBlueprint
from service.web.error_answers import problem_response
from service.web.error_table import HttpAnswer
from service.web.json_body import read_json_body
from standards.json_reader import Reader

blueprint = MachineBlueprint("catalogue_management", __name__, url_prefix="/api/v1/catalogue")
blueprint.before_request(require_api_caller(lambda: current_node().api_tokens))


@blueprint.get("")
def list_catalogue() -> Response:
    """All types in their newest versions, and the drafts of the calling authority."""
    node = current_node()
    authority = authority_of_caller(node)
    drafts = [one for one in node.types.store.of_owner(authority.uscc) if one.state != "published"]
    return _answer(
        {
            "types": [summary_json(one, node.catalogue) for one in node.catalogue.all()],
            "drafts": [_brief(one) for one in drafts],
        }
    )


@blueprint.post("")
def create_type() -> Response:
    """Draft a new type that the calling authority defines: ``{"type": …, "proposer": …}``, both optional."""
    node = current_node()
    body = Reader(read_json_body())
    body.refuse_unknown(frozenset({"type", "proposer"}))
    content = body.mapping("type") if "type" in body else None
    made = begin_type(node.types, authority_of_caller(node), content, by=_proposer(body), at=node.clock.now())
    return _version(node, made, 201)


@blueprint.get("/<code>")
def read_type(code: str) -> Response:
    """A type with its published versions in full, the newest first."""
    node = current_node()
    authority_of_caller(node)
    versions = sorted(
        (one for one in node.catalogue.versions() if one.code == code), key=lambda one: -int(one.version)
    )
    if not versions:
        raise TypeVersionNotFoundError
    withdrawal = node.types.store.withdrawal(code)
    return _answer(
        summary_json(versions[0], node.catalogue)
        | {
            "published": [published_json(one) for one in versions],
            "withdrawal": None if withdrawal is None else withdrawal_json(withdrawal),
        }
    )


@blueprint.post("/<code>/versions")
def create_version(code: str) -> Response:
    """Draft the next version of a type; without ``type`` it begins as the newest one is."""
    node = current_node()
    body = Reader(read_json_body())
    body.refuse_unknown(frozenset({"type", "proposer"}))
    made = begin_next_version(
        node.types,
        authority_of_caller(node),
        code,
        body.mapping("type") if "type" in body else None,
        enrolled=enrolled(node),
        by=_proposer(body),
        at=node.clock.now(),
    )
    return _version(node, made, 201)


@blueprint.get("/<code>/versions/<version>")
def read_version(code: str, version: str) -> Response:
    """A version that the calling authority made, with what is wrong in it."""
    node = current_node()
    return _version(node, find_version(node.types, authority_of_caller(node), code, version))


@blueprint.put("/<code>/versions/<version>")
def replace_version(code: str, version: str) -> Response:
    """Save a draft: ``{"type": …, "revision": …}``; the revision is that of the draft which was read."""
    node = current_node()
    body = Reader(read_json_body())
    body.refuse_unknown(frozenset({"type", "revision", "proposer"}))
    draft = find_version(node.types, authority_of_caller(node), code, version)
    if body.integer("revision", minimum=1) != draft.revision:
        raise TypeVersionChangedError
    saved = edit(node.types, draft, dict(body.mapping("type")), by=_proposer(body), at=node.clock.now())
    return _version(node, saved)


@blueprint.delete("/<code>/versions/<version>")
def discard_version(code: str, version: str) -> Response:
    """Throw a draft away."""
    node = current_node()
    node.types.store.remove(find_version(node.types, authority_of_caller(node), code, version))
    return Response(status=204)


@blueprint.post("/<code>/versions/<version>/proposal")
def propose_version(code: str, version: str) -> Response:
    """Send a draft for approval; 400 with every mistake while it is not complete."""
    node = current_node()
    body = Reader(read_json_body())
    body.refuse_unknown(frozenset({"proposer"}))
    draft = find_version(node.types, authority_of_caller(node), code, version)
    return _version(node, propose(node.types, draft, by=_proposer(body), at=node.clock.now()))


@blueprint.post("/<code>/versions/<version>/decision")
def decide_version(code: str, version: str) -> Response:
    """Publish what was proposed, or send it back: ``{"decision": "publish|send_back", "approver": …, "note": …}``."""
    node = current_node()
    body = Reader(read_json_body())
    body.refuse_unknown(frozenset({"decision", "approver", "note"}))
    proposed = find_version(node.types, authority_of_caller(node), code, version)
    approver, at = parse_actor(body, "approver"), node.clock.now()
    if body.choice("decision", ("publish", "send_back")) == "publish":
        return _version(node, publish_version(node.types, proposed, by=approver, at=at))
    note = body.text("note", max_chars=500, strip=True)
    return _version(node, send_back(node.types, proposed, note, by=approver, at=at))


@blueprint.post("/<code>/withdrawal")
def withdraw(code: str) -> Response:
    """End the issuing of a type: ``{"reason": …, "approval": {"proposer": …, "approver": …}}``. Without an approver it
    waits: 202.
    """
    node, at = current_node(), current_node().clock.now()
    authority = authority_of_caller(node)
    body = Reader(read_json_body())
    body.refuse_unknown(frozenset({"reason", "approval"}))
    approval = body.object("approval")
    approval.refuse_unknown(frozenset({"proposer", "approver"}))
    proposer = parse_actor(approval, "proposer")
    approver = parse_actor(approval, "approver") if "approver" in approval else None
    waiting = propose_withdrawal(
        node.types, authority, code, parse_reason(body), enrolled=enrolled(node), by=proposer, at=at
    )
    if approver is None:
        return _answer(withdrawal_json(waiting), 202)
    done = decide_withdrawal(node.types, authority, code, approved=True, by=approver, at=at)
    return _answer(withdrawal_json(done), 201)


@blueprint.errorhandler(InvalidTypeVersionError)
def answer_invalid_version(error: InvalidTypeVersionError) -> Response:
    """All mistakes at once, each with its place in the type's data: the problem's member ``errors``."""
    response = problem_response(
        HttpAnswer(400, error.code), error.message, where=error.where, next_step=error.next_step
    )
    problem = orjson.loads(response.get_data())
    problem["errors"] = [error_json(found) for found in error.errors]
    response.set_data(orjson.dumps(problem))
    return response


def enrolled(node: IssuerNode) -> frozenset[str]:
    """USCCs of the authorities of this node."""
    return frozenset(one.uscc for one in node.authorities.all(node.clock.now()))


def _proposer(body: Reader) -> Actor:
    return parse_actor(body, "proposer") if "proposer" in body else Actor(g.caller.system)


def _brief(version: TypeVersion) -> dict[str, Any]:
    return {
        "code": version.code,
        "version": str(version.version),
        "name": version.name.to_json(),
        "state": version.state.value,
        "revision": version.revision,
    }


def _version(node: IssuerNode, version: TypeVersion, status: int = 200) -> Response:
    _, errors = check(node.types, version)
    response = _answer(version_json(version, errors), status)
    if status == 201:
        path = f"/api/v1/catalogue/{version.code}/versions/{version.version}"
        response.headers["Location"] = node.settings.issuer_url + path
    return response


def _answer(body: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(body), status=status, mimetype="application/json")
