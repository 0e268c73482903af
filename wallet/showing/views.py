"""The code page, and the code that the server makes where a phone cannot."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from markupsafe import Markup

from standards.qr import build_qr, write_svg
from wallet.accounts.acting import Capacity, Deed
from wallet.accounts.current import current_self, require_deed
from wallet.node import current_node
from wallet.shell.views import module_address
from wallet.showing.api import session_reference
from wallet.showing.portrait import portrait_url
from wallet.showing.server_code import make_server_code
from wallet.showing.show_state import show_state

blueprint = Blueprint(
    "showing",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/static/showing",
)


@blueprint.get("/code")
def code() -> str:
    """The page; nothing personal is in it, so that the phone can keep it."""
    capacities = {capacity.value: capacity.word.to_json() for capacity in Capacity}
    return render_template("wallet/showing/code.html", capacities=capacities)


@blueprint.get("/code/plain")
def plain() -> Response:
    """A code made by the server, good for a minute; the page asks for the next one by itself."""
    node, holder = current_node(), require_deed(Deed.SHOW)
    licences = show_state(node, holder)
    wanted = request.args.get("licence", "")
    chosen = next((one for one in licences if one.holding_id == wanted), licences[0] if licences else None)
    picture = None
    if chosen is not None and chosen.can_show:
        text = make_server_code(
            node,
            holder,
            chosen.holding_id,
            own=current_self(),
            session=session_reference(node),
        )
        picture = Markup(write_svg(build_qr(text)))  # noqa: S704 -- drawn by us, holds no text
    next_page = url_for("showing.plain", licence=chosen.holding_id) if chosen else url_for("showing.plain")
    page = render_template(
        "wallet/showing/plain.html",
        licences=licences,
        chosen=chosen,
        picture=picture,
        holder=holder,
        at=node.clock.now(),
        portrait=portrait_url(node.holdings.all_of(current_self())),
        next_page=next_page,
    )
    response = Response(page, mimetype="text/html")
    if picture is not None:
        # A code is good for a minute; the page that shows it has to change with it (WCAG 2.2.1: essential).
        response.headers["Refresh"] = f"60; url={next_page}"
    return response


@blueprint.app_context_processor
def globals_of_templates() -> dict[str, Any]:
    """Give templates ``module_address(name)``."""
    return {"module_address": module_address}
