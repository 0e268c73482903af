"""Finding licences by holder, number or identifier, for a stated cause; and the log of who did so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask import render_template, request

from issuer.console.blueprint import blueprint
from issuer.console.desk import READERS, current_desk, staff_only
from issuer.console.licence_rows import licence_rows
from issuer.node import current_node
from issuer.searching.search_licences import search_licences
from issuer.searching.search_request import SearchBy, parse_search
from issuer.searching.views import search_desk
from issuer.staff import StaffRole
from standards.codes.holder_code import HOLDER_CODE_TYPES
from standards.errors import InvalidInputError
from standards.text import Text

_MEMBERS: Final = {
    SearchBy.NUMBER: ("licence_number", "cause"),
    SearchBy.IDENTIFIER: ("identifier", "cause"),
    SearchBy.HOLDER: ("holder_code_type", "holder_number", "type", "cause"),
}
"""What is read of the form, by what somebody looks by; the first way is the one that the empty form offers."""


@blueprint.route("/find", methods=["GET", "POST"])
@staff_only(*READERS)
def find() -> str | tuple[str, int]:
    """The form, and below it what was found. Numbers travel in the body of a POST, never in an address."""
    if request.method == "GET":
        return _form()
    node, desk = current_node(), current_desk()
    at = node.clock.now()
    typed = {name: request.form.get(name, "").strip() for name in _MEMBERS[_way()]}
    try:
        search = parse_search(typed, node.catalogue)
    except InvalidInputError as error:
        return _form(error=error), 400
    found = search_licences(
        search_desk(node), search, authority=desk.authority.uscc, by=desk.member.id, at=at
    )
    return _form(rows=licence_rows(node.library, found, at))


@blueprint.get("/searches")
@staff_only(StaffRole.AUDITOR)
def searches() -> str:
    """The search log of the authority, newest first."""
    node, desk = current_node(), current_desk()
    names: dict[str | None, Text] = {one.code: one.name for one in node.catalogue}
    # The log names staff by their id; a calling system stands in it by its own name.
    staff = {member.id: member.name for member in node.staff.staff_of(desk.authority.uscc)}
    entries = [
        (entry, names.get(entry.type_code, entry.search_by.label), staff.get(entry.by, entry.by))
        for entry in node.search_log.newest(desk.authority.uscc)
    ]
    return render_template("issuer/console/searches.html", desk=desk, entries=entries)


def _way() -> SearchBy:
    given = request.form.get("by")
    return SearchBy(given) if given in set(SearchBy) else SearchBy.HOLDER


def _form(*, error: InvalidInputError | None = None, rows: Sequence[object] | None = None) -> str:
    desk = current_desk()
    node = current_node()
    return render_template(
        "issuer/console/find.html",
        desk=desk,
        typed=request.form,
        ways=tuple(_MEMBERS),
        way=_way() if request.method == "POST" else next(iter(_MEMBERS)),
        error=error,
        wrong=None if error is None else (error.where or "").removeprefix("/"),
        rows=rows,
        types=[node.catalogue.by_code(code) for code in desk.authority.licence_types],
        code_types=list(HOLDER_CODE_TYPES.values()),
    )
