"""What a holder's wallet asks at a credential issuer with a licence's token: a document for one use, and who looked at it."""

from __future__ import annotations

from typing import Any, Final

import orjson
from flask import Response, request

from issuer.authority_named import authority_named
from issuer.authorization.persons_uses import licence_uses, parse_uses_request
from issuer.documents.annotation_input import parse_annotation_input
from issuer.documents.holders_copy import holders_copy
from issuer.documents.make_document import DocumentOrder
from issuer.documents.views import pdf_answer
from issuer.holders.reach_licence import reach_licence
from issuer.issuance.credential_issuer import CredentialIssuer
from issuer.issuance.protocol_errors import answer_oauth_error
from issuer.node import current_node
from service.web.csrf import MachineBlueprint
from standards.json_reader import Reader, parse_json
from standards.oauth import OAuthError

blueprint = MachineBlueprint("holders", __name__)
# What concerns the token is said as OAuth says it; all else in both languages, for the holder to read.
blueprint.register_error_handler(OAuthError, answer_oauth_error)

BY_HOLDER: Final = "持证人"
"""Who had a copy made, in the register of copies."""

_MAX_BODY_BYTES: Final = 16 * 1024
_MEMBERS: Final = ("purpose", "recipient", "expires_at")


@blueprint.post("/openid4vci/document", defaults={"uscc": None})
@blueprint.post("/authorities/<uscc>/openid4vci/document")
def document(uscc: str | None) -> Response:
    """A per-use copy of the licence that the access token reaches: ``{"purpose", "recipient", "expires_at"?}``."""
    request.max_content_length = _MAX_BODY_BYTES
    node, at = current_node(), current_node().clock.now()
    reached = reach_licence(node, uscc, lambda issuer: issuer.document_endpoint, at)
    policy = node.documents.policies.of(reached.licence_type.code)
    asked = parse_annotation_input(_given(parse_json(request.get_data())), policy, at=at)
    authority = authority_named(node, reached.issuer.uscc)
    order = DocumentOrder(authority, reached.licence, reached.licence_type, BY_HOLDER)
    made, pdf = holders_copy(node.documents, order, asked, at=at)
    return pdf_answer(pdf, made.document_id, f"{reached.licence_type.name.zh}-加注件")


@blueprint.post("/openid4vci/uses", defaults={"uscc": None})
@blueprint.post("/authorities/<uscc>/openid4vci/uses")
def uses(uscc: str | None) -> Response:
    """Who looked at that licence without its holder: ``{"since"?, "cursor"?}``; the answer of ``/my/uses``."""
    request.max_content_length = _MAX_BODY_BYTES
    node, at = current_node(), current_node().clock.now()
    reached = reach_licence(node, uscc, _uses_endpoint, at)
    asked = parse_uses_request(parse_json(request.get_data() or b"{}"))
    answer = licence_uses(
        node.authorization,
        node.search_log,
        node.catalogue,
        asked,
        licence=reached.licence,
        licence_type=reached.licence_type,
        holder=reached.holder,
        at=at,
    )
    return Response(orjson.dumps(answer), mimetype="application/json", headers={"Cache-Control": "no-store"})


def _uses_endpoint(issuer: CredentialIssuer) -> str:
    return issuer.uses_endpoint


def _given(document: Any) -> dict[str, str]:
    reader = Reader(document)
    return {name: reader.text(name, min_chars=0, max_chars=400) for name in _MEMBERS if name in reader}
