"""``/kiosk``: choose an item, show the licences, read the verdict, take a slip along."""

from __future__ import annotations

from flask import Blueprint, render_template

from verifier.kiosk.visit import kiosk_department
from verifier.node import current_node
from verifier.terminals.current import require_kiosk

blueprint = Blueprint(
    "kiosk", __name__, template_folder="templates", static_folder="static", static_url_path="/kiosk/static"
)


@blueprint.get("/kiosk")
def home() -> str:
    """The empty kiosk: the items that one can prepare here."""
    node, terminal = current_node(), require_kiosk()
    department = kiosk_department(terminal)
    items = [item for item in node.items if department.handles(item.code)]
    return render_template("verifier/kiosk/home.html", terminal=terminal, department=department, items=items)
