"""Offers for many licences at the console: look, make, fetch; and who may."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from issuer.node import IssuerNode
from service.demo.people import DemoPerson
from service.jobs import JobStore, run_job
from tests.service.issuer.conftest import POLICE, System
from tests.service.issuer.console.conftest import APPROVER, WINDOW_CLERK, Staff

SUSPEND = {
    "operation": "suspend",
    "reason": "核查",
    "approval": {"proposer": "孙经办", "approver": "周审批"},
}


@pytest.fixture
def driving_licences(police: System, driving: Any, node: IssuerNode) -> list[str]:
    """Three, one of which is suspended."""
    for name in ("licences", "batches", "jobs"):
        node.database[name].delete_many({})
    found = [police.post("/api/v1/licences", driving).json["identifier"] for _ in range(3)]
    assert police.post(f"/api/v1/licences/{found[0]}/events", SUSPEND).status_code == 201
    return found


def seen_of(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert found is not None
    return found[1]


def test_a_clerk_looks_makes_and_fetches(
    clerk: Staff, node: IssuerNode, driving: dict[str, Any], driving_licences: list[str]
) -> None:
    form = {"type": driving["type"], "state": "", "hours": "12", "tx_code": "1"}
    page = clerk.post("/batches", **form, action="look")
    assert "选中 3 份" in page
    assert "× 1" in page
    seen = seen_of(page)
    # Changed after the preview: looked at again, not made.
    page = clerk.post("/batches", **{**form, "hours": "13"}, seen=seen, action="make")
    assert seen_of(page) != seen
    assert node.database["batches"].count_documents({}) == 0
    page = clerk.post("/batches", **form, seen=seen, action="make")
    assert "data-refresh" in page
    (job,) = JobStore(node.database).list(POLICE.uscc, "issuer.batch")
    run_job(node, job.id)
    page = clerk.get("/batches")
    assert "data-refresh" not in page.partition('id="batches"')[2].partition(">")[0]
    files = re.findall(r'href="(/batches/[^"]+/(?:offers|refused))"', page)
    assert len(files) == 2
    made = [orjson.loads(line) for line in clerk.get(files[0]).splitlines()]
    assert sorted(line["licence"] for line in made) == sorted(driving_licences[1:])
    assert all(line["tx_code"] for line in made)
    assert driving_licences[0] in clerk.get(files[1])


def test_a_list_of_licences_leads_there_with_its_filter(clerk: Staff, driving_licences: list[str]) -> None:
    page = clerk.get("/batches?state=valid")
    assert '<option value="valid" selected>' in page


@pytest.mark.parametrize("change", [{"hours": "99"}, {"type": "unknown"}, {"from": "2026-13-01"}])
def test_a_form_that_says_nothing_usable_comes_back(
    clerk: Staff,
    node: IssuerNode,
    driving: dict[str, Any],
    driving_licences: list[str],
    change: dict[str, str],
) -> None:
    form = {"type": driving["type"], "hours": "12", **change}
    assert "danger" in clerk.post("/batches", 400, **form, action="make")
    assert node.database["batches"].count_documents({}) == 0


def test_others_see_the_batch_and_get_no_links(
    clerk: Staff,
    sign_in: Callable[[DemoPerson], Staff],
    node: IssuerNode,
    driving: dict[str, Any],
    driving_licences: list[str],
) -> None:
    page = clerk.post("/batches", type=driving["type"], hours="12", action="look")
    clerk.post("/batches", type=driving["type"], hours="12", seen=seen_of(page), action="make")
    (job,) = JobStore(node.database).list(POLICE.uscc, "issuer.batch")
    run_job(node, job.id)
    (batch,) = node.database["batches"].find()
    auditor, colleague = sign_in(WINDOW_CLERK), sign_in(APPROVER)
    for one in (auditor, colleague):
        page = one.get("/batches")
        assert "3 / 3" in page
        assert f"/batches/{batch['_id']}/offers" not in page
    colleague.get(f"/batches/{batch['_id']}/offers", 404)
    auditor.get(f"/batches/{batch['_id']}/offers", 403)
    auditor.post("/batches", 403, type=driving["type"], action="make")
