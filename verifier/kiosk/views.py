"""``/kiosk``: choose an item, show the licences, read the verdict, take a slip along."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from standards.qr import build_qr, write_svg
from standards.text import Text
from verifier.cases.case import Channel, SlotState, State
from verifier.cases.case_code import is_case_code
from verifier.cases.open_case import ask_in_case, open_and_ask
from verifier.checking.scanned_code import is_code
from verifier.kiosk.show_code import show_code
from verifier.kiosk.visit import (
    Visit,
    begin_visit,
    case_of_code,
    citizen_at,
    current_visit,
    end_visit,
    kiosk_department,
)
from verifier.node import current_node
from verifier.terminals.current import device_token, require_kiosk
from verifier.window.api_views import handled_item
from verifier.window.create_presentation import links_of
from verifier.window.presentation import Pending, Received
from verifier.window.verdict import verdict_of

MAX_SCAN_CHARS: Final = 16 * 1024
"""Longest text that a kiosk takes from its scanner or camera."""

blueprint = Blueprint(
    "kiosk", __name__, template_folder="templates", static_folder="static", static_url_path="/kiosk/static"
)

_NOT_FOR_HERE: Final = Text(
    "这个码在这里用不上。请出示“我的证照”里的亮证码，或办件码。",
    "This code is of no use here. Show the code of “My licences”, or the code of a case.",
)
_CASE_UNKNOWN: Final = Text(
    "没有找到这个办件，或它已经办结，或属于另一个部门。",
    "There is no such case, or it is over, or it is another department's.",
)
_CHOOSE_FIRST: Final = Text(
    "请先选择要办的事项，再出示亮证码。", "Choose the service item first, then show your code."
)


@blueprint.get("/kiosk")
def home() -> str | Response:
    """The empty kiosk: the items that one can prepare here. A device that lost its cookie proves its key first."""
    if device_token() is None:
        return redirect(url_for("terminal_device.resume", next=url_for("kiosk.home")), code=303)
    return _home()


@blueprint.post("/kiosk/start")
def start() -> Response:
    """Open a case for an item, and ask for its materials."""
    node, terminal = current_node(), require_kiosk()
    department = kiosk_department(terminal)
    item = handled_item(node, department, request.form.get("service_item", ""))
    opened, _ = open_and_ask(node, item, department, Channel.KIOSK, citizen_at(terminal))
    response = _to_visit()
    begin_visit(response, opened.code)
    return response


@blueprint.get("/kiosk/visit")
def visit() -> str | Response:
    """How far the case is: a code to scan, then what is there and what is missing."""
    going_on = current_visit()
    return redirect(url_for("kiosk.home"), code=303) if going_on is None else _visit(going_on)


@blueprint.post("/kiosk/ask")
def ask() -> Response:
    """Ask for what is still missing: in another wallet, or after a refusal."""
    going_on = current_visit()
    if going_on is None:
        return redirect(url_for("kiosk.home"), code=303)
    if not isinstance(going_on.presentation, Pending) and _may_show(going_on):
        ask_in_case(current_node(), going_on.case, going_on.department, citizen_at(going_on.terminal))
    return _to_visit()


@blueprint.post("/kiosk/scan")
def scan() -> str | Response:
    """What scanner or camera read: the code of a case resumes it, a show-licence code answers the request that waits."""
    text = request.form.get("text", "")[:MAX_SCAN_CHARS].strip()
    going_on = current_visit()
    if is_case_code(text):
        if case_of_code(require_kiosk(), text) is None:
            return _again(going_on, _CASE_UNKNOWN)
        response = _to_visit()
        begin_visit(response, text)
        return response
    if not is_code(text):
        return _again(going_on, _NOT_FOR_HERE)
    if going_on is None:
        return _again(None, _CHOOSE_FIRST)
    why_not = show_code(current_node(), going_on, text)
    return _to_visit() if why_not is None else _again(going_on, why_not)


@blueprint.get("/kiosk/slip")
def slip() -> str | Response:
    """The slip to print: what was prepared, where to go, and the code that resumes it at the window."""
    going_on = current_visit()
    if going_on is None:
        return redirect(url_for("kiosk.home"), code=303)
    return render_template(
        "verifier/kiosk/slip.html", **_parts(going_on), printed_at=current_node().clock.now()
    )


@blueprint.post("/kiosk/end")
def end() -> Response:
    """Clear the screen: nothing of the visit can be called back."""
    require_kiosk()
    response = redirect(url_for("kiosk.home"), code=303)
    end_visit(response)
    return response


def _home(problem: Text | None = None) -> str:
    node, terminal = current_node(), require_kiosk()
    department = kiosk_department(terminal)
    return render_template(
        "verifier/kiosk/home.html",
        terminal=terminal,
        department=department,
        items=[
            item
            for item in node.items
            if department.handles(item.code) and item.applies_in(department.division)
        ],
        problem=problem,
    )


def _again(going_on: Visit | None, problem: Text) -> str:
    return _home(problem) if going_on is None else _visit(going_on, problem)


def _visit(going_on: Visit, problem: Text | None = None) -> str:
    node, presentation = current_node(), going_on.presentation
    waiting = isinstance(presentation, Pending)
    links = (
        links_of(presentation.asked, public_url=node.public_url, wallet_url=node.settings.wallet_url)
        if presentation is not None
        else None
    )
    verdict = verdict_of(presentation.answer.report) if isinstance(presentation, Received) else None
    return render_template(
        "verifier/kiosk/visit.html",
        **_parts(going_on),
        waiting=waiting,
        state=presentation.name.value if presentation is not None else "none",
        expires_at=presentation.asked.expires_at if waiting and presentation is not None else None,
        request_qr=_qr(links.authorization_request) if waiting and links is not None else None,
        verdict=verdict,
        may_show=_may_show(going_on),
        problem=problem,
    )


def _parts(going_on: Visit) -> dict[str, Any]:
    """What the pages and the slip say of a case: names of materials and whether they are there."""
    slots = [(material, going_on.case.slots.get(material.id)) for material in going_on.item.materials]
    lacking = [
        material
        for material, slot in slots
        if material.required and (slot is None or slot.state is SlotState.MISSING)
    ]
    return {
        "terminal": going_on.terminal,
        "department": going_on.department,
        "item": going_on.item,
        "case": going_on.case,
        "slots": slots,
        "lacking": lacking,
        "complete": not lacking,
        "case_qr": _qr(going_on.code),
    }


def _may_show(going_on: Visit) -> bool:
    return going_on.case.state in {State.OPEN, State.ACCEPTED_PROVISIONALLY} and bool(going_on.case.missing)


def _to_visit() -> Response:
    return redirect(url_for("kiosk.visit"), code=303)


def _qr(content: str) -> Markup:
    """A code as SVG; every character of it is ours."""
    return Markup(write_svg(build_qr(content)))  # noqa: S704
