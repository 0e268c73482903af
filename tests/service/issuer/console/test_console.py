from __future__ import annotations

import re

import pytest

from tests.service.issuer.conftest import DRIVING, MARKET, POLICE
from tests.service.issuer.console.conftest import proposal_of

NUMBER = "990101198805120016"


def test_a_stranger_is_welcomed_and_a_citizen_told_where_to_go(app, citizen):
    welcome = app.test_client().get("/", headers={"Accept": "text/html"})
    assert "/sign-in" in welcome.get_data(as_text=True)
    assert "您还不是颁发机构的工作人员" in citizen.get("/")
    assert "您还不是颁发机构的工作人员" in citizen.post("/find", holder_number=NUMBER)


@pytest.mark.parametrize("path", ["/find", "/proposals", "/searches", "/licences/x", "/licences/x/change"])
def test_pages_of_staff_ask_for_a_sign_in(app, path):
    answer = app.test_client().get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in")


def test_the_list_shows_numbers_of_persons_by_their_ends_only(clerk, path):
    page = clerk.get("/")
    assert path in page
    assert "9****************6" in page
    assert NUMBER not in page


def test_the_list_is_filtered(clerk, path):
    assert path in clerk.get(f"/?type={DRIVING}&state=valid")
    assert path not in clerk.get(f"/?type={DRIVING}&state=revoked")
    assert path in clerk.get("/?state=nonsense&page=99")


def test_a_post_is_only_changed_to_one_of_ones_own(clerk, approver):
    assert "食品经营许可证" in clerk.post("/post", authority=MARKET.uscc)
    approver.post("/post", authority=MARKET.uscc)
    assert POLICE.name.zh in approver.get("/")
    assert MARKET.name.zh not in approver.get("/")


def test_a_licence_of_another_authority_is_not_shown(clerk, path):
    clerk.post("/post", authority=MARKET.uscc)
    for address in (path, f"{path}/change"):
        clerk.get(address, 404)
    clerk.post(f"{path}/operations", 404, operation="report_lost", reason="x")
    clerk.post(f"{path}/offers", 404)


def test_a_holder_is_found_for_a_cause_and_the_search_is_logged(clerk, path, auditor, node):
    form = {"type": DRIVING, "holder_code_type": "111", "holder_number": NUMBER}
    assert "2 至 200" in clerk.post("/find", 400, cause="", **form)
    assert len(node.search_log.newest(POLICE.uscc)) == 0
    page = clerk.post("/find", cause="核对驾驶证", **form)
    assert path in page
    log = auditor.get("/searches")
    assert "核对驾驶证" in log
    assert "孙经办" in log
    assert NUMBER not in log


def test_a_licence_is_found_by_its_number_and_by_its_identifier(clerk, path, auditor, node):
    """Each way is in the log under its own name, and none of them without a cause."""
    licence = node.licences.find(path.rpartition("/")[2])
    before = len(node.search_log.newest(POLICE.uscc))
    assert "2 至 200" in clerk.post("/find", 400, by="number", licence_number=licence.licence_number)
    assert "2 至 200" in clerk.post("/find", 400, by="identifier", identifier=str(licence.identifier))
    assert len(node.search_log.newest(POLICE.uscc)) == before
    assert path in clerk.post("/find", by="number", licence_number=licence.licence_number, cause="窗口核对")
    assert path in clerk.post("/find", by="identifier", identifier=str(licence.identifier), cause="窗口核对")
    assert "本机构没有这样的证照" in clerk.post("/find", by="number", licence_number="无", cause="窗口核对")
    log = auditor.get("/searches")
    assert "证照号码" in log
    assert "电子证照标识" in log
    assert licence.licence_number not in log


def test_pages_of_the_list_lead_on_and_back_without_a_page_number(clerk, monkeypatch, police, driving):
    """Three licences, one on a page: two steps on, two back, and a made-up place begins anew."""
    monkeypatch.setattr("issuer.console.list_views.PAGE_SIZE", 1)
    for _ in range(3):
        police.post("/api/v1/licences", driving)
    first = clerk.get("/")
    assert 'rel="prev"' not in first
    second = clerk.get(link(first, "next"))
    assert link(second, "next") != link(first, "next")
    back = clerk.get(link(second, "prev"))
    assert rows_of(back) == rows_of(first)
    assert rows_of(first) != rows_of(second)
    third = clerk.get(link(second, "next"))
    assert len({*rows_of(first), *rows_of(second), *rows_of(third)}) == 3
    assert rows_of(clerk.get("/?older=0-1.2")) == rows_of(first)
    assert rows_of(clerk.get("/?older=nonsense")) == rows_of(first)


def link(page, rel):
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    assert found
    return found[1]


def rows_of(page):
    return re.findall(r'data-label="证照号码"><a href="(/licences/[^"]+)"', page)


def test_a_wrong_number_keeps_what_was_typed(clerk):
    form = {"type": DRIVING, "holder_code_type": "111", "holder_number": "123", "cause": "核对驾驶证"}
    page = clerk.post("/find", 400, **form)
    assert 'value="核对驾驶证"' in page
    assert "公民身份号码应为 18 位" in page


def test_only_the_auditor_reads_the_search_log(clerk, approver):
    clerk.get("/searches", 403)
    approver.get("/searches", 403)


def test_an_administrator_as_such_sees_no_licences(administrator, path):
    assert "管理员不查看证照" in administrator.get("/")
    administrator.get(path, 403)
    administrator.get("/find", 403)


def test_an_auditor_reads_and_changes_nothing(auditor, path):
    page = auditor.get(path)
    assert f"{path}/operations" not in page
    auditor.post(f"{path}/operations", 403, operation="report_lost", reason="x")
    auditor.post(f"{path}/offers", 403)
    auditor.get(f"{path}/change", 403)


def test_the_face_stands_in_printed_order_in_both_languages(clerk, path):
    page = clerk.get(path)
    assert page.index("国籍") < page.index("准驾车型") < page.index("档案编号")
    english = clerk.get(f"{path}?lang=en")
    assert "Vehicle classes" in english
    assert "Driving licence" in english


def test_a_clerk_proposes_and_another_person_approves(clerk, approver, path):
    page = clerk.post(f"{path}/operations", operation="revoke", reason="严重违法")
    assert "待审批" in page
    assert "/proposals/" not in page  # the clerk has no role to decide
    assert path in approver.get("/proposals")
    event = proposal_of(approver.get(path))
    assert "已吊销" in approver.post(f"{path}/proposals/{event}", decision="approve")
    assert path not in approver.get("/proposals")


def test_nobody_approves_his_own_proposal(approver, path):
    approver.post(f"{path}/operations", operation="revoke", reason="严重违法")
    event = proposal_of(approver.get(path))
    page = approver.post(f"{path}/proposals/{event}", 400, decision="approve")
    assert "不能是同一人" in page
    assert "已吊销" not in approver.get(path)


def test_a_person_is_not_two_by_proposing_through_the_system(police, approver, path):
    """周审批 proposes through the department's system under the same name, then approves at the console → refused."""
    identifier = path.removeprefix("/licences/")
    body = {"operation": "revoke", "reason": "x", "approval": {"proposer": "周审批"}}
    police.post(f"/api/v1/licences/{identifier}/events", body)
    event = proposal_of(approver.get(path))
    approver.post(f"{path}/proposals/{event}", 400, decision="approve")


def test_a_clerk_does_not_decide(clerk, path):
    clerk.post(f"{path}/operations", operation="suspend", reason="调查")
    clerk.post(f"{path}/proposals/2", 403, decision="approve")


def test_a_refused_operation_says_why_and_keeps_the_words(clerk, path):
    page = clerk.post(f"{path}/operations", 400, operation="return", reason="发还证件")
    assert "不能暂扣发还" in page
    assert "发还证件" in page
    assert clerk.post(f"{path}/operations", 400, operation="nonsense", reason="x")
    assert clerk.post(f"{path}/operations", 400, operation="report_lost", reason=" ")


def test_an_inspection_is_recorded(clerk, path):
    page = clerk.post(f"{path}/operations", operation="inspect", reason="年审", result="failed")
    assert "逾期未检" in page
    assert "发给持证人" not in page


def test_a_change_makes_a_new_version(clerk, path):
    form = clerk.get(f"{path}/change")
    assert 'value="C1"' in form
    wrong = clerk.post(
        f"{path}/change", 400, reason="增驾", **{"fields.vehicle_classes": "Z9", "fields.address": "新址"}
    )
    assert "准驾车型" in wrong
    assert 'value="新址"' in wrong
    page = clerk.post(f"{path}/change", reason="增驾", **{"fields.vehicle_classes": "C1D"})
    assert "C1D" in page
    assert ".002." in page
    assert "查看新版本" in clerk.get(path)


def test_a_change_without_a_change_is_refused(clerk, path):
    assert "变更须说明改了什么" in clerk.post(
        f"{path}/change", 400, reason="x", **{"fields.vehicle_classes": "C1"}
    )


def test_an_offer_shows_code_link_and_transaction_code(clerk, path):
    page = clerk.post(f"{path}/offers", tx_code="1")
    assert re.search(r'id="tx-code">\d{6}<', page)
    assert "http://localhost:8002/offers?credential_offer_uri=" in page
    assert "<svg" in page
    assert 'id="tx-code"' not in clerk.post(f"{path}/offers")


def test_a_suspended_licence_is_not_offered(clerk, approver, path):
    clerk.post(f"{path}/operations", operation="suspend", reason="调查")
    approver.post(f"{path}/proposals/2", decision="approve")
    page = clerk.post(f"{path}/offers", 400)
    assert "不能签发副本" in page


def test_a_forged_form_changes_nothing(clerk, path):
    """A form without the session's proof → 403, and the licence stays."""
    clerk.post(f"{path}/operations", 403, csrf="forged", operation="report_lost", reason="x")
    assert "挂失" not in re.findall(r'class="tag[^>]*>([^<]*)<', clerk.get(path))


def test_what_a_department_sends_is_text_and_never_markup(police, clerk, driving):
    """A holder called <script>… through the interface → shown as text."""
    driving["holders"][0]["name"] = "<script>alert(1)</script>"
    identifier = police.post("/api/v1/licences", driving).get_json()["identifier"]
    raw = clerk._client.get(f"/licences/{identifier}", headers={"Accept": "text/html"}).get_data(as_text=True)
    assert "<script>alert" not in raw
    assert "&lt;script&gt;alert" in raw
