"""The form with which a clerk changes what a licence says; the result is a new version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from issuer.console.blueprint import blueprint
from issuer.console.desk import current_desk, licence_at_desk, staff_only
from issuer.console.licence_views import SHOWN_ON_THE_PAGE
from issuer.library.change_input import parse_change_request
from issuer.library.change_licence import change_licence
from issuer.library.errors import InvalidLicenceError
from issuer.library.licence import Licence, local_day
from issuer.node import current_node
from issuer.staff import StaffRole
from standards.errors import ElicenceError
from standards.licence_types import FieldKind, LicenceType
from standards.text import Text

_PREFIX: Final = "fields."


@blueprint.get("/licences/<identifier>/change")
@staff_only(StaffRole.CLERK)
def change_form(identifier: str) -> str:
    """The form with the present values."""
    return _form(licence_at_desk(identifier))


@blueprint.post("/licences/<identifier>/change")
@staff_only(StaffRole.CLERK)
def change(identifier: str) -> Response | tuple[str, int]:
    """Make the new version out of the fields that were changed."""
    node, desk, licence = current_node(), current_desk(), licence_at_desk(identifier)
    at, licence_type = node.clock.now(), node.catalogue.by_code(licence.type_code)
    changed = changed_fields(licence, licence_type, request.form)
    body: dict[str, Any] = {"operation": "change", "reason": request.form.get("reason", "")}
    if changed:
        body["changes"] = {"fields": changed}
    try:
        change_request = parse_change_request(
            body, licence, licence_type, node.catalogue, today=local_day(at)
        )
        made = change_licence(node.library, licence, change_request, caller=desk.actor, system=None, at=at)
    except SHOWN_ON_THE_PAGE as error:
        return _form(licence, error), 400
    shown = made.successor or made.licence
    return redirect(url_for("console.show_licence", identifier=str(shown.identifier), done=1), code=303)


def changed_fields(licence: Licence, licence_type: LicenceType, form: Mapping[str, str]) -> dict[str, Any]:
    """The fields whose value in the form differs from the licence's; an emptied one is ``None``."""
    changed: dict[str, Any] = {}
    for field in licence_type.own_fields:
        text = form.get(_PREFIX + field.name)
        if text is None:
            continue
        # A form ends its lines with CR LF (HTML Living Standard, form submission); a licence with LF.
        text = text.replace("\r\n", "\n").strip()
        value: Any = text or None
        if field.kind is FieldKind.INTEGER and text.isascii() and text.isdigit() and len(text) < 16:
            value = int(text)
        if value != licence.fields.get(field.name):
            changed[field.name] = value
    return changed


def _form(licence: Licence, error: ElicenceError | None = None) -> str:
    return render_template(
        "issuer/console/change.html",
        desk=current_desk(),
        licence=licence,
        # The form of today: the new version is printed on it.
        licence_type=current_node().catalogue.by_code(licence.type_code),
        typed={
            name.removeprefix(_PREFIX): value
            for name, value in request.form.items()
            if name.startswith(_PREFIX)
        },
        typed_reason=request.form.get("reason", ""),
        error=error,
        wrong=_wrong(error),
    )


def _wrong(error: ElicenceError | None) -> dict[str, Text]:
    """Field name → what is wrong with it; the whole error stands above the form when it names no field."""
    if error is None:
        return {}
    named = error.errors if isinstance(error, InvalidLicenceError) else (error,)
    return {
        found.where.rpartition("/")[2]: found.message
        for found in named
        if found.where is not None
        and (found.where.startswith("/changes/fields/") or found.where == "/reason")
    }
