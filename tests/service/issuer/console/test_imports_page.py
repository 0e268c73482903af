"""Importing at the console: send, map, check, import, correct; and who may."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from issuer.node import IssuerNode
from service.demo.people import DemoPerson
from service.jobs import JobStore, run_job
from tests.service.issuer.conftest import MARKET, POLICE
from tests.service.issuer.console.conftest import APPROVER, CLERK, WINDOW_CLERK, Staff
from tests.support.import_files import FOOD, csv_text, food_row

SignIn = Callable[[DemoPerson], Staff]


@pytest.fixture
def clerk(sign_in: SignIn, node: IssuerNode) -> Staff:
    for name in ("imports", "import_refusals", "transfer_files", "jobs", "import_mappings"):
        node.database[name].delete_many({})
    staff = sign_in(CLERK)
    staff._client.set_cookie("elicence_issuer_authority", MARKET.uscc)
    return staff


def sent(clerk: Staff, text: str, status: int = 200, **form: str) -> str:
    """Send a file; answers the page of the import."""
    file: Any = (io.BytesIO(text.encode()), "一月.csv")
    return clerk.post("/imports", status, file=file, type=FOOD, source="own", **form)


def address(page: str) -> str:
    found = re.search(r'action="(/imports/[^"/]+)"', page)
    assert found is not None
    return found[1]


def work_off(node: IssuerNode) -> None:
    for job in JobStore(node.database).list(MARKET.uscc, "issuer.import", 10):
        run_job(node, job.id)


def typed(page: str) -> dict[str, str]:
    """What the form holds: the selected options."""
    values = {}
    for name, options in re.findall(r'<select id="[^"]+" name="([^"]+)">(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected>', options)
        values[name] = "" if chosen is None else chosen[1]
    return values


def test_a_file_is_sent_mapped_checked_and_imported(clerk: Staff, node: IssuerNode) -> None:
    before = node.database["licences"].count_documents({})
    page = sent(clerk, csv_text([food_row(9001), food_row(9002, 经营场所="")]))
    assert "一月.csv" in page
    assert "示例小吃店9001号" in page
    assert "将退回" in page
    place, form = address(page), typed(page)
    assert form["column-premises"] == "经营场所"
    checked = clerk.post(place, action="check", **form | {"key": "内部编号"})
    assert "更新预览" not in checked
    work_off(node)
    page = clerk.get(place)
    assert "没有写入任何内容" in page
    assert node.database["licences"].count_documents({}) == before
    clerk.post(place, action="import", keep="1", **typed(page))
    work_off(node)
    page = clerk.get(place)
    assert "导入完成" in page
    assert "不能为空" in page or "缺少" in page
    assert node.database["licences"].count_documents({}) == before + 1
    assert "import_error" in clerk.get(f"{place}/errors")
    assert "一月.csv" in clerk.get("/imports")
    again = sent(clerk, csv_text([food_row(9003)]))
    assert typed(again)["key"] == "内部编号"


def test_a_file_of_staff_may_be_longer_than_a_form(clerk: Staff, app: Flask) -> None:
    """Near 2 MB, where a form may have 1 MB; without a session the same request ends at the door, unread."""
    text = csv_text(food_row(number) for number in range(20_000, 28_000))
    assert len(text.encode()) > app.config["MAX_CONTENT_LENGTH"]
    # The test client's own encoder leaves its scratch file open.
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("csrf_token", clerk._csrf), ("type", FOOD), ("source", "own"))
    ]
    head = '--b\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\n\r\n'
    body = f"{''.join(parts)}{head}{text}\r\n--b--\r\n".encode()
    kind = "multipart/form-data; boundary=b"
    assert clerk._client.post("/imports", data=body, content_type=kind).status_code == 303
    stranger = app.test_client().post("/imports", data=body, content_type=kind)
    assert stranger.status_code in (302, 303, 401, 403, 413)
    assert "/imports/" not in stranger.headers.get("Location", "")


def test_what_is_no_table_is_said_beside_the_form(clerk: Staff) -> None:
    assert "列名“a”出现两次" in sent(clerk, "a,a\n1,2\n", 400)
    assert "请选择文件" in clerk.post("/imports", 400, type=FOOD)


def test_a_mapping_without_columns_is_said_and_what_was_typed_stays(clerk: Staff) -> None:
    page = sent(clerk, csv_text([food_row(9100)]))
    assert "没有对应任何列" in clerk.post(
        address(page), 400, action="check", **{"constant-holder_code_type": ""}
    )


def test_an_auditor_looks_and_sends_nothing(sign_in: SignIn) -> None:
    auditor = sign_in(WINDOW_CLERK)
    assert "导入证照" in auditor.get("/imports")
    auditor.post("/imports", 403)


def test_another_authority_s_import_is_not_there(clerk: Staff, sign_in: SignIn) -> None:
    place = address(sent(clerk, csv_text([food_row(9200)])))
    police = sign_in(APPROVER)
    police._client.set_cookie("elicence_issuer_authority", POLICE.uscc)
    police.get(place, 404)
    police.get(f"{place}/errors", 404)
    police.post(place, 404, action="check")


def test_licences_are_exported_with_a_cause_and_fetched_by_whoever_asked(
    clerk: Staff, node: IssuerNode, sign_in: SignIn
) -> None:
    node.database["exports"].delete_many({})
    clerk.post("/exports", 400, type=FOOD, cause="")
    assert node.database["exports"].count_documents({}) == 0
    clerk.post("/exports", type=FOOD, cause="年度核对", format="csv", **{"from": "2025-01-01"})
    for job in JobStore(node.database).list(MARKET.uscc, "issuer.export", 10):
        run_job(node, job.id)
    page = clerk.get("/exports")
    assert "年度核对" in page
    found = re.search(r'href="(/exports/[^"]+/file)"', page)
    assert found is not None
    assert "licence_identifier" in clerk.get(found[1])
    sign_in(WINDOW_CLERK).get(found[1], 403)
