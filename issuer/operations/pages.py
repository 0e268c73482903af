"""Bulk operations at the console: choose, look, propose; a second person looks at the same and decides."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask import Response as FlaskResponse
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from issuer.console.desk import READERS, Desk, current_desk, staff_only
from issuer.imports.views import file_response
from issuer.imports.writing import CONTENT_TYPES
from issuer.library.inspection import InspectionResult
from issuer.library.licence import local_day
from issuer.library.reason_codes import reason_label
from issuer.library.selection import DECIDED_STATES
from issuer.node import current_node
from issuer.operations.bulk_operation import BulkOperation, OperationStage, stage_of
from issuer.operations.conduct import (
    Party,
    cancel_operation,
    count_changed,
    decide_operation,
    fetch_result,
    job_of,
    preview_operation,
    propose_operation,
)
from issuer.operations.desk import open_operations
from issuer.operations.errors import (
    BulkOperationDecidedError,
    NothingPossibleError,
    NothingSelectedError,
    PreviewOutdatedError,
    TooManySelectedError,
)
from issuer.operations.operation_json import counts_of
from issuer.operations.order_form import body_of_form, field_at, grounds, words_of
from issuer.operations.order_input import parse_operation_request
from issuer.operations.result_file import result_file, result_name
from issuer.operations.views import parse_format
from issuer.staff import StaffRole
from service.jobs import JobEndedError
from service.web.language import current_language
from standards.errors import ElicenceError, InvalidInputError
from standards.text import Text

blueprint = Blueprint(
    "operations",
    __name__,
    url_prefix="/operations",
    template_folder="templates",
    static_folder="static",
    static_url_path="/files",
)

PAGE_SIZE: Final = 30
_LOG_LINES: Final = 100
_WRONG_FORM: Final = (InvalidInputError, TooManySelectedError)

STAGE_KINDS: Final = {
    OperationStage.PROPOSED: "warning",
    OperationStage.REFUSED: "info",
    OperationStage.WITHDRAWN: "info",
    OperationStage.STARTED: "info",
    OperationStage.DONE: "success",
    OperationStage.FAILED: "danger",
    OperationStage.CANCELLED: "warning",
}
"""Kind of the tag that shows a stage."""

_COUNTS: Final = (
    ("done", Text("已办理", "Done"), "success"),
    ("refused", Text("不能办理", "Refused"), "danger"),
    ("changed", Text("其间有变化", "Changed meanwhile"), "warning"),
)


@blueprint.get("")
@staff_only(*READERS)
def operations() -> str:
    """The authority's bulk operations, newest first."""
    node, desk = current_node(), current_desk()
    found = open_operations(node).operations.newest(desk.authority.uscc, PAGE_SIZE)
    rows = [
        (operation, job, stage_of(operation, job))
        for operation in found
        for job in (job_of(node, operation),)
    ]
    return render_template(
        "issuer/operations/operations.html",
        desk=desk,
        rows=rows,
        kinds=STAGE_KINDS,
        may_propose=desk.may(StaffRole.CLERK),
        may_audit=desk.may(StaffRole.AUDITOR),
    )


@blueprint.get("/log")
@staff_only(StaffRole.AUDITOR)
def log() -> str:
    """Who previewed, proposed, decided, started and stopped what."""
    node, desk = current_node(), current_desk()
    steps = open_operations(node).steps.newest(desk.authority.uscc, _LOG_LINES)
    return render_template("issuer/operations/log.html", desk=desk, steps=steps)


@blueprint.get("/new")
@staff_only(StaffRole.CLERK)
def new_operation() -> str:
    """The form; the parameters of a list of licences fill it in."""
    return _form(request.args)


@blueprint.post("/new")
@staff_only(StaffRole.CLERK)
def look() -> Response | str | tuple[str, int]:
    """The preview, or back to the form."""
    if request.form.get("action") == "back":
        return _form(request.form)
    if request.form.get("action") == "propose":
        return _propose()
    return _look()


@blueprint.get("/<operation_id>")
@staff_only(*READERS)
def show_operation(operation_id: str) -> str:
    """One bulk operation: what it would do, who decides, how far it is, what became of it."""
    return _page(_operation(operation_id))


@blueprint.post("/<operation_id>/decision")
@staff_only(StaffRole.APPROVER)
def decide(operation_id: str) -> Response | tuple[str, int]:
    """Approve or refuse."""
    node, operation = current_node(), _operation(operation_id)
    reason = request.form.get("reason", "").strip()[:500]
    approved = request.form.get("decision") == "approve"
    if not approved and not reason:
        missing = InvalidInputError("请说明不批准的理由。", "Say why it is refused.", where="/reason")
        return _page(operation, missing), 400
    try:
        decide_operation(
            node, operation, _party(), approved=approved, reason=reason or None, at=node.clock.now()
        )
    except BulkOperationDecidedError as error:
        return _page(_operation(operation_id), error), 409
    return _to(operation)


@blueprint.post("/<operation_id>/cancel")
@staff_only(StaffRole.CLERK, StaffRole.APPROVER)
def cancel(operation_id: str) -> Response | tuple[str, int]:
    """Withdraw it, or stop it after the licences under way."""
    node, operation = current_node(), _operation(operation_id)
    try:
        cancel_operation(node, operation, _party(), at=node.clock.now())
    except (BulkOperationDecidedError, JobEndedError) as error:
        return _page(_operation(operation_id), error), 409
    return _to(operation)


@blueprint.get("/<operation_id>/result")
@staff_only(*READERS)
def download_result(operation_id: str) -> FlaskResponse:
    """One line for each licence."""
    node, operation = current_node(), _operation(operation_id)
    format_ = parse_format(request.args.get("format", "csv"))
    desk = fetch_result(node, operation, _party(), at=node.clock.now())
    return file_response(
        result_file(desk, operation, format_, current_language()),
        CONTENT_TYPES[format_],
        result_name(operation, format_),
    )


def _look(error: ElicenceError | None = None) -> str | tuple[str, int]:
    node, desk, at = current_node(), current_desk(), current_node().clock.now()
    typed: MultiDict[str, str] = request.form
    body = body_of_form(typed, local_day(at))
    body.pop("preview", None)
    try:
        asked = parse_operation_request(body, desk.authority.uscc)
        preview = preview_operation(node, asked.selection, asked.order, _party(), at=at)
    except _WRONG_FORM as wrong:
        return _form(typed, wrong), 400
    page = render_template(
        "issuer/operations/preview.html",
        desk=desk,
        asked=asked,
        preview=preview,
        order=asked.order,
        ground=reason_label(asked.order.operation, asked.order.code),
        conditions=words_of(asked.selection, node.catalogue),
        names=_type_names(),
        kept=[
            (name, value) for name, value in typed.items() if name not in ("csrf_token", "action", "preview")
        ],
        error=error,
    )
    return page if error is None else (page, 409)


def _propose() -> Response | str | tuple[str, int]:
    node, desk, at = current_node(), current_desk(), current_node().clock.now()
    try:
        asked = parse_operation_request(body_of_form(request.form, local_day(at)), desk.authority.uscc)
        operation, _ = propose_operation(node, asked, _party(), at=at)
    except _WRONG_FORM as error:
        return _form(request.form, error), 400
    except (PreviewOutdatedError, NothingPossibleError, NothingSelectedError) as error:
        return _look(error)
    return _to(operation)


def _form(typed: MultiDict[str, str], error: ElicenceError | None = None) -> str:
    node, desk = current_node(), current_desk()
    wrong = field_at(error.where) if error is not None else None
    return render_template(
        "issuer/operations/new.html",
        desk=desk,
        typed=typed,
        error=error,
        wrong=wrong,
        types=[node.catalogue.by_code(code) for code in desk.authority.licence_types],
        states=DECIDED_STATES,
        sources=node.sources.all(desk.authority.uscc),
        grounds=grounds(),
        results=tuple(InspectionResult),
    )


def _page(operation: BulkOperation, error: ElicenceError | None = None) -> str:
    node, desk = current_node(), current_desk()
    operations_desk, job = open_operations(node), job_of(node, operation)
    stage = stage_of(operation, job)
    waits = stage is OperationStage.PROPOSED
    is_second = not operation.proposer.is_same_person(desk.actor)
    return render_template(
        "issuer/operations/operation.html",
        desk=desk,
        operation=operation,
        order=operation.order,
        preview=operation.preview,
        ground=reason_label(operation.order.operation, operation.order.code),
        conditions=words_of(operation.selection, node.catalogue),
        names=_type_names(),
        job=job,
        stage=stage,
        kind=STAGE_KINDS[stage],
        changed=count_changed(operations_desk, operation) if waits else 0,
        counts=[(label, counts_of(operation, job)[name], kind) for name, label, kind in _COUNTS],
        steps=operations_desk.steps.of_operation(operation.authority, operation.id),
        may_decide=waits and is_second and desk.may(StaffRole.APPROVER),
        is_own=waits and not is_second,
        may_stop=desk.may(StaffRole.CLERK) if waits else not stage.is_ended and _may_stop(desk),
        may_fetch=stage.is_ended and operation.stage is OperationStage.STARTED,
        error=error,
    )


def _may_stop(desk: Desk) -> bool:
    return desk.may(StaffRole.CLERK, StaffRole.APPROVER)


def _operation(operation_id: str) -> BulkOperation:
    return open_operations(current_node()).operations.find(current_desk().authority.uscc, operation_id)


def _party() -> Party:
    desk = current_desk()
    return Party(desk.actor, desk.member.id)


def _type_names() -> dict[str, Text]:
    return {one.code: one.name for one in current_node().catalogue}


def _to(operation: BulkOperation) -> Response:
    return redirect(url_for("operations.show_operation", operation_id=operation.id), code=303)
