"""``/hall``: choose a department's item, show the licences from the wallet, see what is there and what is missing.

The address of a case holds its code: whoever has it sees names of materials and whether they are there, no personal data. What
was shown counts only once the browser that asked has come back from the wallet (OpenID4VP 1.0 section 13.3), so that nobody
learns from a stranger's wallet by sending a link.
"""

from __future__ import annotations

import secrets
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from service.web.kit import current_kit
from standards.qr import build_qr, write_svg
from verifier.cases.case import Case, Channel, SlotState, State
from verifier.cases.case_code import PREFIX
from verifier.cases.find_case import find_case_by_code, item_of_case
from verifier.cases.note_answer import note_answer
from verifier.cases.open_case import ask_in_case, open_and_ask
from verifier.cases.steps import Actor
from verifier.departments.department import Department, UnknownDepartmentError
from verifier.items import ServiceItem
from verifier.node import current_node
from verifier.window.api_views import handled_item
from verifier.window.come_back import browser_of, come_back
from verifier.window.create_presentation import links_of
from verifier.window.presentation import Pending, Presentation, Received
from verifier.window.verdict import verdict_of

COOKIE: Final = "elicence_verifier_hall"
"""A random word that ties what was asked to this browser; it names nobody."""

CASE_COOKIE: Final = "elicence_verifier_hall_case"
"""The code of the case that this browser is at."""

_KEPT_SECONDS: Final = 24 * 3600

blueprint = Blueprint(
    "hall", __name__, template_folder="templates", static_folder="static", static_url_path="/hall/static"
)


@blueprint.get("/hall")
def home() -> str:
    """Every department of this node with the items that can be prepared at home."""
    node = current_node()
    departments = [
        (department, [item for item in node.items if _offers(department, item)])
        for department in node.departments.all()
    ]
    return render_template("verifier/hall/home.html", departments=[one for one in departments if one[1]])


@blueprint.post("/hall/<uscc>/<item_code>")
def start(uscc: str, item_code: str) -> Response:
    """Open a case and ask for its materials; its page leads to the wallet."""
    node = current_node()
    department = _department(uscc)
    browser = _browser()
    opened, _ = open_and_ask(
        node,
        handled_item(node, department, item_code),
        department,
        Channel.ONLINE,
        Actor(None, node.clock.now()),
        browser=browser_of(browser),
        redirect_uri=f"{node.public_url}{url_for('hall.back')}",
    )
    return _to_case(opened.code, browser)


@blueprint.get("/hall/back")
def back() -> Response:
    """Back from the wallet: the answer is released to the browser that asked."""
    node = current_node()
    code = request.cookies.get(CASE_COOKIE, "")
    case = find_case_by_code(node.cases, code)
    presentation = _presentation(case)
    if presentation is not None:
        come_back(
            presentation,
            session_token=request.cookies.get(COOKIE, ""),
            response_code=request.args.get("response_code", ""),
            presentations=node.presentations,
        )
    return redirect(url_for("hall.show", secret=code.removeprefix(PREFIX)), code=303)


@blueprint.get("/hall/cases/<secret>")
def show(secret: str) -> str:
    """How far the case is: green, or amber with what is missing and where to get it."""
    node, code = current_node(), PREFIX + secret
    case = find_case_by_code(node.cases, code)
    presentation = _presentation(case)
    held_back = isinstance(presentation, Received) and presentation.held_back
    if presentation is not None and not held_back:
        case = note_answer(node, presentation, node.clock.now()) or case
    return render_template("verifier/hall/case.html", **_parts(case, code, presentation, held_back=held_back))


@blueprint.post("/hall/cases/<secret>/ask")
def ask(secret: str) -> Response:
    """Ask for what is still missing."""
    node, code = current_node(), PREFIX + secret
    case = find_case_by_code(node.cases, code)
    browser = _browser()
    ask_in_case(
        node,
        case,
        _department(case.department),
        Actor(None, node.clock.now()),
        browser=browser_of(browser),
        redirect_uri=f"{node.public_url}{url_for('hall.back')}",
    )
    return _to_case(code, browser)


def _browser() -> str:
    return request.cookies.get(COOKIE) or secrets.token_urlsafe(16)


def _to_case(code: str, browser: str) -> Response:
    """The page of the case. The way back from the wallet names no case: an address that wallets see must not hold its code."""
    response = redirect(url_for("hall.show", secret=code.removeprefix(PREFIX)), code=303)
    for name, value in ((COOKIE, browser), (CASE_COOKIE, code)):
        response.set_cookie(
            name,
            value,
            max_age=_KEPT_SECONDS,
            secure=current_kit().over_https,
            httponly=True,
            samesite="Lax",
            path="/hall",
        )
    return response


def _offers(department: Department, item: ServiceItem) -> bool:
    return department.handles(item.code) and item.applies_in(department.division)


def _department(uscc: str) -> Department:
    node = current_node()
    found = node.departments.find(uscc, node.clock.now())
    if found is None:
        raise UnknownDepartmentError("没有这个部门。", "There is no such department.")
    return found


def _presentation(case: Case) -> Presentation | None:
    if case.presentation is None:
        return None
    return current_node().presentations.find(case.presentation)


def _wallet_link(pending: Pending) -> str:
    node = current_node()
    return links_of(
        pending.asked, public_url=node.public_url, wallet_url=node.settings.wallet_url
    ).wallet_link


def _parts(case: Case, code: str, presentation: Presentation | None, *, held_back: bool) -> dict[str, Any]:
    node = current_node()
    item, at = item_of_case(node.items, case), node.clock.now()
    slots = [(material, case.slots.get(material.id)) for material in item.materials]
    lacking = [
        material
        for material, slot in slots
        if material.required and (slot is None or slot.state is SlotState.MISSING)
    ]
    received = presentation if isinstance(presentation, Received) and not held_back else None
    waiting = isinstance(presentation, Pending) and at < presentation.asked.expires_at
    return {
        "department": node.departments.find(case.department, at),
        "item": item,
        "case": case,
        "slots": slots,
        "lacking": lacking,
        "complete": not lacking,
        "verdict": verdict_of(received.answer.report) if received is not None else None,
        "waiting": waiting,
        "held_back": held_back,
        "state": presentation.name.value if presentation is not None else "none",
        "may_show": case.state in {State.OPEN, State.ACCEPTED_PROVISIONALLY} and bool(case.missing),
        "secret": code.removeprefix(PREFIX),
        # Every character of the picture is ours.
        "code": Markup(write_svg(build_qr(code))),  # noqa: S704
        "wallet_link": _wallet_link(presentation) if isinstance(presentation, Pending) and waiting else None,
    }
