"""The code of a case under the window's scanner: the visit is noted, what was shown before is judged again."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response

from standards.text import Text
from verifier.cases.case import State
from verifier.cases.errors import UnknownCaseError
from verifier.cases.find_case import find_case_by_code
from verifier.cases.resume_case import resume_case
from verifier.cases.staff_actor import staff_actor
from verifier.departments.guard import current_desk
from verifier.node import current_node


def resume(text: str) -> Response:
    """To the verdict of what was shown, where there is one to decide on; else to the page of the case.

    Raises:
        UnknownCaseError: no such case here, or another department's: then it says whose.
    """
    node, desk = current_node(), current_desk()
    case = find_case_by_code(node.cases, text)
    if case.department != desk.department.uscc:
        other = node.departments.find(case.department, node.clock.now())
        raise UnknownCaseError(
            f"此办件属于{other.name.zh if other else '另一个部门'}，请到该部门窗口办理。",
            f"This case is with {other.name.en if other else 'another department'}; it is handled at its window.",
            next_step=Text("请告诉申请人应去的窗口。", "Tell the applicant where to go."),
        )
    case = resume_case(node, case, desk.department, staff_actor())
    shown = case.presentation if case.state is State.OPEN else None
    found = node.presentations.find(shown) if shown is not None else None
    if found is not None and found.name == "received":
        return redirect(url_for("window.show", presentation_id=found.asked.id), code=303)
    return redirect(url_for("cases.show", case_id=case.id), code=303)
