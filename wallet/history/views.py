"""The use log as a timeline, each line as a receipt, and the whole as a file or on paper."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, render_template, request

from service.web.language import current_language
from standards.errors import InvalidInputError
from standards.text import Text
from wallet.accounts.acting import Deed
from wallet.accounts.current import require_deed
from wallet.history.entry import read_together
from wallet.history.export_log import csv_lines, json_lines, uses_newest_first
from wallet.history.log_filter import GROUP_NAMES, parse_log_filter
from wallet.history.read_use import read_use
from wallet.history.sentences import actor_words, sentence_of
from wallet.history.store import Place
from wallet.node import current_node
from wallet.refreshing.pull_uses import want_uses

MOST_PRINTED = 1_000
"""Lines of one printed log."""

MOST_CHECKED = 500
"""Newest lines that are held against their chain whenever the timeline is opened."""

blueprint = Blueprint("history", __name__, template_folder="templates")


@blueprint.get("/log")
def timeline() -> str:
    """The newest lines that fit the filter, or those that follow ``?before=`` (ISO 8601 instant) and ``?line=`` (id)."""
    node, holder = current_node(), require_deed(Deed.SEE_LOG)
    asking = want_uses(node, holder)
    wanted = parse_log_filter(request.args)
    entries, older = node.use_log.search(holder, wanted.fits, before=_before())
    return render_template(
        "wallet/history/timeline.html",
        uses=read_together(entries),
        older=older,
        asking=asking,
        wanted=wanted,
        groups=[(group.value, _say(name)) for group, name in GROUP_NAMES.items()],
        licences=[
            (one.holding_id, f"{_say(one.face.type_name)} {one.face.claim_text('holder_name')}")
            for one in node.holdings.all_of(holder)
        ],
        whole=node.use_log.check(holder, node.clock.now(), newest=MOST_CHECKED)
        if _before() is None
        else None,
        sentence_of=sentence_of,
        actor_words=actor_words,
    )


@blueprint.get("/log/<entry_id>")
def entry(entry_id: str) -> str:
    """One use as a receipt: what, to whom, when, on which ground; to print, and to complain about."""
    use = read_use(current_node(), require_deed(Deed.SEE_LOG), entry_id)
    return render_template(
        "wallet/history/entry.html", use=use, sentence_of=sentence_of, actor_words=actor_words
    )


@blueprint.get("/log/print")
def print_log() -> str:
    """The log on paper, with the filter of the timeline."""
    node, holder = current_node(), require_deed(Deed.SEE_LOG)
    wanted = parse_log_filter(request.args)
    uses = []
    for use in uses_newest_first(node.use_log.walk(holder)):
        if wanted.fits(use.entry):
            uses.append(use)
        if len(uses) == MOST_PRINTED:
            break
    return render_template(
        "wallet/history/print.html",
        uses=uses,
        most=MOST_PRINTED,
        holder=holder,
        printed_at=node.clock.now(),
        sentence_of=sentence_of,
        actor_words=actor_words,
    )


@blueprint.get("/log/export")
def export() -> Response:
    """The whole log as ``?format=csv`` or ``json``."""
    node, holder = current_node(), require_deed(Deed.SEE_LOG)
    kind = request.args.get("format", "csv")
    if kind not in ("csv", "json"):
        raise InvalidInputError("没有这种格式。", "There is no such format.", where="format")
    wanted = parse_log_filter(request.args)
    uses = (use for use in uses_newest_first(node.use_log.walk(holder)) if wanted.fits(use.entry))
    day = f"{node.clock.now():%Y%m%d}"
    lines = csv_lines(uses, current_language()) if kind == "csv" else json_lines(uses)
    mimetype = "text/csv" if kind == "csv" else "application/json"
    disposition = f'attachment; filename="use-log-{day}.{kind}"'
    return Response(lines, mimetype=mimetype, headers={"Content-Disposition": disposition})


def _say(text: Text) -> str:
    return text.in_language(current_language())


def _before() -> Place | None:
    return parse_place(request.args.get("before", ""), request.args.get("line", ""))


def parse_place(before: str, line: str) -> Place | None:
    """A place in the log as links name it; ``None`` for the beginning.

    Raises:
        InvalidInputError: no instant with a zone.
    """
    if not before:
        return None
    try:
        at = datetime.fromisoformat(before)
    except ValueError as error:
        raise InvalidInputError("时间格式不正确。", "The instant is malformed.", where="before") from error
    if at.tzinfo is None:
        raise InvalidInputError("时间须带时区。", "The instant needs a zone.", where="before")
    return Place(at, line)
