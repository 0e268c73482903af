"""The pages of a presentation: consent, receipt."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from service.web.security_headers import allow_form_target
from wallet.accounts.current import current_holder
from wallet.history.entry import Use, read_together
from wallet.node import current_node
from wallet.presenting.answer_request import give_consent, refuse
from wallet.presenting.consent_form import choice_field, parse_selection, pick_field
from wallet.presenting.errors import NotDeliveredError, RequestDecidedError
from wallet.presenting.pending_request import AnswerOfVerifier, PendingRequest, RequestState
from wallet.presenting.read_request import consent_of, read_request

blueprint = Blueprint("requests", __name__, template_folder="templates")


@blueprint.get("/present")
def open_link() -> Response:
    """The wallet's own request link (OpenID4VP 1.0 section 5.4): read it and go to its page."""
    request_id = read_request(current_node(), current_holder(), request.url)
    return redirect(url_for("requests.ask", request_id=request_id), code=303)


@blueprint.get("/requests/<request_id>")
def ask(request_id: str) -> str:
    """The consent page while the request waits; its receipt afterwards."""
    node, holder = current_node(), current_holder()
    pending = node.requests.get(holder, request_id)
    if pending.state is not RequestState.WAITING or pending.expires_at <= node.clock.now():
        return _receipt(pending)
    consent = consent_of(node, holder, pending)
    # The answer to the form may lead back to the verifier (OpenID4VP 1.0 section 8.2).
    allow_form_target(consent.trusted.request.response_uri)
    return render_template(
        "wallet/presenting/consent.html",
        pending=pending,
        consent=consent,
        choice_field=choice_field,
        pick_field=pick_field,
    )


@blueprint.post("/requests/<request_id>/consent")
def agree(request_id: str) -> Response:
    """Show what was chosen, once; a second click finds the receipt."""
    try:
        answer = give_consent(current_node(), current_holder(), request_id, parse_selection(request.form))
    except (RequestDecidedError, NotDeliveredError):
        return redirect(url_for("requests.ask", request_id=request_id), code=303)
    return _onward(request_id, answer)


@blueprint.post("/requests/<request_id>/refusal")
def say_no(request_id: str) -> Response:
    """Say no; a second click finds the receipt."""
    try:
        answer = refuse(current_node(), current_holder(), request_id)
    except RequestDecidedError:
        return redirect(url_for("requests.ask", request_id=request_id), code=303)
    return _onward(request_id, answer)


def _onward(request_id: str, answer: AnswerOfVerifier) -> Response:
    """Back to the verifier at once when that place is at the origin that took the answer, else to the receipt.

    The consent page's policy lets its form lead to that origin only; elsewhere the receipt has a link.
    """
    if answer.redirect_uri is not None and answer.at_same_origin:
        return redirect(answer.redirect_uri, code=303)
    return redirect(url_for("requests.ask", request_id=request_id), code=303)


def _receipt(pending: PendingRequest) -> str:
    uses = read_together(current_node().use_log.read(current_holder()))
    use: Use | None = next((one for one in uses if one.entry.about == pending.request_id), None)
    return render_template("wallet/presenting/receipt.html", pending=pending, use=use)
