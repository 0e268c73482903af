"""A visit: one citizen at one kiosk, from the first touch until the screen is cleared.

Its cookie holds the code of the case, nothing else: whoever has the code may see how far the case is, and it is gone with
the visit. What the pages tell of a case are names of materials; no personal data stand on a screen in a hall.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import request
from werkzeug.wrappers import Response

from service.web.display import DISPLAY_COOKIE
from service.web.kit import current_kit
from service.web.language import LANGUAGE_COOKIE
from verifier.cases.case import Case
from verifier.cases.case_code import case_id_of
from verifier.cases.find_case import item_of_case
from verifier.cases.note_answer import note_answer
from verifier.cases.steps import Actor
from verifier.departments.department import Department
from verifier.items import ServiceItem
from verifier.node import current_node
from verifier.terminals.current import require_kiosk
from verifier.terminals.errors import KioskMissingError
from verifier.terminals.terminal import Terminal
from verifier.window.find_presentation import find_presentation
from verifier.window.presentation import Presentation

VISIT_COOKIE: Final = "elicence_verifier_visit"


@dataclass(frozen=True, slots=True)
class Visit:
    """What a citizen is doing at a kiosk.

    Attributes:
        terminal: which.
        department: whose case it is.
        case: as it is now.
        code: of the case; for the slip.
        item: what it is about.
        presentation: the newest request of the case, as it is now.
    """

    terminal: Terminal
    department: Department
    case: Case
    code: str
    item: ServiceItem
    presentation: Presentation | None


def kiosk_department(terminal: Terminal) -> Department:
    """The department that answers for a kiosk.

    Raises:
        KioskMissingError: it is no longer enrolled here.
    """
    node = current_node()
    department = node.departments.find(terminal.department, node.clock.now())
    if department is None:
        raise KioskMissingError
    return department


def citizen_at(terminal: Terminal) -> Actor:
    """The applicant as the one who acts: nobody is signed in at a kiosk."""
    return Actor(None, current_node().clock.now(), terminal.id)


def current_visit() -> Visit | None:
    """The visit that goes on at this kiosk; ``None`` when there is none, or its case is over or another department's.

    Raises:
        KioskMissingError: this is no kiosk.
    """
    terminal = require_kiosk()
    code = request.cookies.get(VISIT_COOKIE, "")
    case = case_of_code(terminal, code)
    if case is None:
        return None
    node = current_node()
    department, at = kiosk_department(terminal), node.clock.now()
    presentation = None
    if case.presentation is not None:
        presentation = find_presentation(node.presentations, department, case.presentation, at)
        case = note_answer(node, presentation, at) or case
    return Visit(terminal, department, case, code, item_of_case(node.items, case), presentation)


def case_of_code(terminal: Terminal, code: str) -> Case | None:
    """The department's case of a code that has not ended; ``None`` for any other."""
    case_id = case_id_of(code)
    case = current_node().cases.find(case_id) if case_id is not None else None
    if case is None or case.department != terminal.department or case.state.over:
        return None
    return case


def begin_visit(response: Response, code: str) -> None:
    """Let the screen know its case until the visit ends or the browser is closed."""
    response.set_cookie(
        VISIT_COOKIE, code, secure=current_kit().over_https, httponly=True, samesite="Strict", path="/kiosk"
    )


def end_visit(response: Response) -> None:
    """Forget the case, and language and size that the citizen chose."""
    response.delete_cookie(VISIT_COOKIE, path="/kiosk")
    for name in (LANGUAGE_COOKIE, DISPLAY_COOKIE):
        response.delete_cookie(name, path="/")
