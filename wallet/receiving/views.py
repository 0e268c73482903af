"""The page of an offer: who offers what, and the button that receives it."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from wallet.accounts.current import current_self, current_session_id
from wallet.mandates.choose import SELF, choose
from wallet.node import current_node
from wallet.receiving.errors import OfferNeedsSignInError, TxCodeError
from wallet.receiving.read_offer import read_offer
from wallet.receiving.receive_offer import receive_offer

blueprint = Blueprint("offers", __name__, template_folder="templates")


@blueprint.get("/offers")
def open_link() -> BaseResponse:
    """The wallet's own offer link (OpenID4VCI 1.0 section 4.1): read it and go to its page."""
    try:
        offer = read_offer(current_node(), current_self(), request.url)
    except OfferNeedsSignInError:
        return redirect(f"{url_for('claiming.offer')}?{request.query_string.decode('ascii')}", code=303)
    return redirect(url_for("offers.offer", offer_id=offer.offer_id), code=303)


@blueprint.get("/offers/<offer_id>")
def offer(offer_id: str) -> str:
    """What is offered, or what came of it."""
    return _page(offer_id)


@blueprint.post("/offers/<offer_id>")
def receive(offer_id: str) -> BaseResponse:
    """Receive; a wrong transaction code comes back to the form."""
    try:
        received = receive_offer(current_node(), current_self(), offer_id, request.form.get("tx_code"))
    except TxCodeError as error:
        return Response(_page(offer_id, error), 422, mimetype="text/html")
    if received.waiting is not None:
        return redirect(url_for("claiming.results", search_id=received.waiting), code=303)
    if not received.kept:
        return redirect(url_for("licences.home"), code=303)
    keeper, holding_id = received.kept[0]
    # The licence may have gone into the wallet of somebody for whom the person acts: show that one.
    choose(current_node(), current_self(), current_session_id(), keeper.acting.right_id or SELF)
    if len(received.kept) == 1:
        return redirect(url_for("licences.licence", holding_id=holding_id), code=303)
    return redirect(url_for("licences.home"), code=303)


def _page(offer_id: str, error: TxCodeError | None = None) -> str:
    node, holder = current_node(), current_self()
    pending = node.offers.get(holder, offer_id)
    later = node.searches.find(holder, offer_id, node.clock.now())
    return render_template("wallet/receiving/offer.html", offer=pending, error=error, later=later)
