"""Bulk operations at the console: choose, look, propose; another person sees the same and decides; and who may."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest

from issuer.imports.receive_file import begin_import
from issuer.node import IssuerNode
from issuer.staff import StaffRole, enrol_staff
from service.demo.people import DemoPerson
from service.jobs import JobStore, run_job
from tests.service.issuer.conftest import FOOD, MARKET
from tests.service.issuer.console.conftest import APPROVER, CLERK, WINDOW_CLERK, Staff
from tests.service.issuer.imports.conftest import received
from tests.support.clock import START
from tests.support.import_files import csv_text, food_row

SignIn = Callable[[DemoPerson], Staff]
FORM = {"type": FOOD, "what": "suspend/rectification", "reason": "责令限期改正"}


@pytest.fixture(autouse=True)
def three_licences(node: IssuerNode) -> Iterator[None]:
    for name in ("licences", "imports", "transfer_files", "jobs", "bulk_operations", "bulk_operation_steps"):
        node.database[name].delete_many({})
    file = received(node, csv_text(food_row(number) for number in range(1, 4)).encode())
    _, job = begin_import(node, file, by="x", at=START, dry_run=False)
    run_job(node, job.id)
    yield
    node.database["licences"].delete_many({})


@pytest.fixture
def at_market(sign_in: SignIn, node: IssuerNode) -> Callable[[DemoPerson], Staff]:
    """Staff at the market authority: a clerk, one who is clerk and approver, and an auditor."""
    for member, roles in (
        (CLERK, (StaffRole.CLERK,)),
        (APPROVER, (StaffRole.CLERK, StaffRole.APPROVER)),
        (WINDOW_CLERK, (StaffRole.AUDITOR,)),
    ):
        enrol_staff(
            node.staff,
            node.authorities,
            authority=MARKET.uscc,
            code_type=member.code_type,
            number=member.number,
            name=member.name,
            roles=roles,
            at=START,
        )

    def begin(one: DemoPerson) -> Staff:
        staff = sign_in(one)
        staff._client.set_cookie("elicence_issuer_authority", MARKET.uscc)
        return staff

    return begin


def hidden(page: str) -> dict[str, str]:
    return {
        name: unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
        if name != "csrf_token"
    }


def proposed(clerk: Staff) -> tuple[str, str]:
    """Propose over all food licences; answers the operation's page and its address."""
    page = clerk.post("/operations/new", action="preview", **FORM)
    page = clerk.post("/operations/new", action="propose", **hidden(page))
    found = re.search(r'action="(/operations/[^"/]+)/cancel"', page)
    assert found is not None
    return page, found[1]


def work_off(node: IssuerNode) -> None:
    for job in JobStore(node.database).list(MARKET.uscc, "issuer.operation", 10):
        run_job(node, job.id)


def suspended(node: IssuerNode) -> int:
    return node.database["licences"].count_documents({"state": "suspended"})


def test_a_clerk_proposes_another_person_approves_and_the_result_is_there(
    at_market: Callable[[DemoPerson], Staff], node: IssuerNode
) -> None:
    clerk, approver = at_market(CLERK), at_market(APPROVER)
    preview = clerk.post("/operations/new", action="preview", **FORM)
    assert "提出，送审批" in preview
    assert re.search(r"<strong>3</strong> 件在所选范围内", preview)
    page, path = proposed(clerk)
    assert "您是提出人" in page
    assert "待审批" in clerk.get("/operations")
    assert "另有 1 项批量操作待审批" in approver.get("/proposals")
    clerk.post(f"{path}/decision", 403, decision="approve")
    seen = approver.get(path)
    assert "批准并办理 3 件" in seen
    assert "责令限期改正" in seen
    assert "请说明不批准的理由" in approver.post(f"{path}/decision", 400, decision="refuse")
    running = approver.post(f"{path}/decision", decision="approve", reason="同意")
    assert "data-refresh" in running
    assert "停止办理" in running
    approver.get(f"{path}/result", 409)
    work_off(node)
    assert suspended(node) == 3
    done = approver.get(path)
    assert "批量操作已完成" in done
    assert "data-refresh" not in done
    assert "停止办理" not in done
    assert clerk.get(f"{path}/result").count(",done,") == 3
    licence = node.database["licences"].find_one({})
    assert licence is not None
    assert f'href="{path}"' in clerk.get(f"/licences/{licence['_id']}")
    log = at_market(WINDOW_CLERK).get("/operations/log")
    for word in ("预览", "提出", "批准", "下载结果", "同意"):
        assert word in log


def test_the_proposer_does_not_approve_even_with_the_role(
    at_market: Callable[[DemoPerson], Staff], node: IssuerNode
) -> None:
    both = at_market(APPROVER)
    page, path = proposed(both)
    assert "批准并办理" not in page
    assert "不能是同一人" in both.post(f"{path}/decision", 400, decision="approve")
    assert suspended(node) == 0


def test_what_changed_after_the_proposal_is_said_to_the_approver(
    at_market: Callable[[DemoPerson], Staff], node: IssuerNode
) -> None:
    _, path = proposed(at_market(CLERK))
    first = node.database["licences"].find_one({})
    assert first is not None
    lost = {"operation": "report_lost", "reason": "丢失"}
    at_market(CLERK).post(f"/licences/{first['_id']}/operations", **lost)
    assert "有 1 件证照发生变化" in at_market(APPROVER).get(path)


def test_a_preview_that_is_no_longer_true_is_shown_again(
    at_market: Callable[[DemoPerson], Staff], node: IssuerNode
) -> None:
    clerk = at_market(CLERK)
    seen = hidden(clerk.post("/operations/new", action="preview", **FORM))
    node.database["licences"].update_one(
        {"_id": node.database["licences"].find_one({}, {"_id": 1})["_id"], "authority": MARKET.uscc},  # type: ignore[index]
        {"$inc": {"revision": 1}},
    )
    again = clerk.post("/operations/new", 409, action="propose", **seen)
    assert "预览之后证照有了变化" in again
    assert hidden(again)["preview"] != seen["preview"]
    assert "待审批" in clerk.post("/operations/new", action="propose", **hidden(again))


def test_mistakes_stand_beside_their_fields_and_what_was_typed_stays(
    at_market: Callable[[DemoPerson], Staff],
) -> None:
    clerk = at_market(CLERK)
    page = clerk.post("/operations/new", 400, action="preview", **{**FORM, "division": "3x"})
    assert 'id="error-division"' in page
    assert f'<option value="{FOOD}" selected>' in page
    page = clerk.post("/operations/new", 400, action="preview", **{**FORM, "what": ""})
    assert 'id="error-what"' in page
    page = clerk.post("/operations/new", 400, action="preview", **{**FORM, "what": "inspect/regular"})
    assert 'id="error-inspection_result"' in page
    empty = clerk.post("/operations/new", action="preview", **{**FORM, "division": "510000"})
    assert "没有符合条件的证照" in empty
    assert "提出，送审批" not in empty
    assert f'<option value="{FOOD}" selected>' in clerk.post("/operations/new", action="back", **FORM)


def test_who_may(at_market: Callable[[DemoPerson], Staff], citizen: Staff) -> None:
    auditor, clerk = at_market(WINDOW_CLERK), at_market(CLERK)
    _, path = proposed(clerk)
    assert "批准并办理" not in auditor.get(path)
    auditor.get("/operations/new", 403)
    auditor.post(f"{path}/cancel", 403)
    clerk.get("/operations/log", 403)
    assert "已撤回" in clerk.post(f"{path}/cancel")
    assert "已有决定" in clerk.post(f"{path}/cancel", 409)
    assert path not in citizen.get("/operations", 303)
