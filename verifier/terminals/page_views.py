"""``/terminals``: the administrator's page; each department sees and changes its own."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from service.web.errors import PermissionMissingError
from standards.qr import build_qr, write_svg
from standards.text import Text
from verifier.departments.department import Permission
from verifier.departments.guard import current_desk, for_staff
from verifier.node import current_node
from verifier.terminals.enrol_terminal import register_terminal, renew_code
from verifier.terminals.enrolment_code import PREFIX, format_enrolment_code
from verifier.terminals.errors import InvalidTerminalError, UnknownTerminalError
from verifier.terminals.terminal import (
    ENROLMENT_LIFETIME,
    KIND_NAMES,
    TerminalEntry,
    TerminalKind,
    check_label,
)

blueprint = Blueprint("terminals", __name__, template_folder="templates")


@blueprint.get("/terminals")
@for_staff(Permission.MANAGE_TERMINALS)
def overview() -> str:
    """Every terminal of the department, and the form for a new one."""
    return _page()


@blueprint.post("/terminals")
@for_staff(Permission.MANAGE_TERMINALS)
def register() -> str | tuple[str, int]:
    """Make a place; the answer shows its code, once."""
    node, desk = current_node(), current_desk()
    form = request.form
    try:
        kind = TerminalKind(form.get("kind", ""))
        entry, code = register_terminal(
            name=form.get("name", ""),
            kind=kind,
            place=form.get("place", ""),
            department=desk.department.uscc,
            terminals=node.terminals,
            by=desk.member.id,
            at=node.clock.now(),
        )
    except InvalidTerminalError as error:
        return _page(wrong=error), 400
    except ValueError:
        return _page(wrong=InvalidTerminalError("请选择类型。", "Choose a kind.", where="kind")), 400
    return _code_page(entry, code)


@blueprint.post("/terminals/<terminal_id>/code")
@for_staff(Permission.MANAGE_TERMINALS)
def renew(terminal_id: str) -> str:
    """A further code, shown once."""
    node = current_node()
    entry = _own(terminal_id)
    code = renew_code(entry, terminals=node.terminals, by=current_desk().member.id, at=node.clock.now())
    return _code_page(entry, code)


@blueprint.post("/terminals/<terminal_id>/rename")
@for_staff(Permission.MANAGE_TERMINALS)
def rename(terminal_id: str) -> Response | tuple[str, int]:
    """Another name or place."""
    node, entry = current_node(), _own(terminal_id)
    try:
        name, place = (check_label(request.form.get(part, ""), part) for part in ("name", "place"))
    except InvalidTerminalError as error:
        return _page(wrong=error, wrong_at=entry.terminal.id), 400
    node.terminals.rename(entry.terminal.id, name, place, by=current_desk().member.id, at=node.clock.now())
    return _back()


@blueprint.post("/terminals/<terminal_id>/move")
@for_staff(Permission.MANAGE_TERMINALS)
def move(terminal_id: str) -> Response:
    """Let another department answer for it, in which the person administers too."""
    node, desk, entry = current_node(), current_desk(), _own(terminal_id)
    wanted = request.form.get("department", "")
    administered = {
        department.uscc for member, department in desk.posts if member.may(Permission.MANAGE_TERMINALS)
    }
    if wanted not in administered:
        raise PermissionMissingError(
            "您不是该部门的管理员。",
            "You do not administer that department.",
            next_step=Text("请该部门管理员重新登记这台终端。", "Let its administrator enrol the terminal."),
        )
    node.terminals.move(entry.terminal.id, wanted, by=desk.member.id, at=node.clock.now())
    return _back()


@blueprint.post("/terminals/<terminal_id>/bar")
@for_staff(Permission.MANAGE_TERMINALS)
def bar(terminal_id: str) -> Response | tuple[str, int]:
    """Refuse the device from its next request on."""
    node, entry = current_node(), _own(terminal_id)
    try:
        reason = check_label(request.form.get("reason", ""), "reason")
    except InvalidTerminalError as error:
        return _page(wrong=error, wrong_at=entry.terminal.id), 400
    node.terminals.bar(entry.terminal.id, reason, by=current_desk().member.id, at=node.clock.now())
    return _back()


@blueprint.post("/terminals/required")
@for_staff(Permission.MANAGE_TERMINALS)
def require() -> Response:
    """Whether the department's staff work at enrolled terminals only."""
    node, desk = current_node(), current_desk()
    node.departments.require_terminals(desk.department.uscc, request.form.get("required") == "yes")
    return _back()


def _own(terminal_id: str) -> TerminalEntry:
    entry = current_node().terminals.find(terminal_id)
    if entry is None or entry.terminal.department != current_desk().department.uscc:
        raise UnknownTerminalError("没有这台终端。", "There is no such terminal.")
    return entry


def _page(wrong: InvalidTerminalError | None = None, wrong_at: str | None = None) -> str:
    node, desk = current_node(), current_desk()
    names = {member.id: member.name for member in node.staff.of_department(desk.department.uscc)}
    return render_template(
        "verifier/terminals/terminals.html",
        desk=desk,
        entries=node.terminals.of_department(desk.department.uscc),
        administered=[
            department for member, department in desk.posts if member.may(Permission.MANAGE_TERMINALS)
        ],
        names=names,
        kind_names=KIND_NAMES,
        kinds=tuple(TerminalKind),
        wrong=wrong,
        wrong_at=wrong_at,
        form=request.form,
        at=node.clock.now(),
    )


def _code_page(entry: TerminalEntry, code: str) -> str:
    return render_template(
        "verifier/terminals/code.html",
        terminal=entry.terminal,
        code=format_enrolment_code(code),
        qr=Markup(write_svg(build_qr(f"{PREFIX}{code}"))),  # noqa: S704 - every character is ours
        minutes=int(ENROLMENT_LIFETIME.total_seconds() // 60),
        address=f"{current_node().public_url}/terminal",
        kind_names=KIND_NAMES,
    )


def _back() -> Response:
    return redirect(url_for("terminals.overview"), code=303)
