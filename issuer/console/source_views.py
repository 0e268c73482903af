"""The source systems of an authority: how stale each is, and the form in which one is registered."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from issuer.console.blueprint import blueprint
from issuer.console.desk import READERS, current_desk, staff_only
from issuer.console.discrepancy_page import age, interval
from issuer.node import current_node
from issuer.sources.errors import (
    InvalidSourceError,
    SourceChangedError,
    SourceExistsError,
    SourceNotFoundError,
)
from issuer.sources.measure_staleness import recent_standings
from issuer.sources.source import Source, SourceStanding, Timeliness
from issuer.sources.source_input import parse_source
from issuer.staff import StaffRole
from standards.errors import ElicenceError
from standards.licence_types import DEPARTMENTS
from standards.text import Text

INTERVALS: Final = (1, 6, 24, 7 * 24, 30 * 24, 90 * 24, 365 * 24)
"""Hours offered in the form; the interface takes any number."""

TIMELINESS_KINDS: Final = {
    Timeliness.NEVER: "info",
    Timeliness.ON_TIME: "success",
    Timeliness.LATE: "warning",
    Timeliness.VERY_LATE: "danger",
}


@blueprint.get("/sources")
@staff_only(*READERS, StaffRole.ADMINISTRATOR)
def sources() -> str:
    """The sources, each with its last delivery and how much it has confirmed."""
    node, desk = current_node(), current_desk()
    at, authority = node.clock.now(), desk.authority.uscc
    still_open = node.discrepancies.open_by_source(authority)
    rows = [
        (standing, *_timeliness(standing, at), still_open.get((authority, standing.source.code), 0))
        for standing in recent_standings(node.sources, node.current_licences, authority, at)
    ]
    return render_template(
        "issuer/console/sources.html",
        desk=desk,
        rows=rows,
        departments=DEPARTMENTS,
        interval=_interval,
        is_administrator=desk.may(StaffRole.ADMINISTRATOR),
        is_reader=desk.may(*READERS),
        measured_at=min(
            (one.staleness.measured_at for one, *_ in rows if one.staleness is not None), default=None
        ),
        done=request.args.get("done"),
    )


@blueprint.route("/sources/new", methods=["GET", "POST"])
@staff_only(StaffRole.ADMINISTRATOR)
def new_source() -> str | Response | tuple[str, int]:
    """Register a source."""
    if request.method == "GET":
        return _form(None)
    node, desk = current_node(), current_desk()
    try:
        source = parse_source(_body(), request.form.get("code", "").strip(), desk.authority)
        node.sources.add(source)
    except (InvalidSourceError, SourceExistsError) as error:
        return _form(None, error), 400
    return redirect(url_for("console.sources", done=source.code), code=303)


@blueprint.route("/sources/<code>", methods=["GET", "POST"])
@staff_only(StaffRole.ADMINISTRATOR)
def edit_source(code: str) -> str | Response | tuple[str, int]:
    """Describe a source anew."""
    node, desk = current_node(), current_desk()
    source = node.sources.find(desk.authority.uscc, code)
    if source is None:
        raise SourceNotFoundError
    if request.method == "GET":
        return _form(source)
    if request.form.get("revision") != str(source.revision):
        return _form(source, SourceChangedError()), 400
    try:
        node.sources.change(source, parse_source(_body(), code, desk.authority))
    except (InvalidSourceError, SourceChangedError) as error:
        return _form(source, error), 400
    return redirect(url_for("console.sources", done=code), code=303)


@blueprint.post("/sources/<code>/removal")
@staff_only(StaffRole.ADMINISTRATOR)
def remove_source(code: str) -> Response:
    """Take it off the list."""
    if not current_node().sources.remove(current_desk().authority.uscc, code):
        raise SourceNotFoundError
    return redirect(url_for("console.sources"), code=303)


def _body() -> dict[str, Any]:
    form = request.form
    hours = form.get("expected_every_hours", "")
    body: dict[str, Any] = {
        "name": form.get("name", ""),
        "department": form.get("department", ""),
        "expected_every_hours": int(hours) if hours.isascii() and hours.isdigit() and len(hours) < 6 else 0,
        "types": form.getlist("types"),
        "applies": "applies" in form,
    }
    return body | {name: form[name] for name in ("contact", "system") if form.get(name, "").strip()}


def _form(source: Source | None, error: ElicenceError | None = None) -> str:
    desk, node = current_desk(), current_node()
    typed = _body() if request.method == "POST" else _typed_of(source)
    hours = typed["expected_every_hours"]
    return render_template(
        "issuer/console/source.html",
        desk=desk,
        source=source,
        code=request.form.get("code", "") if source is None else source.code,
        typed=typed,
        departments=list(DEPARTMENTS.items()),
        intervals=[(str(one), interval(one)) for one in sorted({*INTERVALS, hours} - {0})],
        types=[node.catalogue.by_code(code) for code in desk.authority.licence_types],
        error=error,
        wrong=None if error is None else (error.where or "").removeprefix("/"),
    )


def _typed_of(source: Source | None) -> dict[str, Any]:
    if source is None:
        return {"expected_every_hours": 24, "types": list(current_desk().authority.licence_types)}
    return {
        "name": source.name,
        "department": source.department,
        "contact": source.contact,
        "expected_every_hours": int(source.expected_every.total_seconds() // 3600),
        "types": list(source.type_codes),
        "system": source.system,
        "applies": source.applies,
    }


def _interval(source: Source) -> Text:
    return interval(int(source.expected_every.total_seconds() // 3600))


def _timeliness(standing: SourceStanding, at: datetime) -> tuple[Timeliness, str, Text | None]:
    timeliness, passed = standing.timeliness(at), standing.age(at)
    return timeliness, TIMELINESS_KINDS[timeliness], None if passed is None else age(passed)
