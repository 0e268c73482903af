"""The background work of the authority: the list, and one job with its progress."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from issuer.console.blueprint import blueprint
from issuer.console.desk import READERS, current_desk, staff_only
from issuer.node import current_node
from issuer.staff import StaffRole
from service.jobs import (
    Job,
    JobEndedError,
    JobNotFoundError,
    JobNotRetryableError,
    JobState,
    JobStore,
    job_kinds,
    retry_job,
)
from standards.text import Text

PAGE_SIZE: Final = 30

STATE_KINDS: Final = {
    JobState.QUEUED: "info",
    JobState.RUNNING: "info",
    JobState.DONE: "success",
    JobState.FAILED: "danger",
    JobState.CANCELLED: "warning",
}
"""Kind of the tag that shows a state."""

_DECIDE: Final = (StaffRole.CLERK, StaffRole.APPROVER, StaffRole.ADMINISTRATOR)
"""Who may cancel a job and take it up again; an auditor only looks."""


@blueprint.get("/jobs")
@staff_only(*READERS, StaffRole.ADMINISTRATOR)
def jobs() -> str:
    """The authority's jobs, newest first."""
    node, desk = current_node(), current_desk()
    before = request.args.get("before")
    found = JobStore(node.database).list(desk.authority.uscc, None, PAGE_SIZE + 1, before)
    shown = found[:PAGE_SIZE]
    return render_template(
        "issuer/console/jobs.html",
        desk=desk,
        jobs=shown,
        titles=titles(),
        kinds=STATE_KINDS,
        names=_names(),
        are_open=any(not job.state.is_ended for job in shown),
        older=shown[-1].id if len(found) > PAGE_SIZE else None,
        is_first=before is None,
    )


@blueprint.get("/jobs/<job_id>")
@staff_only(*READERS, StaffRole.ADMINISTRATOR)
def show_job(job_id: str) -> str:
    """One job; the page refreshes its progress by itself until the job has ended."""
    node, desk = current_node(), current_desk()
    job = JobStore(node.database).find(desk.authority.uscc, job_id)
    if job is None:
        raise JobNotFoundError
    kind = job_kinds("issuer").get(job.kind)
    return render_template(
        "issuer/console/job.html",
        desk=desk,
        job=job,
        title=titles().get(job.kind, Text(job.kind, job.kind)),
        kind=STATE_KINDS[job.state],
        names=_names(),
        may_decide=desk.may(*_DECIDE),
        may_retry=job.state in (JobState.FAILED, JobState.CANCELLED),
        page=kind.page(job) if kind is not None and kind.page is not None else None,
        findings=_findings(job),
    )


@blueprint.post("/jobs/<job_id>/cancel")
@staff_only(*_DECIDE)
def cancel_job(job_id: str) -> Response:
    """Stop the job after the step that is under way."""
    node = current_node()
    with suppress(JobEndedError):  # it ended while the page stood open: the page says how
        JobStore(node.database).cancel(current_desk().authority.uscc, job_id, node.clock.now())
    return redirect(url_for("console.show_job", job_id=job_id), code=303)


@blueprint.post("/jobs/<job_id>/retry")
@staff_only(*_DECIDE)
def retry(job_id: str) -> Response:
    """Take the job up where it stopped."""
    node = current_node()
    with suppress(JobNotRetryableError):  # somebody else was quicker: the page says so
        retry_job(node, current_desk().authority.uscc, job_id, node.clock.now())
    return redirect(url_for("console.show_job", job_id=job_id), code=303)


def titles() -> Mapping[str, Text]:
    """What each installed kind of job is called."""
    return {name: kind.title for name, kind in job_kinds("issuer").items()}


def _names() -> Mapping[str, str]:
    """Id of a member of staff → name; a system stands under its own name."""
    return {member.id: member.name for member in current_node().staff.staff_of(current_desk().authority.uscc)}


def _findings(job: Job) -> list[tuple[str, Any]]:
    """The simple members of the result, for a kind without a page of its own."""
    return [
        (name.replace("_", " "), value)
        for name, value in (job.result or {}).items()
        if isinstance(value, (str, int)) and not isinstance(value, bool)
    ]
