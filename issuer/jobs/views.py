"""``/api/v1/jobs``: how far an authority's background work is; cancel it, take it up again."""

from __future__ import annotations

from typing import Any, Final

import orjson
from flask import Response, g, request

from issuer.jobs.job_json import job_json
from issuer.node import current_node
from service.api_tokens import require_api_caller
from service.jobs import JobNotFoundError, JobStore, retry_job
from service.web.csrf import MachineBlueprint
from standards.errors import InvalidInputError

blueprint = MachineBlueprint("jobs", __name__, url_prefix="/api/v1/jobs")
blueprint.before_request(require_api_caller(lambda: current_node().api_tokens))

MAX_LISTED: Final = 200
"""Most jobs in one answer."""


@blueprint.get("")
def list_jobs() -> Response:
    """The authority's jobs, newest first; ``next`` is given as ``before`` for the page that follows."""
    limit = _limit(request.args.get("limit", "50"))
    found = JobStore(current_node().database).list(
        g.caller.authority, request.args.get("kind"), limit, request.args.get("before")
    )
    following = found[-1].id if len(found) == limit else None
    return _answer({"jobs": [job_json(job) for job in found], "next": following})


@blueprint.get("/<job_id>")
def read_job(job_id: str) -> Response:
    """How far the job is."""
    job = JobStore(current_node().database).find(g.caller.authority, job_id)
    if job is None:
        raise JobNotFoundError
    return _answer(job_json(job))


@blueprint.post("/<job_id>/cancel")
def cancel_job(job_id: str) -> Response:
    """Stop it after the step that is under way; what is done stays done."""
    node = current_node()
    return _answer(job_json(JobStore(node.database).cancel(g.caller.authority, job_id, node.clock.now())))


@blueprint.post("/<job_id>/retry")
def take_up_again(job_id: str) -> Response:
    """Queue a job that failed or was cancelled again; it goes on where it stopped."""
    node = current_node()
    return _answer(job_json(retry_job(node, g.caller.authority, job_id, node.clock.now())))


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MAX_LISTED):
        raise InvalidInputError(
            f"limit 应为 1 到 {MAX_LISTED} 之间的整数。",
            f"limit must be a whole number from 1 to {MAX_LISTED}.",
            where="limit",
        )
    return int(text)


def _answer(value: Any) -> Response:
    return Response(orjson.dumps(value), mimetype="application/json")
