"""``/api/v1/operations``: one operation on many licences, for departments' systems."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from flask import Response, g, request

from issuer.authority_of_caller import authority_of_caller
from issuer.imports.reading import FileFormat
from issuer.imports.views import file_response
from issuer.imports.writing import CONTENT_TYPES
from issuer.library.change_input import parse_actor, parse_reason
from issuer.library.event import Actor
from issuer.library.views import answer
from issuer.node import current_node
from issuer.operations.bulk_operation import BulkOperation
from issuer.operations.conduct import (
    Party,
    cancel_operation,
    decide_operation,
    fetch_result,
    job_of,
    preview_operation,
    propose_operation,
)
from issuer.operations.desk import open_operations
from issuer.operations.operation_json import operation_json, preview_json
from issuer.operations.order_input import parse_operation_request
from issuer.operations.result_file import result_file, result_name
from service.api_tokens import require_api_caller
from service.web.csrf import MachineBlueprint
from service.web.json_body import read_json_body
from service.web.language import current_language
from standards.errors import InvalidInputError
from standards.json_reader import Reader

blueprint = MachineBlueprint("bulk_operations", __name__, url_prefix="/api/v1/operations")
blueprint.before_request(require_api_caller(lambda: current_node().api_tokens))

MAX_LISTED: Final = 100


@blueprint.post("/preview")
def preview() -> Response:
    """What would happen: how many licences, which are refused and why, some of each. Nothing is changed."""
    node = current_node()
    asked = parse_operation_request(read_json_body(), authority_of_caller(node).uscc)
    party = replace(_party(), actor=asked.proposer or _party().actor)
    found = preview_operation(node, asked.selection, asked.order, party, at=node.clock.now())
    return answer(preview_json(found), 200)


@blueprint.post("")
def create_operation() -> Response:
    """Propose a bulk operation, or start it where two persons stand behind it or nothing is taken away: 202."""
    node = current_node()
    asked = parse_operation_request(read_json_body(), authority_of_caller(node).uscc)
    operation, job = propose_operation(node, asked, _party(), at=node.clock.now())
    response = answer(operation_json(operation, job), 202)
    response.headers["Location"] = f"{node.settings.issuer_url}/api/v1/operations/{operation.id}"
    return response


@blueprint.get("")
def list_operations() -> Response:
    """The authority's bulk operations, newest first; ``next`` is given as ``before`` for the page that follows."""
    node = current_node()
    found = open_operations(node).operations.newest(g.caller.authority, MAX_LISTED, _before())
    following = found[-1].created_at.isoformat() if len(found) == MAX_LISTED else None
    wire = [operation_json(operation, job_of(node, operation)) for operation in found]
    return answer({"operations": wire, "next": following}, 200)


@blueprint.get("/<operation_id>")
def read_operation(operation_id: str) -> Response:
    """How far a bulk operation is."""
    operation = _operation(operation_id)
    return answer(operation_json(operation, job_of(current_node(), operation)), 200)


@blueprint.post("/<operation_id>/decision")
def decide(operation_id: str) -> Response:
    """Approve or refuse what was proposed: ``{"decision": "approve|refuse", "approver", "reason"}``."""
    node, operation = current_node(), _operation(operation_id)
    reader = Reader(read_json_body())
    reader.refuse_unknown(frozenset({"decision", "approver", "reason"}))
    approved = reader.choice("decision", ("approve", "refuse")) == "approve"
    operation, job = decide_operation(
        node,
        operation,
        replace(_party(), actor=parse_actor(reader, "approver")),
        approved=approved,
        reason=parse_reason(reader) if "reason" in reader else None,
        at=node.clock.now(),
    )
    return answer(operation_json(operation, job), 202 if approved else 200)


@blueprint.post("/<operation_id>/cancel")
def cancel(operation_id: str) -> Response:
    """Withdraw a proposal, or stop after the licences under way; what is done stays done."""
    node = current_node()
    operation, job = cancel_operation(node, _operation(operation_id), _party(), at=node.clock.now())
    return answer(operation_json(operation, job), 200)


@blueprint.get("/<operation_id>/result")
def download_result(operation_id: str) -> Response:
    """One line for each licence: ``?format=jsonl`` (the default) or ``csv``."""
    node, operation = current_node(), _operation(operation_id)
    format_ = parse_format(request.args.get("format", FileFormat.JSON_LINES.value))
    desk = fetch_result(node, operation, _party(), at=node.clock.now())
    return file_response(
        result_file(desk, operation, format_, current_language()),
        CONTENT_TYPES[format_],
        result_name(operation, format_),
    )


def parse_format(text: str) -> FileFormat:
    """``jsonl`` or ``csv``."""
    if text not in (FileFormat.JSON_LINES, FileFormat.CSV):
        raise InvalidInputError("格式应为 jsonl 或 csv。", "The format is jsonl or csv.", where="format")
    return FileFormat(text)


def _party() -> Party:
    return Party(Actor(g.caller.system), g.caller.system, g.caller.system)


def _operation(operation_id: str) -> BulkOperation:
    return open_operations(current_node()).operations.find(g.caller.authority, operation_id)


def _before() -> datetime | None:
    text = request.args.get("before")
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InvalidInputError(
            "before 应为上一页的 next。", "before is the next of the page before.", where="before"
        )
    return found
