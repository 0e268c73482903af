"""The page of an offer: who offers what, and the button that receives it."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from wallet.accounts.current import current_holder
from wallet.node import current_node
from wallet.receiving.errors import TxCodeError
from wallet.receiving.read_offer import read_offer
from wallet.receiving.receive_offer import receive_offer

blueprint = Blueprint("offers", __name__, template_folder="templates")


@blueprint.get("/offers")
def open_link() -> BaseResponse:
    """The wallet's own offer link (OpenID4VCI 1.0 section 4.1): read it and go to its page."""
    holder = current_holder()
    offer = read_offer(current_node(), holder, request.url)
    return redirect(url_for("offers.offer", offer_id=offer.offer_id), code=303)


@blueprint.get("/offers/<offer_id>")
def offer(offer_id: str) -> str:
    """What is offered, or what came of it."""
    return _page(offer_id)


@blueprint.post("/offers/<offer_id>")
def receive(offer_id: str) -> BaseResponse:
    """Receive; a wrong transaction code comes back to the form."""
    try:
        received = receive_offer(current_node(), current_holder(), offer_id, request.form.get("tx_code"))
    except TxCodeError as error:
        return Response(_page(offer_id, error), 422, mimetype="text/html")
    if len(received.holding_ids) == 1:
        return redirect(url_for("licences.licence", holding_id=received.holding_ids[0]), code=303)
    return redirect(url_for("licences.home"), code=303)


def _page(offer_id: str, error: TxCodeError | None = None) -> str:
    pending = current_node().offers.get(current_holder(), offer_id)
    return render_template("wallet/receiving/offer.html", offer=pending, error=error)
