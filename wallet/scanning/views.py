"""The scan page: a camera where the browser has one, a picture, or a pasted link; each works without the others."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from service.web.security_headers import allow_web_assembly
from standards.errors import InvalidInputError
from wallet.accounts.current import current_holder
from wallet.node import current_node
from wallet.presenting.read_request import read_request
from wallet.receiving.read_offer import read_offer
from wallet.scanning.errors import UnknownLinkError
from wallet.scanning.link import LinkKind, kind_of_link, link_in_picture

blueprint = Blueprint(
    "scanning",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/static/scanning",
)


@blueprint.get("/scan")
def scan() -> str:
    """The page."""
    current_holder()
    return _page("", None)


@blueprint.post("/scan")
def follow() -> BaseResponse:
    """Follow a pasted link, or the one in a picture. What was typed comes back with the error."""
    link = request.form.get("link", "").strip()
    current_holder()
    try:
        picture = request.files.get("picture")
        content = picture.read() if picture is not None else b""
        return redirect(_destination(link or _in_picture(content)), code=303)
    except (UnknownLinkError, InvalidInputError) as error:
        return Response(_page(link, error), 400, mimetype="text/html")


@blueprint.post("/scan/frame")
def read_frame() -> Response:
    """One frame of the camera: where to go, or 204 when there is no code of ours in it."""
    current_holder()
    try:
        link = _in_picture(request.get_data())
    except InvalidInputError:
        return Response(status=204)
    return jsonify({"link": link})


def _page(link: str, error: InvalidInputError | None) -> str:
    # Browsers that read no codes themselves do it with the reader of zxing-wasm, once the camera is opened.
    allow_web_assembly()
    return render_template("wallet/scanning/scan.html", link=link, error=error)


def _in_picture(content: bytes) -> str:
    if not content:
        raise UnknownLinkError
    return link_in_picture(content)


def _destination(link: str) -> str:
    node, holder = current_node(), current_holder()
    if kind_of_link(link) is LinkKind.OFFER:
        return url_for("offers.offer", offer_id=read_offer(node, holder, link).offer_id)
    return url_for("requests.ask", request_id=read_request(node, holder, link))
