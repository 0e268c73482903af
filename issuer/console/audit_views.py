"""The authority's chain of events for auditors: how it stands, and audits of the library against it."""

from __future__ import annotations

from typing import Final

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from issuer.chain.job import NAME
from issuer.console.blueprint import blueprint
from issuer.console.desk import current_desk, staff_only
from issuer.node import current_node
from issuer.staff import StaffRole
from service.jobs import Job, JobNotFoundError, JobStore, enqueue
from standards.text import Text

_AUDITS: Final = 10
_BLOCKS: Final = 20

_MAX_SEQUENCE: Final = 2**31 - 1
"""Largest place in a chain; the store compares whole numbers of at most 64 bits."""


@blueprint.get("/audit")
@staff_only(StaffRole.AUDITOR)
def audits() -> str:
    """The chain, the latest audits, and the newest blocks."""
    node, desk = current_node(), current_desk()
    authority = desk.authority.uscc
    before = request.args.get("before", type=int)
    if before is not None and not 0 < before <= _MAX_SEQUENCE:
        before = None
    blocks = node.blocks.newest(authority, _BLOCKS + 1, before=before)
    return render_template(
        "issuer/console/audits.html",
        desk=desk,
        head=node.blocks.head(authority),
        sealed=node.blocks.count_sealed(authority),
        waiting=node.blocks.count_waiting(authority),
        audits=[(job, _verdict(job)) for job in _jobs(_AUDITS)],
        blocks=blocks[:_BLOCKS],
        older=blocks[_BLOCKS - 1].sequence if len(blocks) > _BLOCKS else None,
        before=before,
    )


@blueprint.post("/audit")
@staff_only(StaffRole.AUDITOR)
def begin_audit() -> Response:
    """Begin an audit in the background; one at a time."""
    node, desk = current_node(), current_desk()
    running = next((job for job in _jobs(_AUDITS) if not job.state.is_ended), None)
    job = running or enqueue(node, NAME, desk.authority.uscc, {}, by=desk.member.id, at=node.clock.now())
    return redirect(url_for("console.show_audit", job_id=job.id), code=303)


@blueprint.get("/audit/<job_id>")
@staff_only(StaffRole.AUDITOR)
def show_audit(job_id: str) -> str:
    """One audit: its progress, then what it came to."""
    node, desk = current_node(), current_desk()
    job = JobStore(node.database).find(desk.authority.uscc, job_id)
    if job is None or job.kind != NAME:
        raise JobNotFoundError
    finding = (job.result or {}).get("finding")
    return render_template(
        "issuer/console/audit.html",
        desk=desk,
        job=job,
        verdict=_verdict(job),
        report=job.result,
        finding=None if finding is None else Text(finding["message"]["zh"], finding["message"]["en"]),
        licence=None if finding is None or finding["code"] == "licence-missing" else finding["licence"],
    )


def _jobs(limit: int) -> tuple[Job, ...]:
    store = JobStore(current_node().database)
    return tuple(store.list(current_desk().authority.uscc, NAME, limit, None))


def _verdict(job: Job) -> tuple[Text, str]:
    """What an audit came to, and the kind of the tag that shows it."""
    if job.result is None:
        return job.state.label, "info" if not job.state.is_ended else "warning"
    if job.result["whole"]:
        return Text("完好", "Whole"), "success"
    return Text("有破损", "Broken"), "danger"
