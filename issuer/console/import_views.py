"""Importing at the console: send a file, say which column is what, look before it counts, correct what was refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any, Final

from flask import Response as FlaskResponse
from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from issuer.console.blueprint import blueprint
from issuer.console.desk import Desk, current_desk, find_desk, staff_only
from issuer.imports.errors import (
    FileTooLargeError,
    ImportNotReadyError,
    InvalidMappingError,
    UnreadableFileError,
)
from issuer.imports.import_json import counts_of
from issuer.imports.imported_file import OWN_HAND, ImportedFile
from issuer.imports.mapping import ColumnMapping, ColumnRule, parse_mapping, targets_of
from issuer.imports.preview import preview
from issuer.imports.reading import FileFormat
from issuer.imports.receive_file import (
    MAX_FILE_BYTES,
    Sender,
    begin_import,
    job_of,
    receive_file,
    resume_import,
    transfers_of,
)
from issuer.imports.refused_file import refused_file, refused_file_name
from issuer.imports.views import file_response
from issuer.imports.writing import CONTENT_TYPES
from issuer.library.event import Approval
from issuer.library.licence import local_day
from issuer.library.lifecycle import approve
from issuer.node import current_node
from issuer.staff import StaffRole
from service.jobs import JobState
from service.web.errors import NotFoundError
from standards.errors import ElicenceError
from standards.text import Text

IMPORTERS: Final = (StaffRole.CLERK, StaffRole.APPROVER)
"""Roles that bring files in; an auditor looks."""

_LOOKERS: Final = (*IMPORTERS, StaffRole.AUDITOR)
_BLOCK_BYTES: Final = 256 * 1024
_REFUSED_SHOWN: Final = 50

_COUNTS: Final = (
    ("new", Text("新增", "New"), "success"),
    ("changed", Text("变更", "Changed"), "success"),
    ("unchanged", Text("无变化", "Unchanged"), "info"),
    ("proposed", Text("待审批", "To approve"), "warning"),
    ("refused", Text("退回", "Refused"), "danger"),
    ("conflicts", Text("多源差异", "Discrepancies"), "warning"),
)


@blueprint.url_value_preprocessor
def _let_staff_send_long_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before the form is read for its proof against forgery: a file of staff at work may be long, nobody else's."""
    if endpoint == "console.upload_import" and request.method == "POST":
        desk = find_desk()
        if desk is not None and desk.may(*IMPORTERS):
            request.max_content_length = MAX_FILE_BYTES


@blueprint.get("/imports")
@staff_only(*_LOOKERS)
def imports() -> str:
    """The authority's imports, and the form to send a file."""
    return _list()


@blueprint.post("/imports")
@staff_only(*IMPORTERS)
def upload_import() -> Response | tuple[str, int]:
    """Receive a file."""
    node, desk = current_node(), current_desk()
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _list(UnreadableFileError("请选择文件。", "Choose a file.", where="/file")), 400
    try:
        licence_type = node.catalogue.by_code(request.form.get("type", ""), where="/type")
        file = receive_file(
            node,
            Sender(desk.authority, request.form.get("source", OWN_HAND), desk.member.id, desk.actor),
            _blocks(sent.stream),
            name=sent.filename,
            licence_type=licence_type,
            at=node.clock.now(),
        )
    except (UnreadableFileError, FileTooLargeError) as error:
        return _list(error), 400
    finally:
        # A long one lies in a file without a name until it is closed.
        sent.close()
    return redirect(url_for("console.show_import", import_id=file.id), code=303)


@blueprint.get("/imports/<import_id>")
@staff_only(*_LOOKERS)
def show_import(import_id: str) -> str:
    """One import: mapping and preview before it begins, progress and refused rows afterwards."""
    return _page(_file(import_id))


@blueprint.post("/imports/<import_id>")
@staff_only(*IMPORTERS)
def begin(import_id: str) -> Response | tuple[str, int]:
    """Look at the preview with another mapping, check all rows, or import."""
    node, desk, file = current_node(), current_desk(), _file(import_id)
    try:
        mapping = _typed_mapping(file)
        action = request.form.get("action")
        if action == "preview":
            return _page(file, mapping=mapping), 200
        begin_import(
            node,
            file,
            by=desk.member.id,
            at=node.clock.now(),
            dry_run=action == "check",
            mapping=mapping,
            approval=_approval(desk, file),
            keep_mapping="keep" in request.form,
        )
    except (InvalidMappingError, ImportNotReadyError) as error:
        return _page(file, error=error), 400
    return redirect(url_for("console.show_import", import_id=file.id), code=303)


@blueprint.post("/imports/<import_id>/resume")
@staff_only(*IMPORTERS)
def resume_one(import_id: str) -> Response:
    """Go on with a run that failed or was cancelled."""
    resume_import(current_node(), _file(import_id), at=current_node().clock.now())
    return redirect(url_for("console.show_import", import_id=import_id), code=303)


@blueprint.get("/imports/<import_id>/errors")
@staff_only(*_LOOKERS)
def download_refused(import_id: str) -> FlaskResponse:
    """The refused rows as a file."""
    file = _file(import_id)
    if file.job is None:
        raise NotFoundError("导入尚未开始。", "The import has not begun.")
    rows = refused_file(file, transfers_of(current_node()).refusals)
    return file_response(rows, CONTENT_TYPES[file.shape.format], refused_file_name(file))


def _list(error: ElicenceError | None = None) -> str:
    node, desk = current_node(), current_desk()
    uscc = desk.authority.uscc
    rows = [
        (file, job, counts_of(job))
        for file in transfers_of(node).imports.newest(uscc)
        for job in (job_of(node, file),)
    ]
    return render_template(
        "issuer/console/imports.html",
        desk=desk,
        rows=rows,
        names={one.code: one.name for one in node.catalogue},
        staff={member.id: member.name for member in node.staff.staff_of(uscc)},
        types=[node.catalogue.by_code(code) for code in desk.authority.licence_types],
        sources=node.sources.all(uscc),
        may_send=desk.may(*IMPORTERS),
        error=error,
        typed=request.form,
        max_megabytes=MAX_FILE_BYTES // 1024 // 1024,
        own=OWN_HAND,
    )


def _page(
    file: ImportedFile, *, mapping: ColumnMapping | None = None, error: ElicenceError | None = None
) -> str:
    node, desk = current_node(), current_desk()
    job = job_of(node, file)
    transfers = transfers_of(node)
    mapping = mapping or file.mapping
    licence_type = node.catalogue.by_code(file.mapping.type_code)
    is_open = job is None or (job.state.is_ended and (file.dry_run or job.state is not JobState.DONE))
    may_send = desk.may(*IMPORTERS)
    first = request.args.get("after", "0")
    after = int(first) if first.isdigit() and len(first) < 11 else 0
    refused = [] if job is None else list(transfers.refusals.rows(job.id, after=after, limit=_REFUSED_SHOWN))
    return render_template(
        "issuer/console/import.html",
        desk=desk,
        file=file,
        job=job,
        type=licence_type,
        counts=[(label, counts_of(job)[name], kind) for name, label, kind in _COUNTS],
        refused=refused,
        header=file.shape.header,
        is_json=file.shape.format is FileFormat.JSON_LINES,
        next_refused=refused[-1].number if len(refused) == _REFUSED_SHOWN else None,
        is_first=after == 0,
        may_send=may_send,
        may_map=is_open and may_send and file.shape.format is not FileFormat.JSON_LINES,
        may_begin=is_open and may_send,
        may_resume=may_send and job is not None and job.state in (JobState.FAILED, JobState.CANCELLED),
        is_second_person=_approval(desk, file) is not None,
        targets=targets_of(licence_type),
        required={field.name for field in licence_type.own_fields if field.required}
        | {"holder_name", "holder_code_type", "holder_number"},
        mapping=mapping,
        preview=preview(transfers, file, mapping, node.catalogue, local_day(node.clock.now()))
        if is_open
        else (),
        error=error,
    )


def _file(import_id: str) -> ImportedFile:
    return transfers_of(current_node()).imports.find(current_desk().authority.uscc, import_id)


def _approval(desk: Desk, file: ImportedFile) -> Approval | None:
    """Whoever approves and did not send the file is the second person behind what takes rights away."""
    if not desk.may(StaffRole.APPROVER) or file.actor.is_same_person(desk.actor):
        return None
    return approve(file.actor, desk.actor)


def _typed_mapping(file: ImportedFile) -> ColumnMapping | None:
    """The mapping of the form; what the form cannot show (constants, translated values) stays as it was."""
    if file.shape.format is FileFormat.JSON_LINES:
        return None
    licence_type = current_node().catalogue.by_code(file.mapping.type_code)
    columns: dict[str, Any] = {}
    for target in targets_of(licence_type):
        before = file.mapping.columns.get(target)
        chosen = request.form.get(f"column-{target}", "")
        constant = request.form.get(f"constant-{target}", "").strip()
        if chosen:
            columns[target] = {"column": chosen, "values": dict(before.values)} if before else chosen
        elif constant:
            columns[target] = {"constant": constant}
        elif before is not None and _is_kept(before, target):
            columns[target] = {"constant": before.constant}
    key = request.form.get("key", "") or None
    return parse_mapping({"type": licence_type.code, "key": key, "columns": columns}, licence_type)


def _is_kept(rule: ColumnRule, target: str) -> bool:
    return rule.constant is not None and f"constant-{target}" not in request.form


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    while block := stream.read(_BLOCK_BYTES):
        yield block
