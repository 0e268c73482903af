"""Offers for many licences at the console: choose, look, make; fetch the links. And all batches of the authority."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

import orjson
from flask import Response as FlaskResponse
from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from issuer.batches.batch import DEFAULT_HOURS, MAX_HOURS, BatchRequest, parse_batch_request
from issuer.batches.run_batch import batch_job, batches_of, begin_batch, offers_file, refusals_file
from issuer.batches.views import JSON_LINES
from issuer.console.blueprint import blueprint
from issuer.console.desk import READERS, current_desk, staff_only
from issuer.console.licence_rows import LicenceRow, licence_rows
from issuer.imports.views import file_response
from issuer.issuance.errors import AuthorityCannotIssueError, LicenceNotInForceError
from issuer.issuance.make_offer import offerable
from issuer.library.selection import DECIDED_STATES
from issuer.node import current_node
from issuer.staff import StaffRole
from standards.errors import ElicenceError, InvalidInputError
from standards.text import Text

_COUNTED: Final = 10_000
_LOOKED_AT: Final = 200
_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class BatchPreview:
    """What would happen.

    Attributes:
        count: licences that are selected, counted up to a limit.
        is_more: whether there are more than that.
        looked_at: how many of them were looked at.
        refused: why some of those get no offer, and how many.
        rows: the first of them.
    """

    count: int
    is_more: bool
    looked_at: int
    refused: tuple[tuple[Text, int], ...]
    rows: tuple[LicenceRow, ...]


@blueprint.get("/batches")
@staff_only(*READERS)
def batches() -> str:
    """The form, filled in by the parameters of a list of licences, and the batches of the authority."""
    return _page(typed={name: request.args.get(name, "") for name in ("type", "state")})


@blueprint.post("/batches")
@staff_only(StaffRole.CLERK)
def begin_one_batch() -> Response | str | tuple[str, int]:
    """Look first; then make the offers."""
    node, desk = current_node(), current_desk()
    typed = request.form.to_dict()
    try:
        body = _body(typed)
        asked = parse_batch_request(body, desk.authority.uscc, node.catalogue)
        # What is made is what was looked at: a form that was changed since is looked at again.
        if typed.get("action") != "make" or typed.get("seen") != _digest(body):
            return _page(typed={**typed, "seen": _digest(body)}, preview=_look(asked))
        begin_batch(node, asked, by=desk.member.id, at=node.clock.now())
    except (InvalidInputError, AuthorityCannotIssueError) as error:
        return _page(typed=typed, error=error), 400
    return redirect(url_for("console.batches"), code=303)


@blueprint.get("/batches/<batch_id>/<any(offers, refused):name>")
@staff_only(StaffRole.CLERK)
def download_batch(batch_id: str, name: str) -> FlaskResponse:
    """The offers, or the licences that got none; for whoever began the batch."""
    node, desk = current_node(), current_desk()
    batch = batches_of(node).find(desk.authority.uscc, batch_id)
    file = offers_file if name == "offers" else refusals_file
    blocks = file(node, batch, by=desk.member.id)
    return file_response(blocks, JSON_LINES, f"{name}-{batch.at:%Y%m%d}-{batch.id[:6]}.jsonl")


def _body(typed: dict[str, str]) -> dict[str, Any]:
    selection: dict[str, Any] = {"type": typed.get("type", "")}
    if typed.get("state"):
        selection["states"] = [typed["state"]]
    days = {name: typed[name] for name in ("from", "to") if typed.get(name)}
    if days:
        selection["issue_date"] = days
    hours = typed.get("hours", "")
    return {
        "selection": selection,
        "tx_code": "tx_code" in typed,
        "by": "reference",  # short links fit into messages
        "hours": int(hours) if hours.isascii() and hours.isdigit() and len(hours) < 4 else DEFAULT_HOURS,
    }


def _digest(body: dict[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _look(asked: BatchRequest) -> BatchPreview:
    node, at = current_node(), current_node().clock.now()
    issuer = node.issuance.issuers.of_authority(asked.selection.authority, at=at)
    licences = node.finder.licences(asked.selection, None, _LOOKED_AT)
    refused: Counter[Text] = Counter()
    for licence in licences:
        try:
            offerable(node.issuance, issuer, licence, at)
        except (LicenceNotInForceError, AuthorityCannotIssueError) as error:
            refused[error.message] += 1
    count = node.finder.count(asked.selection, _COUNTED + 1)
    return BatchPreview(
        count=min(count, _COUNTED),
        is_more=count > _COUNTED,
        looked_at=len(licences),
        refused=tuple(refused.most_common()),
        rows=licence_rows(node.library, licences[:_SHOWN], at),
    )


def _page(
    *, typed: dict[str, str], preview: BatchPreview | None = None, error: ElicenceError | None = None
) -> str:
    node, desk = current_node(), current_desk()
    uscc, at = desk.authority.uscc, node.clock.now()
    rows = [
        (batch, job, batch.made_by == desk.member.id and batch.expires_at > at)
        for batch in batches_of(node).newest(uscc)
        for job in (batch_job(node, batch),)
    ]
    return render_template(
        "issuer/console/batches.html",
        desk=desk,
        batches=rows,
        is_open=any(job is not None and not job.state.is_ended for _, job, _ in rows),
        now=at,
        names={one.code: one.name for one in node.catalogue},
        staff={member.id: member.name for member in node.staff.staff_of(uscc)},
        types=[node.catalogue.by_code(code) for code in desk.authority.licence_types],
        states=DECIDED_STATES,
        may_make=desk.may(StaffRole.CLERK),
        preview=preview,
        rows=() if preview is None else preview.rows,
        error=error,
        typed={"hours": str(DEFAULT_HOURS)} | typed,
        most_hours=MAX_HOURS,
    )
