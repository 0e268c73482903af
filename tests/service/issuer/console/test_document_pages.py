"""Documents at the console: who gets which, what stands on the page, and what a wrong form says."""

from __future__ import annotations

import pytest

from tests.service.issuer.console.conftest import WINDOW_CLERK, proposal_of

COPY = {"purpose": "核对股东身份", "recipient": "某某银行（示例）", "expires_at": ""}


def test_the_original_is_one_file(clerk, path):
    page = clerk.get(f"{path}/documents")
    assert "还没有制作" in page
    first = clerk.download(f"{path}/documents/original")
    assert (first.status_code, first.mimetype) == (200, "application/pdf")
    assert first.headers["Cache-Control"] == "no-store"
    assert clerk.download(f"{path}/documents/original").data == first.data
    assert first.headers["Document-Id"] in clerk.get(f"{path}/documents")
    assert f'href="{path}/documents"' in clerk.get(path)


def test_a_copy_is_made_for_one_use_and_stands_in_the_list_and_in_the_holders_log(clerk, path, node):
    before = node.database["search_log"].count_documents({})
    answer = clerk.download(f"{path}/documents/copies", **COPY)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    page = clerk.get(f"{path}/documents")
    assert COPY["recipient"] in page
    assert COPY["purpose"] in page
    assert answer.headers["Document-Id"] in page
    assert node.database["search_log"].count_documents({}) == before + 1


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"purpose": " "}, "应写明用途"),
        ({"recipient": ""}, "应写明使用方"),
        ({"expires_at": "2001-01-01"}, "截止"),
        ({"expires_at": "soon"}, "截止时间应为日期"),
    ],
)
def test_what_was_typed_stays(clerk, path, changed, told):
    page = clerk.post(f"{path}/documents/copies", 400, **(COPY | changed))
    assert told in page
    assert all(value in page for value in (COPY | changed).values())


def test_nothing_is_made_of_a_licence_that_is_not_in_force(clerk, approver, path):
    clerk.post(f"{path}/operations", operation="suspend", reason="核查")
    approver.post(f"{path}/proposals/{proposal_of(approver.get(path))}", decision="approve")
    page = clerk.post(f"{path}/documents/copies", 400, **COPY)
    assert "不能制作文件" in page
    assert "还没有" in page


def test_who_only_reads_gets_no_file(sign_in, clerk, path):
    auditor = sign_in(WINDOW_CLERK)
    assert auditor.download(f"{path}/documents/original").status_code in (403, 404)
    assert auditor.download(f"{path}/documents/copies", **COPY).status_code in (403, 404)


def test_a_form_of_elsewhere_makes_nothing(clerk, path):
    clerk.post(f"{path}/documents/copies", 403, csrf="forged", **COPY)
