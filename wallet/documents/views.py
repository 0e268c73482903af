"""The page on which a licence becomes a PDF for one use."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from service.web.language import current_language
from standards.errors import ElicenceError
from wallet.accounts.acting import Deed
from wallet.accounts.current import require_deed
from wallet.documents.errors import DocumentRefusedError, InvalidDocumentOrderError, NoDocumentsError
from wallet.documents.take_document import USUAL, parse_document_order, take_document
from wallet.history.log_filter import CHINA_TIME
from wallet.holdings.list_licences import show_licence
from wallet.node import current_node
from wallet.passkeys.errors import StepUpRequiredError
from wallet.passkeys.step_up import require_step_up
from wallet.receiving.errors import IssuerAnswerError, IssuerUnreachableError, OfferGoneError
from wallet.refreshing.errors import LicenceBusyError, NoAccessError

blueprint = Blueprint("documents", __name__, template_folder="templates")

_TOLD_ON_THE_PAGE = (
    InvalidDocumentOrderError,
    DocumentRefusedError,
    NoDocumentsError,
    NoAccessError,
    LicenceBusyError,
    IssuerUnreachableError,
    IssuerAnswerError,
    OfferGoneError,
)


@blueprint.get("/licences/<holding_id>/document")
def ask(holding_id: str) -> str:
    """For whom, what for, until when."""
    return _page(holding_id, request.args)


@blueprint.post("/licences/<holding_id>/document")
def take(holding_id: str) -> BaseResponse:
    """The file; what does not do comes back to the form with what was typed."""
    node, holder = current_node(), require_deed(Deed.TAKE_DOCUMENT)
    require_step_up(url_for("documents.ask", holding_id=holding_id))
    try:
        order = parse_document_order(request.form, node.clock.now())
        taken = take_document(node, holder, holding_id, order)
    except _TOLD_ON_THE_PAGE as error:
        return Response(_page(holding_id, request.form, error), 422, mimetype="text/html")
    name = f"{taken.type_name.in_language(current_language())}-{order.last_day.isoformat()}.pdf"
    headers = {
        "Content-Disposition": f"attachment; filename=\"licence.pdf\"; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "no-store",
    }
    return Response(taken.pdf, mimetype="application/pdf", headers=headers)


def _page(holding_id: str, given: Mapping[str, str], error: ElicenceError | None = None) -> str:
    node, holder = current_node(), require_deed(Deed.TAKE_DOCUMENT)
    card = show_licence(node, holder, holding_id)
    today = node.clock.now().astimezone(CHINA_TIME).date()
    return render_template(
        "wallet/documents/document.html",
        card=card,
        given=given,
        error=error,
        usual=today + USUAL,
        proved=_has_proved(holding_id),
    )


def _has_proved(holding_id: str) -> bool:
    try:
        require_step_up(url_for("documents.ask", holding_id=holding_id))
    except StepUpRequiredError:
        return False
    return True
