"""The reports of a department, and of all departments of this node together: a page, files, and the interface."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
from flask import Blueprint, Response, make_response, render_template, request

from service.api_tokens import require_api_caller
from service.web.csrf import MachineBlueprint
from service.web.language import in_language
from standards.text import Text
from verifier.departments.department import Permission
from verifier.departments.guard import calling_department, current_desk, for_staff
from verifier.node import VerifierNode, current_node
from verifier.reports.charts import day_columns, shade, share_bar, swatch
from verifier.reports.csv_file import write_csv
from verifier.reports.errors import InvalidPeriodError, UnknownReportError
from verifier.reports.figures import LINE_2018, LINE_2019, SMALLEST_TOLD, Figures, collect
from verifier.reports.follow import follow_records
from verifier.reports.selection import Selection, day_of, parse_selection, shortcuts
from verifier.reports.tables import TABLES, Names
from verifier.window.lists_state import lists_state

COUNTED_FOR_A_PAGE = 2000
"""Records that a page counts before it answers; more are the worker's."""

blueprint = Blueprint(
    "reports",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/static/reports",
)
api = MachineBlueprint("reports_api", __name__, url_prefix="/api/v1/reports")
api.before_request(require_api_caller(lambda: current_node().api_tokens))


@blueprint.get("/reports")
@for_staff(Permission.READ_RECORDS)
def overview() -> Response:
    """Every figure, with its picture; a wrong period is said beside its field."""
    node, desk = current_node(), current_desk()
    at = node.clock.now()
    today = day_of(at)
    problem: InvalidPeriodError | None = None
    try:
        wanted = parse_selection(request.args, today)
    except InvalidPeriodError as error:
        problem, wanted = error, parse_selection({}, today)
    figures = _figures(node, desk.department.uscc, wanted, at)
    page = render_template(
        "verifier/reports/reports.html",
        desk=desk,
        wanted=wanted,
        given=request.args if problem else {},
        problem=problem,
        figures=figures,
        names=Names(node.items, in_language),
        items=[node.items.find(code) for code in desk.department.service_items],
        shortcuts=shortcuts(today),
        departments=len(node.departments.all()),
        lines=(LINE_2018, LINE_2019),
        smallest=SMALLEST_TOLD,
        day_columns=day_columns,
        share_bar=share_bar,
        swatch=swatch,
        shade=shade,
        replace=replace,
        lists=lists_state(node.trust, at),
    )
    return make_response(page, 400 if problem else 200)


@blueprint.get("/reports/<name>.csv")
@for_staff(Permission.READ_RECORDS)
def table(name: str) -> Response:
    """One table as a file for spreadsheets."""
    node = current_node()
    at = node.clock.now()
    wanted = parse_selection(request.args, day_of(at))
    return _csv(node, current_desk().department.uscc, name, wanted, at)


@api.get("")
def read_all() -> Response:
    """Every table of the department: ``?from=&until=&item=&scope=all``."""
    node = current_node()
    department, _ = calling_department()
    at = node.clock.now()
    wanted = parse_selection(request.args, day_of(at))
    figures = _figures(node, department.uscc, wanted, at)
    names = Names(node.items, lambda text: text.zh)
    body = {
        "from": wanted.first.isoformat(),
        "until": wanted.last.isoformat(),
        "service_item": wanted.item,
        "scope": "all" if wanted.everywhere else "department",
        "samples": figures.samples,
        "decisions": figures.decisions,
        "accepted": figures.accepted,
        "saved": _share(figures.saved.share),
        "goals": {"2018": LINE_2018, "2019": LINE_2019},
        "at_most_one_visit": _share(figures.visits.share),
        "tables": {name: build(figures, names).to_json() for name, build in TABLES.items()},
    }
    return Response(orjson.dumps(body), mimetype="application/json")


@api.get("/<name>.csv")
def read_table(name: str) -> Response:
    """One table as CSV."""
    node = current_node()
    department, _ = calling_department()
    at = node.clock.now()
    return _csv(node, department.uscc, name, parse_selection(request.args, day_of(at)), at)


def _figures(node: VerifierNode, department: str, wanted: Selection, at: datetime) -> Figures:
    follow_records(node, at_most=COUNTED_FOR_A_PAGE)
    everywhere = [one.uscc for one in node.departments.all()] if wanted.everywhere else [department]
    return collect(node.reports, everywhere, wanted, at)


def _csv(node: VerifierNode, department: str, name: str, wanted: Selection, at: datetime) -> Response:
    build = TABLES.get(name)
    if build is None:
        raise UnknownReportError(
            "没有此统计表。",
            "There is no table of this name.",
            where=name[:40],
            next_step=Text("请在统计页上下载。", "Download it from the page of reports."),
        )
    made = build(_figures(node, department, wanted, at), Names(node.items, in_language))
    body = write_csv([in_language(name) for name in made.head], made.rows)
    file_name = f"elicence-{name}-{wanted.first.isoformat()}-{wanted.last.isoformat()}.csv"
    return Response(
        body,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file_name}"', "Cache-Control": "no-store"},
    )


def _share(value: float | None) -> Any:
    return None if value is None else round(value, 4)
