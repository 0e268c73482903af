"""Exporting at the console: choose, say why, fetch the file; and the log of all exports."""

from __future__ import annotations

from typing import Any

from flask import Response as FlaskResponse
from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from issuer.console.blueprint import blueprint
from issuer.console.desk import READERS, current_desk, staff_only
from issuer.console.import_views import IMPORTERS
from issuer.imports.errors import ExportNotFoundError
from issuer.imports.export import FORMAT_NAMES, parse_export
from issuer.imports.receive_file import transfers_of
from issuer.imports.run_export import begin_export, export_job, file_name, finished_file
from issuer.imports.views import file_response
from issuer.imports.writing import CONTENT_TYPES
from issuer.library.selection import DECIDED_STATES
from issuer.node import current_node
from standards.errors import InvalidInputError


@blueprint.route("/exports", methods=["GET"])
@staff_only(*READERS)
def exports() -> str:
    """The form, and the log: an auditor sees all exports of the authority, like everybody else; files only their maker."""
    return _page()


@blueprint.post("/exports")
@staff_only(*IMPORTERS)
def begin_one_export() -> Response | tuple[str, int]:
    """Begin an export."""
    node, desk = current_node(), current_desk()
    state, first, last = (request.form.get(name, "") for name in ("state", "from", "to"))
    selection: dict[str, Any] = {"type": request.form.get("type", "")}
    if state:
        selection["states"] = [state]
    if first or last:
        selection["issue_date"] = {name: day for name, day in (("from", first), ("to", last)) if day}
    body = {
        "selection": selection,
        "format": request.form.get("format", "csv"),
        "cause": request.form.get("cause", ""),
    }
    try:
        wanted = parse_export(body, desk.authority.uscc, node.catalogue)
    except InvalidInputError as error:
        return _page(error), 400
    begin_export(node, desk.authority.uscc, wanted, by=desk.member.id, at=node.clock.now())
    return redirect(url_for("console.exports"), code=303)


@blueprint.get("/exports/<export_id>/file")
@staff_only(*IMPORTERS)
def download_one_export(export_id: str) -> FlaskResponse:
    """The file, for whoever asked for it."""
    node, desk = current_node(), current_desk()
    export = transfers_of(node).exports.find(desk.authority.uscc, export_id)
    if export.by != desk.member.id:
        raise ExportNotFoundError
    return file_response(finished_file(node, export), CONTENT_TYPES[export.format], file_name(export))


def _page(error: InvalidInputError | None = None) -> str:
    node, desk = current_node(), current_desk()
    uscc, at = desk.authority.uscc, node.clock.now()
    rows = [
        (export, job, export.by == desk.member.id and job is not None and export.delete_at > at)
        for export in transfers_of(node).exports.newest(uscc)
        for job in (export_job(node, export),)
    ]
    return render_template(
        "issuer/console/exports.html",
        desk=desk,
        rows=rows,
        is_open=any(job is not None and not job.state.is_ended for _, job, _ in rows),
        names={one.code: one.name for one in node.catalogue},
        staff={member.id: member.name for member in node.staff.staff_of(uscc)},
        types=[node.catalogue.by_code(code) for code in desk.authority.licence_types],
        states=DECIDED_STATES,
        formats=FORMAT_NAMES,
        may_export=desk.may(*IMPORTERS),
        error=error,
        wrong="" if error is None else (error.where or "").rpartition("/")[2],
        typed=request.form,
    )
