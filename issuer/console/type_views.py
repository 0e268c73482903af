"""The form of a version: save, check, send for approval; and the page on which the second person decides."""

from __future__ import annotations

from typing import Any, Final

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from issuer.catalogue.errors import (
    ApproverIsAuthorError,
    InvalidTypeVersionError,
    TypeVersionChangedError,
    TypeVersionStateError,
)
from issuer.catalogue.examples import example_body, example_fields
from issuer.catalogue.make_type import (
    check,
    edit,
    find_version,
    propose,
    publish_version,
    send_back,
)
from issuer.catalogue.type_version import TypeVersion, VersionState
from issuer.console.blueprint import blueprint
from issuer.console.catalogue_views import VERSION_KINDS, WORDS, colour_class
from issuer.console.desk import READERS, current_desk, staff_only
from issuer.console.type_form import (
    MASK_NAMES,
    PALETTE,
    carry_out,
    choice_lines,
    content_of,
    mask_choice,
    problems_by_place,
)
from issuer.library.change_input import parse_reason
from issuer.library.licence import local_day
from issuer.node import current_node
from issuer.staff import StaffRole
from standards.errors import ElicenceError, InvalidInputError
from standards.json_reader import Reader
from standards.licence_types import COMMON_CLAIMS, LicenceType

_SHOWN_ON_THE_PAGE: Final = (
    InvalidInputError,
    TypeVersionStateError,
    TypeVersionChangedError,
)


@blueprint.get("/catalogue/<code>/versions/<version>")
@staff_only(*READERS)
def edit_type(code: str, version: str) -> str:
    """A version of this authority: the form of a draft, or what waits for approval."""
    return _page(_version(code, version))


@blueprint.post("/catalogue/<code>/versions/<version>")
@staff_only(StaffRole.CLERK)
def save_type(code: str, version: str) -> Response | tuple[str, int]:
    """Save what was typed, always; then do what the button says."""
    node, desk, at = current_node(), current_desk(), current_node().clock.now()
    draft, action = _version(code, version), request.form.get("action", "save")
    content = content_of(request.form, draft.content)
    try:
        if request.form.get("revision") != str(draft.revision):
            raise TypeVersionChangedError
        draft = edit(node.types, draft, carry_out(content, action), by=desk.actor, at=at)
        if action == "propose":
            draft = propose(node.types, draft, by=desk.actor, at=at)
    except InvalidTypeVersionError:
        return redirect(_address(draft, checked=1, _anchor="problems"), code=303)
    except _SHOWN_ON_THE_PAGE as error:
        return _page(_version(code, version), error, content), 400
    more: dict[str, Any] = {"checked": 1} if action == "check" else {}
    kind = action.partition(".")[0]
    anchor = {"fields": "fields", "parts": "coding"}.get(kind, "top")
    return redirect(_address(draft, **more, saved=1, _anchor=anchor), code=303)


@blueprint.post("/catalogue/<code>/versions/<version>/decision")
@staff_only(StaffRole.APPROVER)
def decide_type(code: str, version: str) -> Response | tuple[str, int]:
    """Approve and publish, or send back with what has to change."""
    node, desk, at = current_node(), current_desk(), current_node().clock.now()
    proposed = _version(code, version)
    try:
        if request.form.get("decision") == "publish":
            publish_version(node.types, proposed, by=desk.actor, at=at)
            return redirect(url_for("console.show_type", code=code, published=1), code=303)
        note = parse_reason(Reader(request.form.to_dict()))
        send_back(node.types, proposed, note, by=desk.actor, at=at)
    except (*_SHOWN_ON_THE_PAGE, ApproverIsAuthorError) as error:
        return _page(_version(code, version), error), 400
    return redirect(url_for("console.catalogue"), code=303)


@blueprint.post("/catalogue/<code>/versions/<version>/removal")
@staff_only(StaffRole.CLERK)
def discard_type(code: str, version: str) -> Response:
    """Throw a draft away."""
    draft = _version(code, version)
    current_node().types.store.remove(draft)
    return redirect(url_for("console.catalogue", gone=draft.name.zh), code=303)


def _version(code: str, version: str) -> TypeVersion:
    return find_version(current_node().types, current_desk().authority, code, version)


def _address(version: TypeVersion, **more: Any) -> str:
    return url_for("console.edit_type", code=version.code, version=version.version, **more)


def _page(version: TypeVersion, error: ElicenceError | None = None, typed: Any = None) -> str:
    node, desk = current_node(), current_desk()
    licence_type, errors = check(node.types, version)
    is_clerk = desk.may(StaffRole.CLERK)
    content = version.content if typed is None else typed
    common = {
        "desk": desk,
        "version": version,
        "content": content,
        "type": licence_type,
        "example": None if licence_type is None else _example(licence_type),
        "errors": errors,
        "error": error,
        "is_clerk": is_clerk,
        "is_approver": desk.may(StaffRole.APPROVER),
        "version_kinds": VERSION_KINDS,
        "colour_class": colour_class,
        "typed_reason": request.form.get("reason", ""),
        **WORDS,
    }
    if version.state is not VersionState.DRAFT or not is_clerk:
        return render_template("issuer/console/type_version.html", **common)
    checked = "checked" in request.args
    return render_template(
        "issuer/console/type_form.html",
        checked=checked,
        saved="saved" in request.args,
        wrong=problems_by_place(errors) if checked else {},
        common_claims=COMMON_CLAIMS,
        masks=MASK_NAMES,
        mask_choice=mask_choice,
        choice_lines=choice_lines,
        palette=PALETTE,
        newest=node.catalogue.find(version.code),
        **common,
    )


def _example(licence_type: LicenceType) -> dict[str, Any]:
    """Values for the preview: of the type's own fields, and the few of the record that a face shows."""
    body = example_body(licence_type, local_day(current_node().clock.now()))
    holder = body["holders"][0]
    return {
        "holder_name": holder["name"],
        "holder_number": holder["number"],
        "issuing_authority": current_desk().authority.name.zh,
        "issue_date": body["issue_date"],
        **example_fields(licence_type),
    }
