"""Documents over HTTP: originals and per-use copies for departments' systems, and the node's time-stamp authority (RFC 3161)."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from flask import Response, g, request

from issuer.authority_of_caller import authority_of_caller
from issuer.documents.annotation_input import parse_annotation_input
from issuer.documents.make_document import DocumentOrder, original_of
from issuer.documents.take_copy import take_copy
from issuer.library.views import licence_of_caller
from issuer.node import current_node
from service.api_tokens import require_api_caller
from service.web.csrf import MachineBlueprint
from standards.errors import InvalidInputError

blueprint = MachineBlueprint("documents", __name__, url_prefix="/api/v1/licences")
blueprint.before_request(require_api_caller(lambda: current_node().api_tokens))

clock = MachineBlueprint("time-stamps", __name__)

QUESTION: Final = "application/timestamp-query"
ANSWER: Final = "application/timestamp-reply"
_QUESTION_BYTES: Final = 4096


@blueprint.get("/<identifier>/document")
def read_document(identifier: str) -> Response:
    """The licence as a PDF: ``copy=original``, or ``copy=annotated`` with ``purpose``, ``recipient`` and ``expires_at``."""
    node, at = current_node(), current_node().clock.now()
    authority = authority_of_caller(node)
    licence = licence_of_caller(node, identifier)
    order = DocumentOrder(authority, licence, node.library.type_of(licence), g.caller.system)
    kind = request.args.get("copy", "original")
    if kind == "original":
        document = original_of(node.documents, order, at=at)
        return pdf_answer(document.pdf, document.document_id, f"{order.licence_type.name.zh}-原件")
    if kind != "annotated":
        raise InvalidInputError(
            "copy 应为 original 或 annotated。", "copy is original or annotated.", where="copy"
        )
    asked = parse_annotation_input(request.args, node.documents.policies.of(order.licence_type.code), at=at)
    made, pdf = take_copy(node.documents, node.search_log, order, asked, at=at)
    return pdf_answer(pdf, made.document_id, f"{order.licence_type.name.zh}-加注件")


@clock.post("/tsa")
def answer_time_stamp() -> Response:
    """A time stamp over a digest (RFC 3161 section 3.4). The node's own clock: nobody else vouches for it."""
    request.max_content_length = _QUESTION_BYTES
    node, at = current_node(), current_node().clock.now()
    answer = node.documents.time_stamp_authority(at).answer(request.get_data(cache=False), at)
    return Response(answer, mimetype=ANSWER)


def pdf_answer(pdf: bytes, document_id: str, name: str) -> Response:
    """A file to keep, of which no cache keeps a copy."""
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{document_id}.pdf\"; filename*=UTF-8''{quote(name)}.pdf"
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["Document-Id"] = document_id
    return response
