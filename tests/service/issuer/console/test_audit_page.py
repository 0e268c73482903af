"""The chain at the console: for auditors alone, an audit in the background, and the broken place in words."""

from __future__ import annotations

import re
from typing import Any

from issuer.chain.job import JOB_KIND
from issuer.node import IssuerNode
from service.demo.people import STAFF
from service.jobs import run_job
from tests.service.issuer.conftest import POLICE
from tests.support.clock import START

CLERK, _, AUDITOR, ADMINISTRATOR = STAFF


def job_of(page: str) -> str:
    found = re.search(r'data-refresh="/audit/([^"]+)"', page)
    assert found, page
    return found[1]


def run(node: IssuerNode, job_id: str) -> None:
    run_job(node, job_id, kinds={"issuer.audit": JOB_KIND})


def test_an_auditor_begins_an_audit_and_reads_what_it_came_to(
    node: IssuerNode, sign_in: Any, path: str
) -> None:
    auditor = sign_in(AUDITOR)
    assert "审计" in auditor.get("/audit")
    page = auditor.post("/audit")
    job_id = job_of(page)
    # One at a time: pressed again, it leads to the one that is under way.
    assert job_of(auditor.post("/audit")) == job_id
    run(node, job_id)
    done = auditor.get(f"/audit/{job_id}")
    assert "证照库与事件链一致" in done
    assert "data-refresh=" not in done
    listed = auditor.get("/audit")
    assert "完好" in listed
    assert node.blocks.head(POLICE.uscc).hash in listed


def test_the_broken_place_is_named_and_leads_to_the_licence(
    node: IssuerNode, sign_in: Any, path: str
) -> None:
    auditor = sign_in(AUDITOR)
    node.chain.seal_authority(POLICE.uscc, START)
    identifier = path.rpartition("/")[2]
    key = {"authority": POLICE.uscc, "_id": identifier}
    node.database["licences"].update_one(key, {"$set": {"state": "revoked"}})
    job_id = job_of(auditor.post("/audit"))
    run(node, job_id)
    page = auditor.get(f"/audit/{job_id}")
    assert f"证照 {identifier} 的状态记为“revoked”" in page
    assert f'href="/licences/{identifier}"' in page
    assert "有破损" in auditor.get("/audit")
    node.database["licences"].update_one(key, {"$set": {"state": "valid"}})


def test_nobody_else_sees_the_chain(sign_in: Any, node: IssuerNode) -> None:
    for member in (CLERK, ADMINISTRATOR):
        staff = sign_in(member)
        staff.post("/post", authority=POLICE.uscc)
        staff.get("/audit", 403)
        staff.post("/audit", 403)
        assert 'href="/audit"' not in staff.get("/")
    sign_in(AUDITOR).get("/audit/nothing", 404)


def test_a_place_that_no_chain_has_shows_the_newest_blocks(node: IssuerNode, sign_in: Any, path: str) -> None:
    """``?before=`` beyond 64 bits, zero or below: the store cannot compare it or nothing is there; no error page."""
    node.chain.seal_authority(POLICE.uscc, START)
    newest = node.blocks.head(POLICE.uscc).hash
    auditor = sign_in(AUDITOR)
    for before in ("9" * 30, "-1", "0"):
        assert newest in auditor.get(f"/audit?before={before}")
