"""A licence's sealed documents at the console: the original, and copies that are each made for one use."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import Response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from issuer.console.blueprint import blueprint
from issuer.console.desk import READERS, current_desk, licence_at_desk, staff_only
from issuer.documents.annotation_input import parse_annotation_input
from issuer.documents.errors import (
    DocumentNotAvailableError,
    InvalidAnnotationError,
)
from issuer.documents.faces.errors import (
    CharacterNotPrintableError,
    FaceDoesNotFitError,
    FontsMissingError,
)
from issuer.documents.make_document import DocumentOrder, original_of
from issuer.documents.policy import SealPolicy
from issuer.documents.take_copy import take_copy
from issuer.documents.views import pdf_answer
from issuer.library.licence import Licence, local_day
from issuer.node import current_node
from issuer.staff import StaffRole
from service.errors import TimeStampAuthorityUnavailableError
from standards.errors import ElicenceError

_SHOWN: Final = (
    InvalidAnnotationError,
    DocumentNotAvailableError,
    FaceDoesNotFitError,
    CharacterNotPrintableError,
    FontsMissingError,
    TimeStampAuthorityUnavailableError,
)
"""What the page itself says, with what was typed still there."""


@blueprint.get("/licences/<identifier>/documents")
@staff_only(*READERS)
def documents(identifier: str) -> str:
    """The original, the form for a copy, and the copies that were made."""
    return _page(licence_at_desk(identifier))


@blueprint.post("/licences/<identifier>/documents/original")
@staff_only(StaffRole.CLERK)
def take_original(identifier: str) -> BaseResponse:
    """The original as a file; made now when it was never asked for."""
    node, licence = current_node(), licence_at_desk(identifier)
    try:
        document = original_of(node.documents, _order(licence), at=node.clock.now())
    except _SHOWN as error:
        return Response(_page(licence, error), 400, mimetype="text/html")
    return pdf_answer(document.pdf, document.document_id, f"{_order(licence).licence_type.name.zh}-原件")


@blueprint.post("/licences/<identifier>/documents/copies")
@staff_only(StaffRole.CLERK)
def make_copy(identifier: str) -> BaseResponse:
    """A copy for one use as a file; its holder finds it in the log of uses."""
    node, licence = current_node(), licence_at_desk(identifier)
    at = node.clock.now()
    try:
        asked = parse_annotation_input(request.form, _policy(licence), at=at)
        made, pdf = take_copy(node.documents, node.search_log, _order(licence), asked, at=at)
    except _SHOWN as error:
        return Response(_page(licence, error), 400, mimetype="text/html")
    return pdf_answer(pdf, made.document_id, f"{_order(licence).licence_type.name.zh}-加注件")


def _policy(licence: Licence) -> SealPolicy:
    return current_node().documents.policies.of(licence.type_code)


def _order(licence: Licence) -> DocumentOrder:
    node, desk = current_node(), current_desk()
    return DocumentOrder(desk.authority, licence, node.library.type_of(licence), desk.member.name)


def _page(licence: Licence, error: ElicenceError | None = None) -> str:
    node, desk = current_node(), current_desk()
    store, identifier, at = node.documents.store, str(licence.identifier), node.clock.now()
    return render_template(
        "issuer/console/documents.html",
        desk=desk,
        licence=licence,
        licence_type=node.library.type_of(licence),
        original=store.original(identifier),
        copies=store.copies_of(identifier),
        at=at,
        usual=local_day(at) + timedelta(days=_policy(licence).copy_days),
        error=error,
        typed=request.form,
        is_clerk=desk.may(StaffRole.CLERK),
    )
