"""The catalogue at the console: all types, one type with its versions, ending a type."""

from __future__ import annotations

import re
from typing import Final

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from issuer.catalogue.errors import (
    AlreadyWithdrawnError,
    ApproverIsAuthorError,
    NoWithdrawalError,
    TypeVersionNotFoundError,
    TypeVersionOpenError,
)
from issuer.catalogue.make_type import begin_next_version, begin_type, may_define
from issuer.catalogue.type_version import TypeVersion, VersionState
from issuer.catalogue.withdraw_type import decide_withdrawal, propose_withdrawal
from issuer.console.blueprint import blueprint
from issuer.console.desk import READERS, Desk, current_desk, staff_only
from issuer.console.type_words import (
    CATEGORIES,
    GRADES,
    KINDS,
    LEVELS,
    ORIGINS,
    PARTS,
    SHARE_CLASSES,
    VALIDITIES,
)
from issuer.library.change_input import parse_reason
from issuer.node import IssuerNode, current_node
from issuer.staff import StaffRole
from standards.codes.holder_code import HOLDER_CODE_TYPES
from standards.errors import ElicenceError, InvalidInputError
from standards.json_reader import Reader
from standards.licence_types import DEPARTMENTS
from standards.licence_types.licence_type import Appearance

WORDS: Final = {
    "kinds": KINDS,
    "grades": GRADES,
    "share_classes": SHARE_CLASSES,
    "categories": CATEGORIES,
    "validities": VALIDITIES,
    "levels": LEVELS,
    "origins": ORIGINS,
    "part_kinds": PARTS,
    "departments": DEPARTMENTS,
    "code_types": HOLDER_CODE_TYPES,
}
"""Closed lists in words, for the templates."""

VERSION_KINDS: Final = {
    VersionState.DRAFT: "info",
    VersionState.PROPOSED: "warning",
    VersionState.PUBLISHED: "success",
}

_COLOURS: Final = re.compile(r"([0-9a-f]{6})-([0-9a-f]{6})", re.ASCII)


@blueprint.get("/catalogue")
@staff_only(*READERS, StaffRole.ADMINISTRATOR)
def catalogue() -> str:
    """All types in their newest versions; what this authority is making stands above."""
    node, desk = current_node(), current_desk()
    versions: dict[str, int] = {}
    for one in node.catalogue.versions():
        versions[one.code] = versions.get(one.code, 0) + 1
    return render_template(
        "issuer/console/catalogue.html",
        desk=desk,
        types=node.catalogue.all(),
        versions=versions,
        withdrawn={one.code for one in node.catalogue.all() if node.catalogue.is_withdrawn(one.code)},
        drafts=[
            one
            for one in node.types.store.of_owner(desk.authority.uscc)
            if one.state is not VersionState.PUBLISHED
        ],
        version_kinds=VERSION_KINDS,
        is_clerk=desk.may(StaffRole.CLERK),
        is_reader=desk.may(*READERS),
        gone=request.args.get("gone"),
        **WORDS,
    )


@blueprint.post("/catalogue")
@staff_only(StaffRole.CLERK)
def new_type() -> BaseResponse:
    """Begin a type of this authority."""
    node, desk = current_node(), current_desk()
    made = begin_type(node.types, desk.authority, None, by=desk.actor, at=node.clock.now())
    return redirect(url_for("console.edit_type", code=made.code, version=made.version), code=303)


@blueprint.get("/catalogue/<code>")
@staff_only(*READERS, StaffRole.ADMINISTRATOR)
def show_type(code: str) -> str:
    """One type: its rules, its fields, its versions."""
    return _type_page(code)


@blueprint.post("/catalogue/<code>/versions")
@staff_only(StaffRole.CLERK)
def next_version(code: str) -> BaseResponse:
    """Begin the next version, or go to the one that is under way."""
    node, desk = current_node(), current_desk()
    newest = node.catalogue.find(code)
    try:
        made = begin_next_version(
            node.types,
            desk.authority,
            code,
            None,
            enrolled=enrolled(node),
            by=desk.actor,
            at=node.clock.now(),
        )
        version = made.version
    except TypeVersionOpenError:
        version = int(newest.version) + 1 if newest is not None else 1
    return redirect(url_for("console.edit_type", code=code, version=version), code=303)


@blueprint.post("/catalogue/<code>/withdrawal")
@staff_only(StaffRole.CLERK)
def ask_withdrawal(code: str) -> BaseResponse | tuple[str, int]:
    """Ask that no new licences of a type be issued."""
    node, desk = current_node(), current_desk()
    try:
        propose_withdrawal(
            node.types,
            desk.authority,
            code,
            parse_reason(Reader(request.form.to_dict())),
            enrolled=enrolled(node),
            by=desk.actor,
            at=node.clock.now(),
        )
    except (InvalidInputError, AlreadyWithdrawnError) as error:
        return _type_page(code, error), 400
    return redirect(url_for("console.show_type", code=code), code=303)


@blueprint.post("/catalogue/<code>/withdrawal/decision")
@staff_only(StaffRole.APPROVER)
def settle_withdrawal(code: str) -> BaseResponse | tuple[str, int]:
    """Approve or refuse it."""
    node, desk = current_node(), current_desk()
    approved = request.form.get("decision") == "approve"
    try:
        decide_withdrawal(
            node.types, desk.authority, code, approved=approved, by=desk.actor, at=node.clock.now()
        )
    except (ApproverIsAuthorError, NoWithdrawalError) as error:
        return _type_page(code, error), 400
    return redirect(url_for("console.show_type", code=code), code=303)


@blueprint.get("/catalogue/colours.css")
@staff_only(*READERS, StaffRole.ADMINISTRATOR)
def type_colours() -> Response:
    """Card colours as classes, because pages may hold no inline style: those of the catalogue, and ``?more=``."""
    pairs = {
        (one.appearance.background[1:], one.appearance.text[1:])
        for one in current_node().catalogue.versions()
    }
    more = _COLOURS.fullmatch(request.args.get("more", ""))
    if more is not None:
        pairs.add((more[1], more[2]))
    rules = [f".type--{back}-{text}{{background:#{back};color:#{text}}}" for back, text in sorted(pairs)]
    return Response("\n".join(rules), mimetype="text/css", headers={"Cache-Control": "private, max-age=60"})


def colour_class(appearance: Appearance) -> str:
    """The class of a card."""
    return f"type--{appearance.background[1:]}-{appearance.text[1:]}"


def enrolled(node: IssuerNode) -> frozenset[str]:
    """USCCs of the authorities of this node."""
    return frozenset(one.uscc for one in node.authorities.all(node.clock.now()))


def _type_page(code: str, error: ElicenceError | None = None) -> str:
    node, desk = current_node(), current_desk()
    versions = sorted(
        (one for one in node.catalogue.versions() if one.code == code), key=lambda one: -int(one.version)
    )
    if not versions:
        raise TypeVersionNotFoundError
    shown = next((one for one in versions if one.version == request.args.get("version")), versions[0])
    defines = may_define(node.types, desk.authority, code, enrolled(node))
    made = node.types.store.of_type(code)
    return render_template(
        "issuer/console/type.html",
        desk=desk,
        type=shown,
        versions=versions,
        made={one.vct: one for one in made},
        draft=_draft_of(desk, made),
        withdrawal=node.types.store.withdrawal(code),
        issuers=[one for one in node.authorities.all(node.clock.now()) if code in one.licence_types],
        defines=defines,
        is_clerk=desk.may(StaffRole.CLERK),
        is_approver=desk.may(StaffRole.APPROVER),
        colour_class=colour_class,
        version_kinds=VERSION_KINDS,
        error=error,
        typed_reason=request.form.get("reason", ""),
        **WORDS,
    )


def _draft_of(desk: Desk, made: tuple[TypeVersion, ...]) -> TypeVersion | None:
    own = (one for one in made if one.owner == desk.authority.uscc)
    return next((one for one in own if one.state is not VersionState.PUBLISHED), None)
