"""``POST /api/v1/checks``: a file in, a verification report out. Nothing is stored."""

from __future__ import annotations

import orjson
from flask import Blueprint, Response, request

from service.api_tokens import require_api_caller
from service.web.csrf import MachineBlueprint
from verifier.checking.check_presentation import NO_QUERY, check_text
from verifier.checking.checked import CheckedPresentation
from verifier.checking.errors import NothingToCheckError
from verifier.checking.gather_evidence import gather_evidence
from verifier.checking.policy import VerificationPolicy
from verifier.checking.read_file import MAX_FILE_BYTES, text_in_file
from verifier.node import current_node

blueprint: Blueprint = MachineBlueprint("checking", __name__, url_prefix="/api/v1")
blueprint.before_request(require_api_caller(lambda: current_node().api_tokens))

_POLICY = VerificationPolicy()
_FORM = "multipart/form-data"
_FORM_OVERHEAD_BYTES = 64 * 1024


@blueprint.post("/checks")
def check() -> Response:
    """Check the credential in the body, or in the one file of a form."""
    request.max_content_length = MAX_FILE_BYTES + _FORM_OVERHEAD_BYTES
    text = text_in_file(_content())
    node = current_node()
    at = node.clock.now()
    evidence = gather_evidence((text,), trust=node.trust, status=node.status, at=at)
    checked = check_text(text, evidence, policy=_POLICY, at=at)
    return Response(orjson.dumps(_wire(checked)), mimetype="application/json")


def _content() -> bytes:
    if request.mimetype != _FORM:
        return request.get_data(cache=False)
    uploaded = next(iter(request.files.values()), None)
    if uploaded is not None:
        return uploaded.stream.read()
    field = next(iter(request.form.values()), None)
    if field is None:
        raise NothingToCheckError("表单中没有文件。", "The form has no file in it.")
    return field.encode("utf-8")


def _wire(checked: CheckedPresentation) -> dict[str, object]:
    """The report, and what the licence says once its signature and path hold."""
    licences = checked.licences[NO_QUERY]
    licence = None
    if licences:
        shown = licences[0]
        licence = {
            "vct": shown.vct,
            "issuer": {"name": shown.issuer.to_json(), "uscc": shown.issuer_uscc},
            "claims": shown.claims,
            "shown_by": shown.shown_by.to_json() if shown.shown_by else None,
        }
    return {**checked.report.to_json(), "licence": licence}
