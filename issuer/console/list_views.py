"""The first page, the list of licences, and the switch between posts."""

from __future__ import annotations

from typing import Final

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from issuer.console.blueprint import blueprint
from issuer.console.desk import AUTHORITY_COOKIE, READERS, current_desk, find_desk, staff_only
from issuer.console.licence_page import state_kind
from issuer.library.licence import Licence, LicenceState
from issuer.library.standing import standing
from issuer.library.store import LicenceFilter
from issuer.node import current_node
from service.web.kit import current_kit
from service.web.sign_in import current_person, require_person
from standards.licence_types.masking import NUMBER_MASK

PAGE_SIZE: Final = 50

LISTED_STATES: Final = tuple(
    state
    for state in LicenceState
    if state not in {LicenceState.NOT_YET_EFFECTIVE, LicenceState.INSPECTION_OVERDUE}
)
"""States that somebody decided; what only the passing of time makes is shown in the list but cannot be asked for."""


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
    return _list(LicenceFilter(_type_wanted(), _state_wanted()))


@blueprint.get("/proposals")
@staff_only(*READERS)
def proposals() -> str:
    """The licences with an operation that waits for its approval."""
    return _list(LicenceFilter(with_proposal=True))


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


def _list(wanted: LicenceFilter) -> str:
    node, desk = current_node(), current_desk()
    at = node.clock.now()
    page = max(request.args.get("page", 1, type=int), 1)
    total = node.licences.count(desk.authority.uscc, wanted)
    page = min(page, max(1, -(-total // PAGE_SIZE)))
    licences = node.licences.list(desk.authority.uscc, wanted, skip=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    rows = []
    for licence in licences:
        licence_type = node.library.type_of(licence)
        state = standing(licence, licence_type, at)
        rows.append((licence, licence_type, state, state_kind(state), shown_number(licence)))
    return render_template(
        "issuer/console/licences.html",
        desk=desk,
        rows=rows,
        wanted=wanted,
        total=total,
        page=page,
        pages=max(1, -(-total // PAGE_SIZE)),
        types=[node.catalogue.by_code(code) for code in desk.authority.licence_types],
        states=LISTED_STATES,
    )


def shown_number(licence: Licence) -> str:
    """The licence number as a list shows it: a person's with its ends only."""
    field_is_personal = any(holder.is_person for holder in licence.holders)
    return NUMBER_MASK.apply(licence.licence_number) if field_is_personal else licence.licence_number


def _type_wanted() -> str | None:
    return request.args.get("type") or None


def _state_wanted() -> LicenceState | None:
    given = request.args.get("state")
    return LicenceState(given) if given in set(LicenceState) else None
