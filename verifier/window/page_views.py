"""The pages of the window: choose an item, wait for the wallet, read the verdict, decide."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from service.web.kit import current_kit
from service.web.sign_in import current_person
from standards.qr import build_qr, write_svg
from verifier.acceptance.decide import Decider, decide
from verifier.acceptance.decision import parse_verdict
from verifier.acceptance.reasons import DECISION_NAMES, Decision, reasons_for
from verifier.cases.case import Case, Channel
from verifier.cases.case_view import offered, view_slots
from verifier.cases.decide_case import decide_in_case, follow_record
from verifier.cases.find_case import item_of_case
from verifier.cases.note_answer import note_answer
from verifier.cases.open_case import open_and_ask
from verifier.cases.staff_actor import staff_actor
from verifier.departments.department import Permission
from verifier.departments.guard import current_desk, find_desk, for_staff, require_desk
from verifier.items import ServiceItem
from verifier.node import current_node
from verifier.window.api_views import handled_item
from verifier.window.come_back import browser_of, come_back
from verifier.window.create_presentation import links_of
from verifier.window.find_presentation import find_presentation, item_of, record_of
from verifier.window.lists_state import lists_state
from verifier.window.presentation import Presentation, Received
from verifier.window.shown_view import view_facts, view_licences, view_materials
from verifier.window.verdict import SIGNS, STEP_NAMES, text_of, verdict_of, verdict_with_paper

blueprint = Blueprint(
    "window", __name__, template_folder="templates", static_folder="static", static_url_path="/window/static"
)


@blueprint.get("/")
def home() -> str:
    """The empty desk: one field, the items of the department, what is under way. A stranger finds the way to sign in."""
    if current_person() is None:
        return render_template("verifier/window/welcome.html")
    desk = find_desk()
    if desk is None:
        return render_template("verifier/window/no_post.html")
    require_desk(Permission.ASK)
    return render_home("")


def render_home(search: str, *, problem: bool = False) -> str:
    """The desk, with the items whose name or code holds ``search``.

    Args:
        search: what was typed into the field, or empty.
        problem: whether the field could make nothing of it.
    """
    node, desk = current_node(), current_desk()
    at = node.clock.now()
    handled = [item for item in node.items if desk.department.handles(item.code)]
    found = matching_items(handled, search)
    return render_template(
        "verifier/window/home.html",
        desk=desk,
        items=found or handled,
        search=search,
        problem=problem,
        recent=node.presentations.recent(desk.department.uscc, desk.member.id),
        item_of=lambda presentation: item_of(node.items, presentation),
        at=at,
        lists=lists_state(node.trust, at),
    )


def matching_items(items: list[ServiceItem], search: str) -> list[ServiceItem]:
    """The items whose name or code holds ``search``, in either language, whatever the case."""
    wanted = search.strip().lower()
    return [item for item in items if wanted in f"{item.name.zh}\n{item.name.en}\n{item.code}".lower()]


@blueprint.post("/window/presentations")
@for_staff(Permission.ASK)
def start() -> Response:
    """Ask for what an item needs: across devices by a code on the screen, or on this device by a link."""
    node, desk = current_node(), current_desk()
    item = handled_item(node, desk.department, request.form.get("service_item", ""))
    here = request.form.get("device") == "here"
    _, pending = open_and_ask(
        node,
        item,
        desk.department,
        Channel.WINDOW,
        staff_actor(),
        browser=browser_of(_session_token()) if here else None,
    )
    return redirect(url_for("window.show", presentation_id=pending.asked.id), code=303)


@blueprint.get("/window/presentations/<presentation_id>")
@for_staff(Permission.ASK)
def show(presentation_id: str) -> str:
    """The waiting page while the wallet is awaited; the verdict and the decision afterwards."""
    return render_presentation(_presentation(presentation_id))


@blueprint.get("/window/presentations/<presentation_id>/return")
@for_staff(Permission.ASK)
def back_from_wallet(presentation_id: str) -> Response:
    """Same device: the wallet sent the browser back."""
    come_back(
        _presentation(presentation_id),
        session_token=_session_token(),
        response_code=request.args.get("response_code", ""),
        presentations=current_node().presentations,
    )
    return redirect(url_for("window.show", presentation_id=presentation_id), code=303)


@blueprint.post("/window/presentations/<presentation_id>/decision")
@for_staff(Permission.DECIDE)
def take_decision(presentation_id: str) -> Response:
    """Take down what the clerk decided; the record is the next page."""
    node, desk = current_node(), current_desk()
    presentation = _presentation(presentation_id)
    form = {name: value for name in ("decision", "reason", "note") if (value := request.form.get(name))}
    verdict, decider = parse_verdict(form), Decider(desk.member.id, desk.member.name)
    if presentation.asked.case is not None:
        record = decide_in_case(node, presentation, verdict, decider, staff_actor())
    else:
        record = decide(
            presentation,
            verdict,
            item=item_of(node.items, presentation),
            decider=decider,
            records=node.records,
            presentations=node.presentations,
            evidence=node.evidence,
            at=node.clock.now(),
            division=desk.department.division,
        )
    return redirect(url_for("records.show", record_id=record.record_id), code=303)


def render_presentation(presentation: Presentation) -> str:
    """The page of one presentation in whatever state it is."""
    node, desk = current_node(), current_desk()
    item = item_of(node.items, presentation)
    links = links_of(presentation.asked, public_url=node.public_url, wallet_url=node.settings.wallet_url)
    visible = isinstance(presentation, Received) and not presentation.held_back
    around = _case_parts(presentation, item)
    answered = _answer_parts(presentation, item) if visible and isinstance(presentation, Received) else {}
    if answered and around.get("may_accept") and answered["verdict"].indication != "PASSED":
        answered["verdict"] = verdict_with_paper(shown=bool(_licences(presentation)))
    return render_template(
        "verifier/window/presentation.html",
        desk=desk,
        presentation=presentation,
        state=presentation.name.value,
        item=item,
        links=links,
        qr=_qr(links.authorization_request) if presentation.name == "pending" else None,
        record=record_of(node.records, presentation),
        may_decide=desk.member.may(Permission.DECIDE),
        reasons={decision.value: reasons_for(decision) for decision in Decision},
        decision_names={decision.value: name for decision, name in DECISION_NAMES.items()},
        materials=view_materials(item, _licences(presentation) if visible else None, _short(presentation))
        if item
        else (),
        lists=lists_state(node.trust, node.clock.now()),
        **around,
        **answered,
    )


def _case_parts(presentation: Presentation, item: ServiceItem | None) -> dict[str, Any]:
    """What the template says about the case of a presentation; nothing for one without."""
    node = current_node()
    case = _case_of(presentation)
    if case is None or item is None:
        return {"case": None}
    item = item_of_case(node.items, case)
    choice = offered(item, case, presentation)
    return {
        "case": case,
        "slots": view_slots(item, case),
        "may_accept": choice.accept,
        "may_accept_provisionally": choice.provisionally,
        "gone_on": case.presentation != presentation.asked.id,
    }


def _case_of(presentation: Presentation) -> Case | None:
    """The case, with what the wallet answered, and with the step of a record that was taken down without it."""
    node = current_node()
    case = note_answer(node, presentation, node.clock.now())
    if case is None and presentation.asked.case is not None:
        case = node.cases.find(presentation.asked.case)
    return case if case is None else follow_record(node, case, presentation)


def _qr(content: str) -> Markup:
    """The code as SVG; every character of it is ours, none is the content's."""
    return Markup(write_svg(build_qr(content)))  # noqa: S704


def _short(presentation: Presentation) -> frozenset[str]:
    return presentation.answer.short if isinstance(presentation, Received) else frozenset()


def _licences(presentation: Presentation) -> Any:
    return presentation.answer.licences if isinstance(presentation, Received) else None


def _answer_parts(presentation: Received, item: ServiceItem | None) -> dict[str, Any]:
    """What the template says about an answer."""
    answer = presentation.answer
    return {
        "verdict": verdict_of(answer.report),
        "facts": view_facts(item, answer.licences) if item else (),
        "licences": view_licences(answer.licences),
        "report": answer.report,
        "used_lists": answer.lists,
        "step_names": STEP_NAMES,
        "signs": SIGNS,
        "text_of": text_of,
    }


def _presentation(presentation_id: str) -> Presentation:
    node = current_node()
    return find_presentation(node.presentations, current_desk().department, presentation_id, node.clock.now())


def _session_token() -> str:
    return request.cookies.get(current_kit().session_cookie, "")
