"""``/api/v1/exports``: licences of a selection as a file that an import reads again; logged, with the cause."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from issuer.authority_of_caller import authority_of_caller
from issuer.imports.errors import ExportNotFoundError
from issuer.imports.export import Export, parse_export
from issuer.imports.receive_file import transfers_of
from issuer.imports.run_export import begin_export, export_job, file_name, finished_file
from issuer.imports.views import file_response
from issuer.imports.writing import CONTENT_TYPES
from issuer.jobs.job_json import job_json
from issuer.library.views import answer
from issuer.node import current_node
from service.api_tokens import require_api_caller
from service.jobs import Job
from service.web.csrf import MachineBlueprint
from service.web.json_body import read_json_body

blueprint = MachineBlueprint("exports", __name__, url_prefix="/api/v1/exports")
blueprint.before_request(require_api_caller(lambda: current_node().api_tokens))


@blueprint.post("")
def create_export() -> Response:
    """``{"selection", "format", "cause"}``: 202; the file is there when the job is done."""
    node = current_node()
    authority = authority_of_caller(node)
    request = parse_export(read_json_body(), authority.uscc, node.catalogue)
    export, job = begin_export(node, authority.uscc, request, by=g.caller.system, at=node.clock.now())
    response = answer(_export_json(export, job), 202)
    response.headers["Location"] = f"{node.settings.issuer_url}/api/v1/exports/{export.id}"
    return response


@blueprint.get("")
def list_exports() -> Response:
    """The log of exports, newest first, whoever asked for them."""
    node = current_node()
    found = transfers_of(node).exports.newest(g.caller.authority)
    return answer({"exports": [_export_json(export, export_job(node, export)) for export in found]}, 200)


@blueprint.get("/<export_id>")
def read_export(export_id: str) -> Response:
    """How far an export is."""
    node = current_node()
    export = transfers_of(node).exports.find(g.caller.authority, export_id)
    return answer(_export_json(export, export_job(node, export)), 200)


@blueprint.get("/<export_id>/file")
def download_export(export_id: str) -> Response:
    """The file; only for the system that asked for it."""
    node = current_node()
    export = transfers_of(node).exports.find(g.caller.authority, export_id)
    if export.by != g.caller.system:
        raise ExportNotFoundError
    return file_response(finished_file(node, export), CONTENT_TYPES[export.format], file_name(export))


def _export_json(export: Export, job: Job | None) -> dict[str, Any]:
    return {
        "id": export.id,
        "selection": export.selection.to_json(),
        "format": export.format.value,
        "cause": export.cause,
        "by": export.by,
        "at": export.at.isoformat().replace("+00:00", "Z"),
        "kept_until": export.delete_at.isoformat().replace("+00:00", "Z"),
        "count": export.count,
        "job": None if job is None else job_json(job),
    }
