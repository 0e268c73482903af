"""Cases for the systems of departments: open one, ask in it, see how far it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from flask import Response, request

from service.api_tokens import require_api_caller
from service.web.csrf import MachineBlueprint
from service.web.json_body import read_json_body, read_json_body_or
from standards.errors import InvalidInputError
from standards.json_reader import Reader
from verifier.cases.case import Case, Channel, State
from verifier.cases.case_json import case_json, events_json
from verifier.cases.find_case import find_case
from verifier.cases.note_answer import note_answer
from verifier.cases.open_case import ask_in_case, open_and_ask
from verifier.cases.steps import Actor
from verifier.cases.store import PAGE_SIZE
from verifier.departments.guard import calling_department
from verifier.node import current_node
from verifier.window.api_views import handled_item, request_json
from verifier.window.errors import InvalidOrderError

blueprint = MachineBlueprint("cases_api", __name__, url_prefix="/api/v1/cases")
blueprint.before_request(require_api_caller(lambda: current_node().api_tokens))


@blueprint.get("")
def newest() -> Response:
    """The department's cases, the newest first: ``?state=`` (repeat for several), ``?before=`` (an instant)."""
    department, _ = calling_department()
    states = [_state(one) for one in request.args.getlist("state")] or list(State)
    found = current_node().cases.in_states(department.uscc, states, before=_before())
    more = found[-1].opened_at.isoformat() if len(found) == PAGE_SIZE else None
    return _json({"cases": [case_json(case) for case in found], "next": more})


@blueprint.post("")
def open_one() -> Response:
    """Open a case and ask for its materials: 201 with the case, its code, and the request for a wallet."""
    node = current_node()
    department, caller = calling_department()
    reader = Reader(read_json_body(), error=InvalidOrderError)
    reader.refuse_unknown(frozenset({"service_item"}))
    item = handled_item(node, department, reader.text("service_item", max_chars=80))
    opened, pending = open_and_ask(
        node, item, department, Channel.SYSTEM, Actor(caller.system, node.clock.now())
    )
    return _json(
        {"case": case_json(opened.case), "code": opened.code, "request": request_json(node, pending)}, 201
    )


@blueprint.get("/<case_id>")
def read(case_id: str) -> Response:
    """One case, with its materials."""
    return _json(case_json(_case(case_id)))


@blueprint.get("/<case_id>/events")
def events(case_id: str) -> Response:
    """What happened in it, oldest first."""
    return _json({"events": events_json(_case(case_id))})


@blueprint.post("/<case_id>/presentations")
def ask(case_id: str) -> Response:
    """Ask for what is missing in it: 201 with the request; what is satisfied is not asked for again."""
    node = current_node()
    department, caller = calling_department()
    reader = Reader(read_json_body_or({}), error=InvalidOrderError)
    reader.refuse_unknown(frozenset({"materials"}))
    wanted = reader.texts("materials") if "materials" in reader else None
    case, pending = ask_in_case(
        node, _case(case_id), department, Actor(caller.system, node.clock.now()), materials=wanted
    )
    return _json({"case": case_json(case), "request": request_json(node, pending)}, 201)


def _case(case_id: str) -> Case:
    """The case with what was shown in it by now."""
    node = current_node()
    department, _ = calling_department()
    case = find_case(node.cases, department, case_id)
    shown = node.presentations.find(case.presentation) if case.presentation else None
    return case if shown is None else note_answer(node, shown, node.clock.now()) or case


def _state(text: str) -> State:
    try:
        return State(text)
    except ValueError as error:
        raise InvalidInputError("没有此状态。", "There is no such state.", where="state") from error


def _before() -> datetime | None:
    text = request.args.get("before")
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidInputError(
            "时间须带时区。", "An instant with its zone is expected here.", where="before"
        )
    return moment


def _json(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, mimetype="application/json")
