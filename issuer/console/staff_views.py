"""The staff of the authority: who is enrolled in which roles; for administrators."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from issuer.console.blueprint import blueprint
from issuer.console.desk import current_desk, staff_only
from issuer.node import current_node
from issuer.staff import StaffRole, enrol_as_administrator, remove_as_administrator
from issuer.staff.member import ROLE_NAMES, ROLE_RIGHTS
from standards.codes.holder_code import HOLDER_CODE_TYPES, HolderKind
from standards.errors import InvalidInputError

PERSON_CODE_TYPES = tuple(
    one for one in HOLDER_CODE_TYPES.values() if one.kind is not HolderKind.LEGAL_ENTITY
)


@blueprint.get("/staff")
@staff_only(StaffRole.ADMINISTRATOR)
def staff() -> str:
    """Who is on the staff, and the form to enrol somebody."""
    return _page()


@blueprint.post("/staff")
@staff_only(StaffRole.ADMINISTRATOR)
def enrol() -> Response | tuple[str, int]:
    """Enrol a person, or set the roles of one who is enrolled."""
    node, desk = current_node(), current_desk()
    try:
        member = enrol_as_administrator(
            node.staff,
            node.authorities,
            administrator=desk.member,
            code_type=request.form.get("code_type", ""),
            number=request.form.get("number", "").strip(),
            name=request.form.get("name", ""),
            roles=[role for role in StaffRole if role.value in request.form.getlist("roles")],
            at=node.clock.now(),
        )
    except InvalidInputError as error:
        return _page(error), 400
    return redirect(url_for("console.staff", done="enrolled", member=member.id), code=303)


@blueprint.post("/staff/<member_id>/remove")
@staff_only(StaffRole.ADMINISTRATOR)
def remove(member_id: str) -> Response | tuple[str, int]:
    """Take a person off the staff."""
    try:
        remove_as_administrator(
            current_node().staff, administrator=current_desk().member, member_id=member_id
        )
    except InvalidInputError as error:
        return _page(error), 400
    return redirect(url_for("console.staff", done="removed"), code=303)


def _page(error: InvalidInputError | None = None) -> str:
    node, desk = current_node(), current_desk()
    members = node.staff.staff_of(desk.authority.uscc)
    named = request.args.get("member")
    return render_template(
        "issuer/console/staff.html",
        desk=desk,
        members=members,
        role_names=ROLE_NAMES,
        role_rights=ROLE_RIGHTS,
        roles=tuple(StaffRole),
        code_types=PERSON_CODE_TYPES,
        typed=request.form,
        typed_roles=request.form.getlist("roles"),
        error=error,
        wrong=None if error is None else error.where,
        done=request.args.get("done"),
        enrolled=next((member.name for member in members if member.id == named), None),
    )
