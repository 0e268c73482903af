"""``GET /api/v1/service-items``: what a department handles."""

from __future__ import annotations

import orjson
from flask import Response

from service.api_tokens import require_api_caller
from service.web.csrf import MachineBlueprint
from verifier.departments.guard import calling_department
from verifier.items.item_json import item_json
from verifier.node import current_node

blueprint = MachineBlueprint("service_items", __name__, url_prefix="/api/v1")
blueprint.before_request(require_api_caller(lambda: current_node().api_tokens))


@blueprint.get("/service-items")
def service_items() -> Response:
    """The items of the calling department, in the order of the register."""
    department, _ = calling_department()
    register = current_node().items
    handled = [item_json(item, register.query(item)) for item in register if department.handles(item.code)]
    return Response(orjson.dumps({"service_items": handled}), mimetype="application/json")
