"""``/api/v1/cases/{id}/form``: the one form for a department's own system."""

from __future__ import annotations

import orjson
from flask import Response

from service.api_tokens import require_api_caller
from service.web.csrf import MachineBlueprint
from service.web.json_body import read_json_body
from verifier.cases.case import Case
from verifier.cases.find_case import find_case, item_of_case
from verifier.departments.guard import calling_department
from verifier.forms.form_of_case import form_of_case, keep_typed
from verifier.forms.typed_values import parse_typed_values
from verifier.node import current_node

blueprint = MachineBlueprint("forms_api", __name__, url_prefix="/api/v1/cases")
blueprint.before_request(require_api_caller(lambda: current_node().api_tokens))


@blueprint.get("/<case_id>/form")
def read(case_id: str) -> Response:
    """Every field with its value, its sources and whether it is locked."""
    return _answer(_case(case_id))


@blueprint.put("/<case_id>/form")
def keep(case_id: str) -> Response:
    """Replace what was typed in: ``{field id: text}``; fields that a licence fills stay as it says."""
    node, case = current_node(), _case(case_id)
    keep_typed(node, case, parse_typed_values(item_of_case(node.items, case), read_json_body()))
    return _answer(case)


def _case(case_id: str) -> Case:
    department, _ = calling_department()
    return find_case(current_node().cases, department, case_id)


def _answer(case: Case) -> Response:
    return Response(orjson.dumps(form_of_case(current_node(), case).to_json()), mimetype="application/json")
