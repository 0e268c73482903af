"""The use log as a timeline."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, render_template, request

from standards.errors import InvalidInputError
from wallet.accounts.current import current_holder
from wallet.history.entry import read_together
from wallet.history.store import PAGE_SIZE, Place
from wallet.node import current_node

blueprint = Blueprint("history", __name__, template_folder="templates")


@blueprint.get("/log")
def timeline() -> str:
    """The newest uses, or those that follow the line named by ``?before=`` (ISO 8601 instant) and ``?line=`` (its id)."""
    entries = current_node().use_log.read(current_holder(), before=_before())
    older = entries[-1] if len(entries) == PAGE_SIZE else None
    return render_template("wallet/history/timeline.html", uses=read_together(entries), older=older)


def _before() -> Place | None:
    given = request.args.get("before")
    if not given:
        return None
    try:
        before = datetime.fromisoformat(given)
    except ValueError as error:
        raise InvalidInputError("时间格式不正确。", "The instant is malformed.", where="before") from error
    if before.tzinfo is None:
        raise InvalidInputError("时间须带时区。", "The instant needs a zone.", where="before")
    return Place(before, request.args.get("line", ""))
