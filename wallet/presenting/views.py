"""The pages of a presentation: consent, receipt."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from service.web.security_headers import allow_form_target
from standards.errors import ElicenceError
from standards.text import Text
from wallet.accounts.acting import Deed
from wallet.accounts.current import current_holder, require_deed
from wallet.history.errors import EntryNotFoundError
from wallet.history.read_use import use_about
from wallet.node import current_node
from wallet.passkeys.step_up import require_step_up
from wallet.presenting.answer_request import give_consent, refuse
from wallet.presenting.consent import Consent
from wallet.presenting.consent_form import (
    SEEN_FIELD,
    SENSITIVE_FIELD,
    choice_field,
    extra_field,
    parse_decision,
    pick_field,
)
from wallet.presenting.errors import (
    ConsentChangedError,
    InvalidSelectionError,
    NotDeliveredError,
    RequestDecidedError,
    SensitiveNotConfirmedError,
)
from wallet.presenting.pending_request import AnswerOfVerifier, PendingRequest, RequestState
from wallet.presenting.read_request import consent_of, read_request

_NOT_CHOSEN: Final = frozenset({"csrf_token", SEEN_FIELD, SENSITIVE_FIELD})
"""What a person says anew when the consent page comes back."""

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
    return _page(consent_of(node, holder, pending), pending, request.args)


def _page(
    consent: Consent,
    pending: PendingRequest,
    given: MultiDict[str, str],
    problem: ElicenceError | None = None,
) -> str:
    """The consent page, with what the person had chosen before an error or a step-up."""
    # The answer to the form may lead back to the verifier (OpenID4VP 1.0 section 8.2).
    allow_form_target(consent.trusted.request.response_uri)
    return render_template(
        "wallet/presenting/consent.html",
        pending=pending,
        consent=consent,
        given=given,
        problem=problem,
        sensitive=_sensitive_labels(consent),
        choice_field=choice_field,
        pick_field=pick_field,
        extra_field=extra_field,
    )


def _path_with_choices(request_id: str) -> str:
    """The consent page with what was chosen in its query: ids and names of fields, never a value or a proof."""
    chosen = [(name, value) for name, value in request.form.items(multi=True) if name not in _NOT_CHOSEN]
    return f"{url_for('requests.ask', request_id=request_id)}?{urlencode(chosen)}"


def _sensitive_labels(consent: Consent) -> tuple[Text, ...]:
    """What of sensitive data may be shown, each kind once."""
    fields = (field for _, option in consent.options for field in option.shown + option.optional)
    return tuple(dict.fromkeys(field.label for field in fields if field.sensitive))


@blueprint.post("/requests/<request_id>/consent")
def agree(request_id: str) -> Response:
    """Show what was chosen, once; a second click finds the receipt, a decision that does not do the page again."""
    node, holder = current_node(), require_deed(Deed.SHOW)
    try:
        answer = give_consent(
            node,
            holder,
            request_id,
            parse_decision(request.form),
            prove_person=lambda: require_step_up(_path_with_choices(request_id)),
        )
    except (RequestDecidedError, NotDeliveredError):
        return redirect(url_for("requests.ask", request_id=request_id), code=303)
    except (SensitiveNotConfirmedError, ConsentChangedError, InvalidSelectionError) as error:
        pending = node.requests.get(holder, request_id)
        page = _page(consent_of(node, holder, pending), pending, request.form, error)
        return make_response(page, 409 if isinstance(error, ConsentChangedError) else 422)
    return _onward(request_id, answer)


@blueprint.post("/requests/<request_id>/refusal")
def say_no(request_id: str) -> Response:
    """Say no; a second click finds the receipt."""
    try:
        answer = refuse(current_node(), require_deed(Deed.SHOW), request_id)
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
    holder = current_holder()
    try:
        use = use_about(current_node(), holder, pending.request_id)
    except EntryNotFoundError:
        use = None
    return render_template(
        "wallet/presenting/receipt.html",
        pending=pending,
        use=use,
        sees_log=holder.acting.may(Deed.SEE_LOG),
    )
