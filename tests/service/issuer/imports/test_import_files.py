"""Importing: what is new, changed, unchanged, refused; in every encoding; again and again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from issuer.chain.check_licence import check_licence
from issuer.imports.refusal import RefusedRow
from issuer.library.store import LicenceFilter
from issuer.node import IssuerNode
from service.jobs import Job, JobState
from tests.service.issuer.conftest import MARKET
from tests.service.issuer.imports.conftest import Importing, two_persons
from tests.support.import_files import HEADER, MAPPING, csv_text, food_row

Refused = Callable[[Job], list[RefusedRow]]


def outcome(job: Job) -> tuple[int, int, int, int]:
    assert job.state is JobState.DONE, job.message
    assert job.result is not None
    return tuple(job.result[name] for name in ("new", "changed", "unchanged", "refused"))  # type: ignore[return-value]


def stored(node: IssuerNode) -> int:
    return node.database["licences"].count_documents({})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_imported_whatever_its_encoding(
    node: IssuerNode, importing: Importing, encoding: str
) -> None:
    job = importing(csv_text(food_row(number) for number in range(1, 2501)).encode(encoding))
    assert outcome(job) == (2500, 0, 0, 0)
    assert (job.done, job.total) == (2500, 2500)
    licences = node.licences.list(MARKET.uscc, LicenceFilter(), limit=2500)
    assert {licence.holders[0].name for licence in licences} == {
        f"示例小吃店{number}号" for number in range(1, 2501)
    }
    assert licences[0].issue_date.isoformat() == "2025-03-01"


def test_the_same_file_again_changes_nothing(node: IssuerNode, importing: Importing) -> None:
    text = csv_text(food_row(number) for number in range(1, 1201))
    assert outcome(importing(text)) == (1200, 0, 0, 0)
    before = list(node.database["licences"].find().sort("_id"))
    assert outcome(importing(text)) == (0, 0, 1200, 0)
    assert list(node.database["licences"].find().sort("_id")) == before


def test_a_row_that_says_something_else_makes_a_new_version(node: IssuerNode, importing: Importing) -> None:
    importing(csv_text([food_row(1), food_row(2)]))
    changed = csv_text([food_row(1), food_row(2, 持证主体="示例新店", 经营项目="预包装食品销售。")])
    assert outcome(importing(changed)) == (0, 1, 1, 0)
    assert stored(node) == 3
    newest = [
        licence
        for licence in node.licences.list(MARKET.uscc, LicenceFilter())
        if licence.supersedes is not None
    ]
    assert [licence.holders[0].name for licence in newest] == ["示例新店"]
    assert newest[0].fields["business_items"] == "预包装食品销售。"
    assert newest[0].version == 2
    # The source has nothing new to say: the version that it made stays as it is.
    assert outcome(importing(changed)) == (0, 0, 2, 0)
    assert stored(node) == 3


def test_wrong_rows_are_refused_one_by_one_with_their_column(importing: Importing, refused: Refused) -> None:
    rows = [
        food_row(1),
        food_row(2, 持证主体代码="92990101MA99X00284"),
        food_row(3, 颁发日期="2025-02-30", 主体业态="流动摊贩"),
        food_row(4, 经营场所=""),
        food_row(5, 食品经营许可证编号="JY1"),
        food_row(6, 内部编号="", 食品经营许可证编号=""),
    ]
    job = importing(csv_text(rows))
    assert outcome(job) == (1, 0, 0, 5)
    assert job.errors == 5
    wrong = {row.number: [error.column for error in row.errors] for row in refused(job)}
    assert wrong == {
        2: ["持证主体代码"],
        3: ["颁发日期", "主体业态"],
        4: ["经营场所"],
        5: ["食品经营许可证编号"],
        6: ["食品经营许可证编号"],
    }
    assert all(error.message.zh and error.message.en for row in refused(job) for error in row.errors)


def test_numbers_and_keys_occur_once_in_a_file_and_once_in_the_library(
    node: IssuerNode, importing: Importing, refused: Refused
) -> None:
    """1, 1 again (key), 2 with the number of 1 → one licence; later another source key with that number → refused."""
    first = food_row(1)
    same_number = food_row(2, 食品经营许可证编号=first["食品经营许可证编号"])
    job = importing(csv_text([first, food_row(1, 持证主体="另一家"), same_number]))
    assert outcome(job) == (1, 0, 0, 2)
    assert {row.number: row.errors[0].code for row in refused(job)} == {
        2: "duplicate-row",
        3: "duplicate-row",
    }
    later = importing(csv_text([food_row(3, 食品经营许可证编号=first["食品经营许可证编号"])]))
    assert outcome(later) == (0, 0, 0, 1)
    error = refused(later)[0].errors[0]
    assert error.code == "number-taken"
    assert node.database["licences"].find_one()["_id"] in error.message.zh


def test_a_duplicate_far_down_the_file_is_found(importing: Importing, refused: Refused) -> None:
    """A record named in row 1 and in row 2,300, in different chunks, first unchanged and then with another content."""
    importing(csv_text([food_row(1)]))
    rows = [food_row(1), *(food_row(number) for number in range(2, 2300)), food_row(1, 持证主体="另一家")]
    job = importing(csv_text(rows))
    assert outcome(job) == (2298, 0, 1, 1)
    assert [row.number for row in refused(job)] == [2300]


def test_a_dry_run_says_what_would_be_and_writes_nothing(
    node: IssuerNode, importing: Importing, refused: Refused
) -> None:
    importing(csv_text([food_row(1), food_row(2)]))
    rows = [food_row(1), food_row(2, 持证主体="示例新店"), food_row(3), food_row(4, 颁发日期="昨天")]
    before = list(node.database["licences"].find())
    job = importing(csv_text(rows), dry_run=True)
    assert outcome(job) == (1, 1, 1, 1)
    assert list(node.database["licences"].find()) == before
    assert [row.number for row in refused(job)] == [4]


STATE = {**MAPPING, "columns": {**MAPPING["columns"], "state": "证照状态", "state_reason": "原因"}}  # type: ignore[dict-item]
STATE_HEADER = (*HEADER, "证照状态", "原因")


def test_states_come_along_and_two_persons_stand_behind_what_ends_a_licence(
    node: IssuerNode, importing: Importing, refused: Refused
) -> None:
    rows = [
        food_row(1, 证照状态="有效", 原因=""),
        food_row(2, 证照状态="注销", 原因="停业"),
        food_row(3, 证照状态="已注销", 原因="停业"),
        food_row(4, 证照状态="挂失", 原因="遗失"),
    ]
    text = csv_text(rows, STATE_HEADER)
    alone = importing(text, mapping=STATE)
    assert outcome(alone) == (2, 0, 0, 2)
    assert {row.number: row.errors[0].code for row in refused(alone)} == {
        2: "unknown-state",
        3: "approval-missing",
    }
    together = importing(text, mapping=STATE, approval=two_persons())
    assert outcome(together) == (1, 0, 2, 1)
    states = sorted(row["state"] for row in node.database["licences"].find())
    assert states == ["deregistered", "reported_lost", "valid"]


def test_a_state_that_changes_is_the_matching_operation(node: IssuerNode, importing: Importing) -> None:
    importing(csv_text([food_row(1, 证照状态="有效", 原因="")], STATE_HEADER), mapping=STATE)
    suspended = csv_text([food_row(1, 证照状态="暂扣", 原因="检查不合格")], STATE_HEADER)
    waiting = importing(suspended, mapping=STATE)
    assert waiting.result is not None
    assert waiting.result["proposed"] == 1
    [licence] = node.licences.list(MARKET.uscc, LicenceFilter())
    assert licence.proposal is not None
    assert licence.state.value == "valid"


def test_rows_with_broken_bytes_are_refused_and_the_others_enter(
    importing: Importing, refused: Refused
) -> None:
    lines = csv_text(food_row(number) for number in range(1, 41)).encode().split(b"\r\n")
    lines[7] = lines[7][:30] + b"\xff\xfe\xba" + lines[7][31:]
    job = importing(b"\r\n".join(lines))
    assert outcome(job) == (39, 0, 0, 1)
    [row] = refused(job)
    assert row.number == 7
    assert "UTF-8" in row.errors[0].message.en


def test_an_unclosed_quotation_mark_costs_one_row(importing: Importing, refused: Refused) -> None:
    lines = csv_text(food_row(number) for number in range(1, 21)).split("\r\n")
    lines[5] = '"' + lines[5]
    job = importing("\r\n".join(lines))
    assert outcome(job) == (19, 0, 0, 1)
    assert [row.number for row in refused(job)] == [5]


def test_the_histories_of_imported_licences_pass_the_audit(node: IssuerNode, importing: Importing) -> None:
    """New, ended, lost, changed: what each document says follows from its events."""
    rows = [
        food_row(1, 证照状态="有效", 原因=""),
        food_row(2, 证照状态="已注销", 原因="停业"),
        food_row(3, 证照状态="挂失", 原因="遗失"),
        food_row(4, 证照状态="暂扣", 原因="检查"),
    ]
    importing(csv_text(rows, STATE_HEADER), mapping=STATE, approval=two_persons())
    changed = [
        food_row(1, 证照状态="注销了", 原因=""),
        food_row(3, 证照状态="有效", 原因="找回"),
        food_row(4, 证照状态="已注销", 原因=""),
    ]
    job = importing(
        csv_text([*changed, food_row(5, 证照状态="", 原因="")], STATE_HEADER),
        mapping=STATE,
        approval=two_persons(),
    )
    assert outcome(job) == (1, 2, 0, 1)
    documents = list(node.database["licences"].find())
    assert len(documents) == 5
    assert [check_licence(document) for document in documents] == [None] * 5
    assert {document["events"][0]["code"] for document in documents} == {"imported"}
