"""Finding a holder's licences, for a stated cause; and the log of who did so."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, request

from issuer.console.blueprint import blueprint
from issuer.console.desk import READERS, current_desk, staff_only
from issuer.console.licence_page import state_kind
from issuer.console.list_views import shown_number
from issuer.library.standing import standing
from issuer.node import current_node
from issuer.searching.search_licences import search_licences
from issuer.searching.search_request import parse_search
from issuer.staff import StaffRole
from standards.codes.holder_code import HOLDER_CODE_TYPES
from standards.errors import InvalidInputError

_MEMBERS = ("holder_code_type", "holder_number", "type", "cause")


@blueprint.route("/find", methods=["GET", "POST"])
@staff_only(*READERS)
def find() -> str | tuple[str, int]:
    """The form, and below it what was found. Numbers travel in the body of a POST, never in an address."""
    if request.method == "GET":
        return _form()
    node, desk = current_node(), current_desk()
    at = node.clock.now()
    typed = {name: request.form.get(name, "").strip() for name in _MEMBERS}
    try:
        search = parse_search(typed, node.catalogue)
    except InvalidInputError as error:
        return _form(error=error), 400
    found = search_licences(
        node.licences,
        node.search_log,
        node.master_key.lookup_key(),
        search,
        authority=desk.authority.uscc,
        by=desk.member.id,
        at=at,
    )
    rows = [
        (licence, search.licence_type, state, state_kind(state), shown_number(licence))
        for licence in found
        if (state := standing(licence, search.licence_type, at))
    ]
    return _form(rows=rows)


@blueprint.get("/searches")
@staff_only(StaffRole.AUDITOR)
def searches() -> str:
    """The search log of the authority, newest first."""
    node, desk = current_node(), current_desk()
    names = {licence_type.code: licence_type.name for licence_type in node.catalogue}
    # The log names staff by their id; a calling system stands in it by its own name.
    staff = {member.id: member.name for member in node.staff.staff_of(desk.authority.uscc)}
    entries = [
        (entry, names[entry.type_code], staff.get(entry.by, entry.by))
        for entry in node.search_log.newest(desk.authority.uscc)
    ]
    return render_template("issuer/console/searches.html", desk=desk, entries=entries)


def _form(*, error: InvalidInputError | None = None, rows: Sequence[object] | None = None) -> str:
    desk = current_desk()
    node = current_node()
    return render_template(
        "issuer/console/find.html",
        desk=desk,
        typed=request.form,
        error=error,
        wrong=None if error is None else (error.where or "").removeprefix("/"),
        rows=rows,
        types=[node.catalogue.by_code(code) for code in desk.authority.licence_types],
        code_types=list(HOLDER_CODE_TYPES.values()),
    )
