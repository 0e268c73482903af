"""Acceptance records for the systems of departments."""

from __future__ import annotations

import orjson
from flask import Response

from service.api_tokens import require_api_caller
from service.web.csrf import MachineBlueprint
from verifier.acceptance.export_record import export_record, record_file
from verifier.acceptance.find_record import find_record
from verifier.departments.guard import calling_department
from verifier.node import current_node
from verifier.window.presentation import shown_by_json

blueprint = MachineBlueprint("records_api", __name__, url_prefix="/api/v1/records")
blueprint.before_request(require_api_caller(lambda: current_node().api_tokens))


@blueprint.get("/<record_id>/export")
def export(record_id: str) -> Response:
    """The record as one file that proves itself; ``elicence verify`` checks it, years later and elsewhere."""
    node = current_node()
    department, _ = calling_department()
    record = find_record(node.records, department, record_id)
    return record_file(record, export_record(node, department, record, node.clock.now()))


@blueprint.get("/<record_id>")
def read(record_id: str) -> Response:
    """One of the department's own records, with the claims that were shown, and who showed them for the holder."""
    department, _ = calling_department()
    record = find_record(current_node().records, department, record_id)
    evidence = record.evidence
    licences = evidence.licences if evidence else {}
    claims = {query: [dict(licence.claims) for licence in shown] for query, shown in licences.items()}
    wire = {**record.to_json(), "claims": claims, "note": evidence.note if evidence else ""}
    if shown_by := shown_by_json(licences):
        wire["shown_by"] = shown_by
    return Response(orjson.dumps(wire), mimetype="application/json")
