"""The queue of discrepancies, and one of them with both values side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from issuer.console.blueprint import blueprint
from issuer.console.desk import READERS, current_desk, staff_only
from issuer.console.discrepancy_page import age, discrepancy_row, shown_value
from issuer.console.licence_views import SHOWN_ON_THE_PAGE
from issuer.discrepancies.decide import (
    DiscrepancyDesk,
    Owner,
    assign,
    close,
    licence_of,
    present_value,
    reopen,
)
from issuer.discrepancies.decision_input import (
    MAX_NOTE_CHARS,
    cursor_of,
    parse_closing,
    parse_cursor,
    parse_filter,
)
from issuer.discrepancies.discrepancy import Discrepancy, DiscrepancyFilter, DiscrepancyState
from issuer.discrepancies.errors import (
    DiscrepancyChangedError,
    DiscrepancyClosedError,
    DiscrepancyNotFoundError,
    DiscrepancyOpenError,
    NotAuthoritativeError,
    NothingToTakeError,
)
from issuer.node import IssuerNode, current_node
from issuer.staff import StaffMember, StaffRole, require_role
from standards.errors import ElicenceError, InvalidInputError
from standards.json_reader import Reader

PAGE_SIZE: Final = 50
_COUNTED: Final = 10_000
"""Beyond this the queue says "more than": nobody reads the exact number, and counting on costs time."""

_MENDED_ON_THE_PAGE: Final = (
    *SHOWN_ON_THE_PAGE,
    DiscrepancyChangedError,
    DiscrepancyClosedError,
    DiscrepancyOpenError,
    NotAuthoritativeError,
    NothingToTakeError,
)


@blueprint.get("/discrepancies")
@staff_only(*READERS)
def discrepancies() -> str:
    """The queue, oldest first; what is closed by choice."""
    node, desk = current_node(), current_desk()
    given = dict(request.args.items())
    if given.get("owner") == "me":
        given["owner"] = desk.member.id
    try:
        wanted, after = parse_filter(given), parse_cursor(given.get("after"))
    except InvalidInputError:
        # An address typed by hand, or an old link: the whole queue is the answer.
        wanted, after = DiscrepancyFilter(), None
    at, authority = node.clock.now(), desk.authority.uscc
    found = node.discrepancies.list(authority, wanted, after=after, limit=PAGE_SIZE)
    names = {member.id: member.name for member in node.staff.staff_of(authority)}
    query = {
        name: value for name in ("state", "type", "source", "owner") if (value := request.args.get(name))
    }
    return render_template(
        "issuer/console/discrepancies.html",
        desk=desk,
        rows=[(discrepancy_row(one, node.catalogue, names), age(at - one.first_seen)) for one in found],
        holders=_holders(node, authority, found),
        total=node.discrepancies.count(authority, wanted, at_most=_COUNTED),
        most=_COUNTED,
        query=query,
        states=tuple(DiscrepancyState),
        types=[node.catalogue.by_code(code) for code in desk.authority.licence_types],
        sources=[(source.code, source.name) for source in node.sources.all(authority)],
        following=cursor_of(found[-1]) if len(found) == PAGE_SIZE else None,
        is_first=after is None,
    )


@blueprint.get("/discrepancies/<discrepancy>")
@staff_only(*READERS)
def show_discrepancy(discrepancy: str) -> str:
    """Both values, what can be decided, what happened."""
    return _page(_at_desk(discrepancy))


@blueprint.post("/discrepancies/<discrepancy>/owner")
@staff_only(StaffRole.CLERK, StaffRole.APPROVER)
def own_discrepancy(discrepancy: str) -> Response | tuple[str, int]:
    """Take it, put it back, or (an approver) give it to a colleague."""
    node, desk = current_node(), current_desk()
    found = _at_desk(discrepancy)
    wanted = request.form.get("owner", "")
    owner = None
    if wanted:
        member = next((one for one in _able(node, found.authority) if one.id == wanted), None)
        owner = None if member is None else Owner(member.id, member.name)
        if wanted != desk.member.id:
            require_role(desk.member, StaffRole.APPROVER)
    try:
        assign(node.discrepancies, found, owner, by=desk.member.name, at=node.clock.now())
    except _MENDED_ON_THE_PAGE as error:
        return _page(_at_desk(discrepancy), error), 400
    return _back(discrepancy)


@blueprint.post("/discrepancies/<discrepancy>/closing")
@staff_only(StaffRole.CLERK, StaffRole.APPROVER)
def close_discrepancy(discrepancy: str) -> Response | tuple[str, int]:
    """Close it for a reason; the value of the authoritative source is taken by a clerk, as any change is."""
    node, desk = current_node(), current_desk()
    found = _at_desk(discrepancy)
    try:
        if request.form.get("revision") != str(found.revision):
            raise DiscrepancyChangedError
        closing = parse_closing(
            Reader({name: request.form[name] for name in ("reason", "note") if name in request.form}),
            by=desk.member.name,
            at=node.clock.now(),
        )
        if closing.reason.changes_licence:
            require_role(desk.member, StaffRole.CLERK)
        desk_of = DiscrepancyDesk(node.discrepancies, node.library, node.current_licences)
        close(desk_of, found, closing, actor=desk.actor, system=None)
    except _MENDED_ON_THE_PAGE as error:
        return _page(_at_desk(discrepancy), error), 400
    return _back(discrepancy)


@blueprint.post("/discrepancies/<discrepancy>/reopening")
@staff_only(StaffRole.CLERK, StaffRole.APPROVER)
def reopen_discrepancy(discrepancy: str) -> Response | tuple[str, int]:
    """Open it again after closing it by mistake."""
    node, desk = current_node(), current_desk()
    try:
        reopen(node.discrepancies, _at_desk(discrepancy), by=desk.member.name, at=node.clock.now())
    except _MENDED_ON_THE_PAGE as error:
        return _page(_at_desk(discrepancy), error), 400
    return _back(discrepancy)


def _holders(node: IssuerNode, authority: str, found: Sequence[Discrepancy]) -> dict[str, str]:
    """Identifier → whose licence it is, all read together."""
    licences = node.current_licences.of(authority, {one.identifier for one in found})
    return {
        identifier: "、".join(holder.name for holder in licence.holders)
        for identifier, licence in licences.items()
    }


def _page(found: Discrepancy, error: ElicenceError | None = None) -> str:
    node, desk = current_node(), current_desk()
    names = {member.id: member.name for member in node.staff.staff_of(found.authority)}
    row = discrepancy_row(found, node.catalogue, names)
    licence = licence_of(DiscrepancyDesk(node.discrepancies, node.library, node.current_licences), found)
    now = None if licence is None else present_value(found, licence)
    may_decide = desk.may(StaffRole.CLERK, StaffRole.APPROVER)
    return render_template(
        "issuer/console/discrepancy.html",
        desk=desk,
        row=row,
        one=found,
        licence=licence,
        holders=() if licence is None else tuple(holder.name for holder in licence.holders),
        # Somebody changed the licence since it was compared: who decides must see that.
        now=shown_value(row.labelled, now) if licence is not None and now != found.current else None,
        agrees=licence is not None and now == found.incoming,
        error=error,
        wrong_note=error is not None and error.where == "/note",
        typed=request.form,
        max_note=MAX_NOTE_CHARS,
        may_decide=may_decide,
        reasons=[
            reason for reason in found.reasons if not reason.changes_licence or desk.may(StaffRole.CLERK)
        ],
        colleagues=[(one.id, one.name) for one in _able(node, found.authority)]
        if desk.may(StaffRole.APPROVER)
        else [],
        is_mine=found.owner == desk.member.id,
        done=request.args.get("done") is not None,
    )


def _able(node: IssuerNode, authority: str) -> list[StaffMember]:
    """The staff who may deal with discrepancies."""
    return [
        member
        for member in node.staff.staff_of(authority)
        if not member.roles.isdisjoint({StaffRole.CLERK, StaffRole.APPROVER})
    ]


def _at_desk(discrepancy: str) -> Discrepancy:
    found = current_node().discrepancies.find(current_desk().authority.uscc, discrepancy)
    if found is None:
        raise DiscrepancyNotFoundError
    return found


def _back(discrepancy: str) -> Response:
    return redirect(url_for("console.show_discrepancy", discrepancy=discrepancy, done=1), code=303)
