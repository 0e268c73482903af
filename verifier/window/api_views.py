"""The management interface of presentations, for the systems of departments (DESIGN section 6)."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import orjson
from flask import Response

from service.api_tokens import require_api_caller
from service.web.csrf import MachineBlueprint
from service.web.json_body import read_json_body
from standards.qr import build_qr, write_png
from verifier.acceptance.decide import Decider, decide
from verifier.acceptance.decision import parse_verdict
from verifier.cases.decide_case import decide_in_case
from verifier.cases.steps import Actor
from verifier.departments.department import Department
from verifier.departments.guard import calling_department
from verifier.items import ServiceItem, UnknownServiceItemError
from verifier.node import VerifierNode, current_node
from verifier.window.create_presentation import create_presentation, links_of
from verifier.window.find_presentation import find_presentation, item_of, record_of
from verifier.window.order import parse_order
from verifier.window.presentation import Pending
from verifier.window.presentation_json import presentation_json
from verifier.window.relying_party import signer_of

_ANY_MASK = 4

blueprint = MachineBlueprint("presentations_api", __name__, url_prefix="/api/v1/presentations")
blueprint.before_request(require_api_caller(lambda: current_node().api_tokens))


@blueprint.post("")
def create() -> Response:
    """Ask for licences: 201 with the ways in which the request reaches a wallet."""
    node = current_node()
    department, caller = calling_department()
    order = parse_order(
        read_json_body(),
        item_of=lambda code: handled_item(node, department, code),
        query_of=node.items.query,
    )
    pending = create_presentation(
        order,
        department=department,
        signer=signer_of(node.keys, department),
        presentations=node.presentations,
        public_url=node.public_url,
        asked_by=caller.system,
        at=node.clock.now(),
    )
    return _json(request_json(node, pending), 201)


def request_json(node: VerifierNode, pending: Pending) -> dict[str, Any]:
    """A request with the ways in which it reaches a wallet."""
    links = links_of(pending.asked, public_url=node.public_url, wallet_url=node.settings.wallet_url)
    return {
        "id": pending.asked.id,
        "authorization_request": links.authorization_request,
        "wallet_link": links.wallet_link,
        "qr_png": _qr_png(links.authorization_request),
        "expires_at": pending.asked.expires_at.isoformat(timespec="seconds"),
    }


def _qr_png(content: str) -> str:
    """The code as PNG in base64. Hashes and random ids make up the content, so any mask does."""
    return b64encode(write_png(build_qr(content, mask=_ANY_MASK))).decode()


def handled_item(node: VerifierNode, department: Department, code: str) -> ServiceItem:
    """An item that the department handles, and that applies where it is; raises ``UnknownServiceItemError`` for any other."""
    item = node.items.by_code(code, where="/service_item")
    if not department.handles(code) or not item.applies_in(department.division):
        raise UnknownServiceItemError(
            "本部门不办理此事项。", "This department does not handle this item.", where="/service_item"
        )
    return item


@blueprint.get("/<presentation_id>")
def read(presentation_id: str) -> Response:
    """State, report and claims of one of the department's own presentations."""
    node = current_node()
    department, _ = calling_department()
    presentation = find_presentation(node.presentations, department, presentation_id, node.clock.now())
    return _json(presentation_json(presentation, record_of(node.records, presentation)))


@blueprint.post("/<presentation_id>/decision")
def take_decision(presentation_id: str) -> Response:
    """Take down the department's decision: 201 with the acceptance record."""
    node = current_node()
    department, caller = calling_department()
    at = node.clock.now()
    presentation = find_presentation(node.presentations, department, presentation_id, at)
    verdict, decider = parse_verdict(read_json_body()), Decider(caller.system, caller.system)
    if presentation.asked.case is not None:
        record = decide_in_case(node, presentation, verdict, decider, Actor(caller.system, at))
        return _json(record.to_json(), 201)
    record = decide(
        presentation,
        verdict,
        item=item_of(node.items, presentation),
        decider=decider,
        records=node.records,
        presentations=node.presentations,
        evidence=node.evidence,
        at=at,
        channel="api",
        division=department.division,
    )
    return _json(record.to_json(), 201)


def _json(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, mimetype="application/json")
