"""The console's pages of sources and discrepancies."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.service.issuer.conftest import DRIVING, MARKET, POLICE
from tests.service.issuer.console.conftest import CLERK

FORM = {
    "code": "population",
    "name": "人口库（示例）",
    "department": "public_security",
    "contact": "数据科",
    "expected_every_hours": "24",
    "types": DRIVING,
}


@pytest.fixture(autouse=True)
def _empty(node) -> None:
    for name in ("sources", "source_confirmations", "discrepancies"):
        node.database[name].delete_many({})


@pytest.fixture
def registered(administrator) -> None:
    assert "已保存" in administrator.post("/sources/new", **FORM)


@pytest.fixture
def discrepancy(registered, police, driving) -> tuple[str, dict[str, Any]]:
    """The page of a discrepancy: the population register knows another address."""
    licence = police.post("/api/v1/licences", driving).get_json()
    row = {"identifier": licence["identifier"], "fields": {"address": "浙江省杭州市示例路 8 号"}}
    report = police.post("/api/v1/sources/population/observations", {"observations": [row]}).get_json()
    return f"/discrepancies/{report['discrepancies']['open'][0]}", licence


def closing_of(page: str, reason: str, note: str = "") -> dict[str, str]:
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision
    return {"reason": reason, "note": note, "revision": revision[1]}


def test_an_administrator_registers_changes_and_removes_a_source(administrator, clerk):
    assert "还没有登记数据来源" in administrator.get("/sources")
    assert "已保存" in administrator.post("/sources/new", **FORM)
    page = clerk.get("/sources")
    assert "人口库（示例）" in page
    assert "尚未报送" in page
    clerk.get("/sources/population", 403)
    clerk.post("/sources/new", 403, **FORM)
    form = administrator.get("/sources/population")
    revision = re.search(r'name="revision" value="(\d+)"', form)
    assert revision
    renamed = {**FORM, "name": "人口基础库", "revision": revision[1]}
    assert "人口基础库" in administrator.post("/sources/population", **renamed)
    assert "刚刚被他人更改" in administrator.post("/sources/population", 400, **renamed)
    administrator.post("/sources/population/removal")
    administrator.get("/sources/population", 404)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"code": "Population"}, "来源代码应为"),
        ({"name": " "}, "1 至 80"),
        ({"expected_every_hours": "often"}, "1 与 8784 之间"),
        ({"department": "none"}, "此项应为以下之一"),
        ({"types": "11100000MB0143028R901"}, "本机构不颁发"),
    ],
)
def test_a_source_that_cannot_be_registered_keeps_what_was_typed(administrator, change, message):
    page = administrator.post("/sources/new", 400, **{**FORM, **change})
    assert message in page
    assert "数据科" in page


def test_a_code_is_given_once(administrator, registered):
    assert "已有使用此代码的数据来源" in administrator.post("/sources/new", 400, **FORM)


def test_a_discrepancy_stands_in_the_queue_with_both_values(clerk, auditor, discrepancy):
    path, licence = discrepancy
    page = clerk.get("/discrepancies")
    assert path in page
    assert licence["fields"]["address"] in page
    assert "浙江省杭州市示例路 8 号" in page
    assert licence["holders"][0]["name"] in page
    assert path not in clerk.get("/discrepancies?state=closed")
    assert path not in clerk.get("/discrepancies?source=other")
    assert path in clerk.get("/discrepancies?owner=none")
    assert path in clerk.get("/discrepancies?after=nonsense")
    seen = auditor.get(path)
    assert "结论" not in seen
    auditor.post(f"{path}/closing", 403, reason="corrected_at_source", revision="1")


def test_a_clerk_takes_a_discrepancy_and_the_authoritative_value(clerk, node, police, discrepancy):
    path, licence = discrepancy
    me = next(one for one in node.staff.staff_of(POLICE.uscc) if one.name == CLERK.name)
    page = clerk.post(f"{path}/owner", owner=me.id)
    assert CLERK.name in page
    assert path in clerk.get("/discrepancies?owner=me")
    assert "请说明依据" in clerk.post(f"{path}/closing", 400, **closing_of(page, "keep_library"))
    done = clerk.post(f"{path}/closing", **closing_of(page, "take_source", "人口库核实"))
    assert "采用来源的值" in done
    old = police.get(f"/api/v1/licences/{licence['identifier']}").get_json()
    new = police.get(f"/api/v1/licences/{old['superseded_by']}").get_json()
    assert new["fields"]["address"] == "浙江省杭州市示例路 8 号"
    assert new["events"][0]["proposer"] == CLERK.name


def test_who_decides_has_seen_what_he_decides(clerk, police, discrepancy):
    """The page shows address A; a delivery says B; the clerk takes what the page shows → told, nothing changed."""
    path, licence = discrepancy
    seen = closing_of(clerk.get(path), "take_source")
    row = {"identifier": licence["identifier"], "fields": {"address": "浙江省杭州市示例路 9 号"}}
    police.post("/api/v1/sources/population/observations", {"observations": [row]})
    assert "刚刚有了变化" in clerk.post(f"{path}/closing", 400, **seen)
    assert police.get(f"/api/v1/licences/{licence['identifier']}").get_json()["superseded_by"] is None


def test_a_licence_that_cannot_be_changed_now_says_so_on_the_page(clerk, police, discrepancy):
    path, licence = discrepancy
    police.post(
        f"/api/v1/licences/{licence['identifier']}/events",
        {"operation": "report_lost", "reason": "遗失"},
    )
    page = clerk.post(f"{path}/closing", 400, **closing_of(clerk.get(path), "take_source"))
    assert "不能变更" in page


def test_the_page_tells_when_the_licence_was_changed_otherwise(clerk, police, discrepancy):
    path, licence = discrepancy
    event = {"operation": "change", "reason": "本人申请", "changes": {"fields": {"address": "新址"}}}
    police.post(f"/api/v1/licences/{licence['identifier']}/events", event)
    page = clerk.get(path)
    assert "此后已改为" in page
    assert "新址" in page


def test_closed_by_mistake_is_opened_again(clerk, discrepancy):
    path, _ = discrepancy
    clerk.post(f"{path}/closing", **closing_of(clerk.get(path), "corrected_at_source"))
    assert "已经结案" in clerk.post(f"{path}/owner", 400, owner="")
    page = clerk.post(f"{path}/reopening")
    assert "重新提出" in page
    assert path in clerk.get("/discrepancies")


def test_only_an_approver_gives_work_to_a_colleague(clerk, approver, node, discrepancy):
    path, _ = discrepancy
    staff = {one.name: one.id for one in node.staff.staff_of(POLICE.uscc)}
    clerk.post(f"{path}/owner", 403, owner=staff["周审批"])
    assert CLERK.name in approver.post(f"{path}/owner", owner=staff[CLERK.name])


def test_another_authority_does_not_find_it(clerk, discrepancy):
    path, _ = discrepancy
    clerk.post("/post", authority=MARKET.uscc)
    clerk.get(path, 404)
    assert "没有待处理的差异" in clerk.get("/discrepancies")
