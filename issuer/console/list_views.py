"""The first page, the list of licences, and the switch between posts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from issuer.console.blueprint import blueprint
from issuer.console.desk import AUTHORITY_COOKIE, READERS, Desk, current_desk, find_desk, staff_only
from issuer.console.licence_rows import licence_rows
from issuer.library.licence import Licence, LicenceState
from issuer.library.selection import DECIDED_STATES
from issuer.library.store.finding import ListFilter, Place
from issuer.node import current_node
from issuer.operations.desk import open_operations
from service.web.kit import current_kit
from service.web.sign_in import current_person, require_person

PAGE_SIZE: Final = 50

MOST_COUNTED: Final = 1_000
"""Beyond it a list only says that there are more: counting a million takes longer than showing fifty."""

_PLACE: Final = re.compile(r"([0-9]{1,14})-([0-9A-Z.]{1,160})", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@blueprint.get("/")
def home() -> str:
    """A word of welcome, or the list for staff at work."""
    if current_person() is None:
        return render_template("issuer/console/welcome.html")
    desk = find_desk()
    if desk is None:
        return render_template("issuer/console/no_post.html")
    if not desk.may(*READERS):
        return render_template("issuer/console/no_licences.html", desk=desk)
    return _list(_filter(desk))


@blueprint.get("/proposals")
@staff_only(*READERS)
def proposals() -> str:
    """The licences with an operation that waits for its approval."""
    return _list(ListFilter(current_desk().authority.uscc, with_proposal=True))


@blueprint.post("/post")
def change_post() -> Response:
    """Work for another of one's authorities."""
    require_person()
    desk = find_desk()
    response = redirect(url_for("console.home"), code=303)
    wanted = request.form.get("authority", "")
    if desk is not None and wanted in {authority.uscc for _, authority in desk.posts}:
        secure = current_kit().over_https
        response.set_cookie(AUTHORITY_COOKIE, wanted, samesite="Lax", httponly=True, secure=secure)
    return response


def _list(wanted: ListFilter) -> str:
    node, desk = current_node(), current_desk()
    older, newer = _place("older"), _place("newer")
    page = node.finder.page(wanted, limit=PAGE_SIZE, older_than=older, newer_than=newer)
    if not page.licences and (older or newer):
        # What stood beside that place is gone, or the address was made up: the list begins anew.
        page = node.finder.page(wanted, limit=PAGE_SIZE)
    total = node.finder.count_listed(wanted, MOST_COUNTED + 1)
    return render_template(
        "issuer/console/licences.html",
        desk=desk,
        rows=licence_rows(node.library, page.licences, node.clock.now()),
        wanted=wanted,
        total=min(total, MOST_COUNTED),
        is_more=total > MOST_COUNTED,
        newer=_name_of(page.licences[0]) if page.has_newer else None,
        older=_name_of(page.licences[-1]) if page.has_older else None,
        types=[node.catalogue.by_code(code) for code in desk.authority.licence_types],
        states=DECIDED_STATES,
        bulk_waiting=open_operations(node).operations.count_proposed(wanted.authority)
        if wanted.with_proposal
        else 0,
    )


def _name_of(licence: Licence) -> str:
    """The licence's place in the list, for an address: milliseconds as the store keeps them, and the identifier."""
    return f"{round(licence.recorded_at.timestamp() * 1000)}-{licence.identifier}"


def _place(argument: str) -> Place | None:
    found = _PLACE.fullmatch(request.args.get(argument, ""))
    return found and Place(_EPOCH + timedelta(milliseconds=int(found[1])), found[2])


def _filter(desk: Desk) -> ListFilter:
    codes = tuple(one.code for one in current_node().catalogue)
    given = request.args.get("state")
    return ListFilter(
        desk.authority.uscc,
        type_code=request.args.get("type") or None,
        state=LicenceState(given) if given in set(LicenceState) else None,
        type_codes=codes,
    )
