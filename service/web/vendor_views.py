"""``/static/vendor/…``: the few files of others."""

from __future__ import annotations

from flask import Blueprint, Response, abort, send_file

from service.web.vendor import FILES, vendor_asset, vendor_file

blueprint = Blueprint("vendor", __name__)


# The endpoint's name ends in "static": then an address with a version may be kept for a year.
@blueprint.get("/static/vendor/<name>", endpoint="static")
def file(name: str) -> Response:
    """One file of the table."""
    path = vendor_file(name)
    if path is None:
        abort(404)
    return send_file(path, mimetype=FILES[name][1])


@blueprint.app_context_processor
def globals_of_templates() -> dict[str, object]:
    """Give templates ``vendor_asset(name)``."""
    return {"vendor_asset": vendor_asset}
