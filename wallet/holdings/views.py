"""The first page of the wallet, the page of one licence, and taking a licence out."""

from __future__ import annotations

import re
from typing import Final

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from service.web.sign_in import current_person
from standards.licence_types import load_catalogue
from wallet.accounts.acting import Deed
from wallet.accounts.current import current_holder, current_self
from wallet.holdings.face_layout import layout_of
from wallet.holdings.list_licences import show_licence
from wallet.holdings.remove_licence import remove_licence, restore_licence
from wallet.node import current_node
from wallet.refreshing.look_after import current_licence, current_licences

_PAIR: Final = re.compile(r"([0-9a-f]{6})-([0-9a-f]{6})", re.ASCII)

blueprint = Blueprint(
    "licences",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/static/wallet",
)


@blueprint.get("/")
def home() -> str:
    """The licences as cards; a welcome for somebody who is not signed in."""
    if current_person() is None:
        return render_template("wallet/holdings/welcome.html")
    holder = current_holder()
    cards = current_licences(current_node(), holder)
    return render_template(
        "wallet/holdings/home.html",
        cards=cards,
        waited_for=current_node().searches.waited_for(current_self(), current_node().clock.now()),
        only_to_look=holder.acting.looks_back,
        prepare_url=f"{current_node().settings.verifier_url}/hall",
    )


@blueprint.get("/licences/<holding_id>")
def licence(holding_id: str) -> str:
    """One licence with all of its fields, and what its versions changed."""
    holder = current_holder()
    card = current_licence(current_node(), holder, holding_id)
    return render_template(
        "wallet/holdings/licence.html",
        card=card,
        layout=layout_of(card),
        may_take_document=holder.acting.may(Deed.TAKE_DOCUMENT),
        only_to_look=holder.acting.looks_back,
    )


@blueprint.get("/licences/<holding_id>/removal")
def ask_removal(holding_id: str) -> str:
    """Ask before a licence is taken out."""
    card = show_licence(current_node(), current_holder(), holding_id)
    return render_template("wallet/holdings/removal.html", card=card)


@blueprint.post("/licences/<holding_id>/removal")
def remove(holding_id: str) -> BaseResponse:
    """Take a licence out; its page then offers to put it back."""
    remove_licence(current_node(), current_holder(), holding_id)
    return redirect(url_for("licences.licence", holding_id=holding_id), code=303)


@blueprint.post("/licences/<holding_id>/restoration")
def restore(holding_id: str) -> BaseResponse:
    """Put a licence back."""
    restore_licence(current_node(), current_holder(), holding_id)
    return redirect(url_for("licences.licence", holding_id=holding_id), code=303)


@blueprint.get("/licence-colours.css")
def colours() -> Response:
    """The colours of all licence types that ship, or of ``?pair=``: pages may hold no inline style."""
    pair = _PAIR.fullmatch(request.args.get("pair", ""))
    if pair is not None:
        rule = f".licence--{pair[0]}{{background:#{pair[1]};color:#{pair[2]}}}.face--{pair[0]}{{--face:#{pair[1]}}}"
        return Response(rule, mimetype="text/css", headers={"Cache-Control": "public, max-age=86400"})
    rules = [
        f".licence--{kind.code.lower()}{{background:{kind.appearance.background};color:{kind.appearance.text}}}"
        f".face--{kind.code.lower()}{{--face:{kind.appearance.background}}}"
        for kind in load_catalogue()
    ]
    headers = {"Cache-Control": "public, max-age=3600"}
    return Response("\n".join(rules), mimetype="text/css", headers=headers)
