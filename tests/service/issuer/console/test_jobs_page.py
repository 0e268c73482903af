"""Background work at the console: the list, one job, cancelling and taking it up; and the same over the interface."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from issuer.node import IssuerNode
from service.demo.people import STAFF
from service.jobs import Job, JobContext, JobKind, JobState, JobStore, run_job
from standards.errors import InvalidInputError
from standards.text import Text
from tests.service.issuer.conftest import MARKET, POLICE
from tests.support.clock import START

CLERK, APPROVER, AUDITOR, ADMINISTRATOR = STAFF


def new_job(node: IssuerNode, owner: str = MARKET.uscc, total: int | None = 4) -> Job:
    return JobStore(node.database).create("issuer.counting", owner, {}, by="审批系统", at=START, total=total)


def run(node: IssuerNode, job: Job, work: Callable[[JobContext], Any]) -> Job:
    kind = JobKind("issuer.counting", work, Text("数数", "Counting"))
    return run_job(node, job.id, kinds={"issuer.counting": kind})


def half(context: JobContext) -> None:
    context.advance(2, done=2, errors=1)
    raise InvalidInputError("来源系统没有应答。", "The source system does not answer.")


def rest(context: JobContext) -> dict[str, Any]:
    context.advance(4, done=2)
    return {"rows": 4, "nested": {"not": "shown"}}


def test_the_interface_tells_progress_and_result_and_nothing_inside(node: IssuerNode, market: Any) -> None:
    job = JobStore(node.database).create(
        "issuer.counting", MARKET.uscc, {"inside": "parameters"}, by="审批系统", at=START, total=4
    )
    waiting = market.get(f"/api/v1/jobs/{job.id}").json
    assert (waiting["state"], waiting["done"], waiting["total"]) == ("queued", 0, 4)
    run(node, job, half)
    failed = market.get(f"/api/v1/jobs/{job.id}").json
    assert (failed["state"], failed["done"], failed["errors"]) == ("failed", 2, 1)
    assert failed["message"] == {"zh": "来源系统没有应答。", "en": "The source system does not answer."}
    assert market.post(f"/api/v1/jobs/{job.id}/retry", {}).json["state"] == "queued"
    run(node, job, rest)
    done = market.get(f"/api/v1/jobs/{job.id}")
    assert (done.json["state"], done.json["result"]["rows"]) == ("done", 4)
    assert done.json["created_at"].endswith("Z")
    assert "parameters" not in done.text
    assert market.post(f"/api/v1/jobs/{job.id}/cancel", {}).status_code == 409
    assert market.post(f"/api/v1/jobs/{job.id}/retry", {}).status_code == 409


def test_another_authority_sees_and_stops_nothing(node: IssuerNode, market: Any, police: Any) -> None:
    """Input: the id of another authority's job. Verdict: 404 at each address, and the job is as it was."""
    job = new_job(node)
    assert police.get(f"/api/v1/jobs/{job.id}").status_code == 404
    assert police.post(f"/api/v1/jobs/{job.id}/cancel", {}).status_code == 404
    assert police.post(f"/api/v1/jobs/{job.id}/retry", {}).status_code == 404
    assert job.id not in police.get("/api/v1/jobs").text
    assert market.get(f"/api/v1/jobs/{job.id}").json["state"] == "queued"


def test_the_list_comes_in_pages(node: IssuerNode, police: Any) -> None:
    made = {new_job(node, POLICE.uscc).id for _ in range(5)}
    first = police.get("/api/v1/jobs?limit=3").json
    second = police.get(f"/api/v1/jobs?limit=3&before={first['next']}").json
    assert {job["id"] for page in (first, second) for job in page["jobs"]} == made
    assert second["next"] is None
    assert police.get("/api/v1/jobs?kind=issuer.other").json == {"jobs": [], "next": None}


@pytest.mark.parametrize("limit", ["0", "-1", "201", "ten", "٣", "9999999"])
def test_a_limit_that_is_none_is_refused(police: Any, limit: str) -> None:
    assert police.get(f"/api/v1/jobs?limit={limit}").status_code == 400


def test_a_clerk_follows_a_job_cancels_it_and_takes_it_up_again(node: IssuerNode, sign_in: Any) -> None:
    clerk, job = sign_in(CLERK), new_job(node)
    listed = clerk.get("/jobs")
    assert f"/jobs/{job.id}" in listed
    assert 'data-refresh="/jobs' in listed
    page = clerk.get(f"/jobs/{job.id}")
    assert f'data-refresh="/jobs/{job.id}"' in page
    assert "0 / 4" in page
    assert "审批系统" in page
    cancelled = clerk.post(f"/jobs/{job.id}/cancel")
    assert "任务已取消" in cancelled
    assert "data-refresh=" not in cancelled
    assert "排队中" in clerk.post(f"/jobs/{job.id}/retry")
    run(node, job, half)
    failed = clerk.get(f"/jobs/{job.id}")
    assert "来源系统没有应答。" in failed
    assert "2 / 4" in failed
    assert "1 条有误" in failed
    clerk.post(f"/jobs/{job.id}/retry")
    run(node, job, rest)
    done = clerk.get(f"/jobs/{job.id}")
    assert "任务已完成" in done
    assert "<dt>rows</dt><dd>4</dd>" in done
    # The page stood open while the job ended: the press answers with how it ended.
    assert "任务已完成" in clerk.post(f"/jobs/{job.id}/cancel")
    assert JobStore(node.database).read(job.id).state is JobState.DONE


def test_an_auditor_looks_and_decides_nothing(node: IssuerNode, sign_in: Any) -> None:
    auditor, job = sign_in(AUDITOR), new_job(node, POLICE.uscc)
    page = auditor.get(f"/jobs/{job.id}")
    assert "取消任务" not in page
    auditor.post(f"/jobs/{job.id}/cancel", 403)
    assert JobStore(node.database).read(job.id).state is JobState.QUEUED


def test_a_job_of_another_authority_is_not_found_at_the_console(node: IssuerNode, sign_in: Any) -> None:
    job = new_job(node, MARKET.uscc)
    sign_in(AUDITOR).get(f"/jobs/{job.id}", 404)
    sign_in(ADMINISTRATOR).post(f"/jobs/{job.id}/cancel", 404)
