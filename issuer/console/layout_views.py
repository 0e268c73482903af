"""Layouts at the console: what each type's documents look like, and an authority's own layouts on their way."""

from __future__ import annotations

import base64
from typing import Any, Final

from flask import Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from issuer.catalogue.errors import (
    ApproverIsAuthorError,
    TypeVersionChangedError,
    TypeVersionNotFoundError,
    TypeVersionStateError,
)
from issuer.catalogue.type_version import VersionState
from issuer.console.blueprint import blueprint
from issuer.console.catalogue_views import VERSION_KINDS
from issuer.console.desk import READERS, current_desk, staff_only
from issuer.documents.faces.errors import FaceDrawingError, FontsMissingError
from issuer.documents.faces.layout import Layout
from issuer.documents.layouts.layout_version import LayoutVersion
from issuer.documents.layouts.preview import sample_face
from issuer.documents.layouts.read_text import MAX_CHARS, place_in_words, read_layout
from issuer.library.change_input import parse_reason
from issuer.node import current_node
from issuer.staff import StaffRole
from service.web.language import in_language
from standards.errors import ElicenceError, InvalidInputError
from standards.json_reader import Reader
from standards.licence_types import LicenceType, vct_of

_SHOWN: Final = (InvalidInputError, TypeVersionStateError, TypeVersionChangedError)


@blueprint.get("/layouts")
@staff_only(*READERS)
def layouts() -> str:
    """The types that this authority issues, each with the layout in force and what is under way."""
    node, desk = current_node(), current_desk()
    made = node.documents.layouts.store.of_owner(desk.authority.uscc)
    rows = []
    for code in desk.authority.licence_types:
        licence_type = node.catalogue.find(code)
        if licence_type is not None:
            own = [one for one in made if one.vct == licence_type.vct]
            published = next((one for one in own if one.state is VersionState.PUBLISHED), None)
            open_one = next((one for one in own if one.state is not VersionState.PUBLISHED), None)
            rows.append((licence_type, published, open_one))
    return render_template(
        "issuer/console/layouts.html",
        desk=desk,
        rows=rows,
        is_clerk=desk.may(StaffRole.CLERK),
        version_kinds=VERSION_KINDS,
        gone="gone" in request.args,
        published="published" in request.args,
    )


@blueprint.get("/layouts/<code>/<version>/picture.png")
@staff_only(*READERS)
def layout_in_force(code: str, version: str) -> Response:
    """The first page of a sample in the layout that documents have now."""
    licence_type = _type(code, version)
    layout = current_node().documents.layouts.of(current_desk().authority.uscc, licence_type)
    return _private(_pictures(layout, licence_type)[0], "image/png")


@blueprint.post("/layouts/<code>/<version>")
@staff_only(StaffRole.CLERK)
def begin_layout(code: str, version: str) -> BaseResponse:
    """Begin a layout of this authority, or go to the one that is under way."""
    node, desk = current_node(), current_desk()
    draft = node.documents.layouts.begin(
        desk.authority.uscc, _type(code, version), by=desk.actor, at=node.clock.now()
    )
    return redirect(_address(draft), code=303)


@blueprint.get("/layouts/<code>/<version>/<int:number>")
@staff_only(*READERS)
def edit_layout(code: str, version: str, number: int) -> str:
    """A version: the form of a draft beside its picture, or what waits for approval."""
    return _page(_version(code, version, number), _type(code, version))


@blueprint.post("/layouts/<code>/<version>/<int:number>")
@staff_only(StaffRole.CLERK)
def save_layout(code: str, version: str, number: int) -> BaseResponse | tuple[str, int]:
    """Save what was typed, always; then do what the button says."""
    node, desk, at = current_node(), current_desk(), current_node().clock.now()
    licence_type, draft = _type(code, version), _version(code, version, number)
    layouts, action, text = node.documents.layouts, request.form.get("action", "save"), _typed()
    try:
        if action == "discard":
            layouts.store.remove(draft)
            return redirect(url_for("console.layouts", gone=1), code=303)
        if request.form.get("revision") != str(draft.revision):
            raise TypeVersionChangedError
        draft = layouts.edit(draft, text, by=desk.actor, at=at)
        if action == "propose":
            layouts.propose(draft, licence_type, by=desk.actor, at=at)
    except _SHOWN as error:
        return _page(_version(code, version, number), licence_type, error, text), 400
    return redirect(_address(draft, saved=1), code=303)


@blueprint.post("/layouts/<code>/<version>/<int:number>/decision")
@staff_only(StaffRole.APPROVER)
def decide_layout(code: str, version: str, number: int) -> BaseResponse | tuple[str, int]:
    """Approve and publish, or send back with what has to change."""
    node, desk, at = current_node(), current_desk(), current_node().clock.now()
    licence_type, proposed = _type(code, version), _version(code, version, number)
    layouts = node.documents.layouts
    try:
        if request.form.get("decision") == "publish":
            layouts.publish(proposed, licence_type, by=desk.actor, at=at)
            return redirect(url_for("console.layouts", published=1), code=303)
        layouts.send_back(proposed, parse_reason(Reader(request.form.to_dict())), by=desk.actor, at=at)
    except (*_SHOWN, ApproverIsAuthorError) as error:
        return _page(proposed, licence_type, error), 400
    return redirect(url_for("console.layouts"), code=303)


@blueprint.post("/layouts/<code>/<version>/preview")
@staff_only(*READERS)
def preview_layout(code: str, version: str) -> Response:
    """What was typed, as pictures; or what is wrong with it. Nothing is kept."""
    licence_type = _type(code, version)
    pictures, error = _drawn(_typed(), licence_type)
    if error is not None:
        return jsonify(_problem(error))
    return jsonify({"pictures": pictures})


@blueprint.get("/layouts/<code>/<version>/<int:number>/sample.pdf")
@staff_only(*READERS)
def layout_sample(code: str, version: str, number: int) -> Response:
    """A version as a PDF with a fictional licence: a sample, not sealed."""
    node, desk, licence_type = current_node(), current_desk(), _type(code, version)
    layout = read_layout(_version(code, version, number).text, licence_type)
    face = sample_face(layout, licence_type, desk.authority.name.zh, node.clock.now())
    return _private(node.documents.renderer.render(face).pdf, "application/pdf")


def _type(code: str, version: str) -> LicenceType:
    """A type that this authority issues, in one of its versions."""
    found = current_node().catalogue.find_vct(vct_of(code, version))
    if found is None or code not in current_desk().authority.licence_types:
        raise TypeVersionNotFoundError
    return found


def _version(code: str, version: str, number: int) -> LayoutVersion:
    owner = current_desk().authority.uscc
    return current_node().documents.layouts.find(owner, vct_of(code, version), number)


def _typed() -> str:
    # A browser sends line ends of its own.
    return request.form.get("text", "").replace("\r\n", "\n")


def _pictures(layout: Layout, licence_type: LicenceType) -> tuple[bytes, ...]:
    node, authority = current_node(), current_desk().authority
    return node.documents.renderer.pictures(
        sample_face(layout, licence_type, authority.name.zh, node.clock.now())
    )


def _drawn(text: str, licence_type: LicenceType) -> tuple[list[str], ElicenceError | None]:
    """Pictures as addresses of their own, or what keeps them from being drawn."""
    try:
        made = _pictures(read_layout(text, licence_type), licence_type)
    except (InvalidInputError, FontsMissingError, FaceDrawingError) as error:
        return [], error
    return [f"data:image/png;base64,{base64.b64encode(one).decode('ascii')}" for one in made], None


def _problem(error: ElicenceError) -> dict[str, str]:
    place = place_in_words(error.where)
    return {
        "error": in_language(error.message),
        "place": in_language(place) if place is not None else "",
        "next": in_language(error.next_step) if error.next_step is not None else "",
    }


def _page(
    version: LayoutVersion, licence_type: LicenceType, error: ElicenceError | None = None, typed: str = ""
) -> str:
    desk = current_desk()
    text = typed or version.text
    pictures, wrong = _drawn(text, licence_type)
    common: dict[str, Any] = {
        "desk": desk,
        "version": version,
        "type": licence_type,
        "text": text,
        "pictures": pictures,
        "wrong": wrong,
        "place": None if wrong is None else place_in_words(wrong.where),
        "error": None if error is not None and wrong is not None and error.where == wrong.where else error,
        "is_approver": desk.may(StaffRole.APPROVER),
        "version_kinds": VERSION_KINDS,
        "saved": "saved" in request.args,
        "typed_reason": request.form.get("reason", ""),
        "longest": MAX_CHARS,
        "may_edit": version.state is VersionState.DRAFT and desk.may(StaffRole.CLERK),
    }
    return render_template("issuer/console/layout.html", **common)


def _address(version: LayoutVersion, **more: Any) -> str:
    code, number = version.vct.rsplit(":", 2)[1:]
    return url_for("console.edit_layout", code=code, version=number, number=version.number, **more)


def _private(data: bytes, media_type: str) -> Response:
    return Response(data, mimetype=media_type, headers={"Cache-Control": "private, no-store"})
