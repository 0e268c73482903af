"""``POST /api/v1/checks``: a file in, a verification report out. Nothing is stored."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never, cast

import orjson
from flask import Blueprint, Response, g, request

from service.api_tokens import ApiCaller, require_api_caller
from service.web.csrf import MachineBlueprint
from standards.verification_report import VerificationReport
from verifier.acceptance.check_file import check_record_content
from verifier.acceptance.record_file import is_record_file
from verifier.checking.check_presentation import NO_QUERY, check_text
from verifier.checking.checked import CheckedLicence, CheckedPresentation
from verifier.checking.checked_code import CheckedCode
from verifier.checking.errors import NothingToCheckError
from verifier.checking.gather_evidence import gather_evidence
from verifier.checking.policy import VerificationPolicy
from verifier.checking.read_file import recognise_file
from verifier.departments.department import DepartmentNotCertifiedError
from verifier.departments.guard import calling_department
from verifier.documents import is_document
from verifier.documents.check_file import check_file
from verifier.documents.document_json import document_json
from verifier.identity_codes.check_identity import check_identity
from verifier.identity_codes.identity_json import identity_json
from verifier.node import VerifierNode, current_node
from verifier.offline.policy import policy_of
from verifier.print_codes.scan_print_code import scan_print_code
from verifier.scanning.check_response import check_response
from verifier.scanning.notes import report_of_other, with_notes
from verifier.scanning.recognise import MAX_FILE_BYTES, kind_of
from verifier.scanning.recognised import (
    CaseCode,
    Claim169,
    Credential,
    DocumentCode,
    Foreign,
    Known,
    PresentationResponse,
    Sheet,
    ShowCode,
    TerminalCode,
)
from verifier.scanning.scan_code import Purpose, scan_code
from verifier.window.api_views import handled_item
from verifier.window.material_rule_of import material_rule_of
from verifier.window.relying_party import signer_of

blueprint: Blueprint = MachineBlueprint("checking", __name__, url_prefix="/api/v1")
blueprint.before_request(require_api_caller(lambda: current_node().api_tokens))

_FORM = "multipart/form-data"
_FORM_OVERHEAD_BYTES = 64 * 1024


@blueprint.post("/checks")
def check() -> Response:
    """Check what is in the body, or in the one file of a form."""
    request.max_content_length = MAX_FILE_BYTES + _FORM_OVERHEAD_BYTES
    content, node = _content(), current_node()
    if is_document(content):
        return _document(node, content)
    if is_record_file(content):
        record = check_record_content(node, content)
        recognised = {"kind": "record", "carrier": "file", "beside": 0}
        body = {**record.report.to_json(), **record.to_json(), "licence": None, "recognised": recognised}
        return Response(orjson.dumps(body), mimetype="application/json")
    found = recognise_file(content)
    report, further = _check(node, found, node.clock.now())
    recognised = {"kind": kind_of(found), "carrier": found.carrier.value, "beside": found.beside}
    body = {**with_notes(report, found).to_json(), **further, "recognised": recognised}
    return Response(orjson.dumps(body), mimetype="application/json")


def _policy(node: VerifierNode) -> VerificationPolicy:
    """The limits that hold now: of the item that is named, while this window is cut off."""
    code = request.args.get("service_item")
    item = None if code is None else handled_item(node, calling_department()[0], code)
    return policy_of(item, node.status)


def _document(node: VerifierNode, content: bytes) -> Response:
    """A sealed PDF; a per-use copy is held against the department that asks, where it is enrolled here."""
    at = node.clock.now()
    checked = check_file(node, content, policy=_policy(node), at=at, recipient=_recipient(node, at))
    recognised = {"kind": "document", "carrier": "pdf", "beside": 0}
    body = {**checked.report.to_json(), **document_json(checked), "recognised": recognised}
    return Response(orjson.dumps(body), mimetype="application/json")


def _recipient(node: VerifierNode, at: datetime) -> str | None:
    """Whom a per-use copy has to be made for: the department that asks, where it is enrolled here."""
    department = node.departments.find(cast("ApiCaller", g.caller).authority, at)
    return None if department is None else department.name.zh


def _check(
    node: VerifierNode, found: Known | Foreign, at: datetime
) -> tuple[VerificationReport, dict[str, object]]:
    """The report, and the members of the answer that go with the kind of thing it is about."""
    match found:
        case ShowCode(text=text) | Sheet(text=text):
            code = _check_code(node, text, at)
            return code.report, _code_wire(code)
        case DocumentCode(text=text):
            printed = scan_print_code(node, text, policy=_policy(node), at=at, recipient=_recipient(node, at))
            return printed.report, printed.to_json()
        case Credential(text=text):
            evidence = gather_evidence((text,), trust=node.trust, status=node.status, at=at)
            checked = check_text(text, evidence, policy=_policy(node), at=at)
            return checked.report, _wire(checked)
        case PresentationResponse(presentations=shown):
            evidence = gather_evidence(
                (text for _, text in shown), trust=node.trust, status=node.status, at=at
            )
            checked = check_response(found, evidence, policy=_policy(node), at=at)
            licences = [_licence_wire(one) for one in checked.licences[NO_QUERY]]
            return checked.report, {"licence": None, "licences": licences}
        case Claim169(text=text):
            identity = check_identity(text, node.identity_issuers.current(), policy=_policy(node), at=at)
            return identity.report, {"licence": None, "identity": identity_json(identity)}
        case CaseCode() | TerminalCode() | Foreign():
            return report_of_other(found), {"licence": None}
        case _:
            assert_never(found)


def _check_code(node: VerifierNode, text: str, at: datetime) -> CheckedCode:
    """A code or sheet, redeemed in the name of the calling department, for ``?service_item=`` if given."""
    department, _ = calling_department()
    code = request.args.get("service_item")
    item = None if code is None else handled_item(node, department, code)
    try:
        signer = signer_of(node.keys, department)
    except DepartmentNotCertifiedError:
        signer = None
    purpose = Purpose(
        department=department,
        signer=signer,
        item=item.code if item else None,
        query=node.items.query(item) if item else None,
        material_rule=material_rule_of(item),
    )
    return scan_code(node, text, purpose, at=at, policy=lambda: policy_of(item, node.status))


def _code_wire(checked: CheckedCode) -> dict[str, object]:
    return {
        "licence": None if checked.licence is None else _licence_wire(checked.licence),
        "code": {
            "kind": checked.kind,
            "redeemed": checked.redeemed,
            "shown_by": checked.shown_by.to_json() if checked.shown_by else None,
            "items": list(checked.items),
            "portrait": checked.portrait,
        },
        "claims": {query: [dict(one.claims) for one in shown] for query, shown in checked.presented.items()},
    }


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
    """What the licence says once its signature and path hold."""
    licences = checked.licences[NO_QUERY]
    licence = None
    if licences:
        licence = _licence_wire(licences[0])
    return {"licence": licence}


def _licence_wire(shown: CheckedLicence) -> dict[str, object]:
    return {
        "vct": shown.vct,
        "issuer": {"name": shown.issuer.to_json(), "uscc": shown.issuer_uscc},
        "claims": shown.claims,
        "shown_by": shown.shown_by.to_json() if shown.shown_by else None,
    }
