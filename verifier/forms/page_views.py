"""The form of a case at the window: to read, to complete, to print."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from standards.text import Text
from verifier.cases.case import Case
from verifier.cases.find_case import find_case, item_of_case
from verifier.departments.department import Permission
from verifier.departments.guard import current_desk, for_staff
from verifier.forms.form_of_case import form_of_case, keep_typed
from verifier.forms.typed_values import InvalidFormError, parse_typed_values
from verifier.node import current_node
from verifier.window.lists_state import lists_state

blueprint = Blueprint(
    "forms",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/window/forms/static",
)


@blueprint.get("/window/cases/<case_id>/form")
@for_staff(Permission.ASK)
def show(case_id: str) -> str:
    """What the licences say is filled in and locked; the rest is open."""
    return _page(_case(case_id), None, {})


@blueprint.post("/window/cases/<case_id>/form")
@for_staff(Permission.ASK)
def keep(case_id: str) -> Response:
    """Keep what was typed in; with a mistake nothing is kept and everything typed stays on the page."""
    node, case = current_node(), _case(case_id)
    item = item_of_case(node.items, case)
    typed = {one.id: request.form[one.id] for one in item.form if one.id in request.form}
    try:
        values = parse_typed_values(item, typed)
    except InvalidFormError as error:
        return make_response(_page(case, typed, error.problems), 400)
    keep_typed(node, case, {**node.cases.form_of(case), **dict.fromkeys(typed, ""), **values})
    return redirect(url_for("forms.show", case_id=case.id, kept=1), code=303)


def _case(case_id: str) -> Case:
    return find_case(current_node().cases, current_desk().department, case_id)


def _page(case: Case, typed: Mapping[str, str] | None, problems: Mapping[str, Text]) -> str:
    node = current_node()
    return render_template(
        "verifier/forms/form.html",
        desk=current_desk(),
        case=case,
        item=item_of_case(node.items, case),
        form=form_of_case(node, case),
        typed=typed or {},
        problems=problems,
        kept=request.args.get("kept") == "1",
        lists=lists_state(node.trust, node.clock.now()),
    )
