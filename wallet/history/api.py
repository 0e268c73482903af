"""``/api/v1/log``: the use log of the account acted for."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from wallet.accounts.acting import Deed
from wallet.accounts.current import require_deed
from wallet.history.entry import read_together
from wallet.history.log_filter import parse_log_filter
from wallet.history.read_use import read_use
from wallet.history.use_json import use_json
from wallet.history.views import parse_place
from wallet.node import current_node

blueprint = Blueprint("wallet_log_api", __name__)


@blueprint.get("/api/v1/log")
def show_log() -> dict[str, Any]:
    """The newest uses that fit the filter, each with its outcome, and where the older ones begin."""
    wanted = parse_log_filter(request.args)
    place = parse_place(request.args.get("before", ""), request.args.get("line", ""))
    entries, older = current_node().use_log.search(require_deed(Deed.SEE_LOG), wanted.fits, before=place)
    return {
        "uses": [use_json(use) for use in read_together(entries)],
        "next": None if older is None else {"before": older.at.isoformat(), "line": older.entry_id},
    }


@blueprint.get("/api/v1/log/<entry_id>")
def show_use(entry_id: str) -> dict[str, Any]:
    """One use: the receipt for programs."""
    return use_json(read_use(current_node(), require_deed(Deed.SEE_LOG), entry_id))


@blueprint.get("/api/v1/log/integrity")
def show_integrity() -> dict[str, Any]:
    """Whether a line of the log is missing or was changed."""
    node = current_node()
    found = node.use_log.check(require_deed(Deed.SEE_LOG), node.clock.now())
    return {"whole": found.is_whole, "lines": found.lines, "broken_at": found.broken_at}
