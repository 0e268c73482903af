"""Reports from real records: what is counted, for whom, and how it leaves the house."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from standards.complaints import Cause, Filing
from tests.support.verifier_world import VerifierWorld
from verifier.cases.case import Case, Channel, Stage, State, Visit
from verifier.reports.follow import follow_records, rebuild
from verifier.reports.row import MaterialRow, ReportRow
from verifier.reports.seed import make_samples
from verifier.reports.selection import day_of


def decide(world: VerifierWorld, decision: str = "accept", **body: str) -> None:
    made = world.ask()
    assert world.wallet().show(made["authorization_request"]).status_code == 200
    answer = world.api("POST", f"/api/v1/presentations/{made['id']}/decision", {"decision": decision, **body})
    assert answer.status_code == 201, answer.text


@pytest.fixture(scope="module")
def counted(world: VerifierWorld) -> VerifierWorld:
    """Four accepted, two refused, one to be supplemented, at the first department."""
    for _ in range(4):
        decide(world)
    decide(world, "refuse", reason="not-competent")
    decide(world, "refuse", reason="conditions-not-met")
    decide(world, "supplement", reason="material-missing")
    return world


def test_the_interface_says_what_the_records_say(counted: VerifierWorld) -> None:
    figures = counted.api("GET", "/api/v1/reports").json
    assert (figures["decisions"], figures["accepted"], figures["saved"]) == (7, 4, 1.0)
    item = counted.node.items.by_code("food-business-licence")
    # The identity card is optional and was not shown: it was not needed, so nothing was saved on it either.
    needed = item.own_forms + sum(one.paper_baseline for one in item.materials if one.required)
    assert figures["tables"]["materials"] == [
        {
            "name": item.name.zh,
            "service_item": item.code,
            "accepted": 4,
            "baseline": 4 * needed,
            "paper": 0,
            "saved": 1.0,
        }
    ]
    assert {one["code"]: one["number"] for one in figures["tables"]["refusals"]} == {
        "not-competent": 1,
        "conditions-not-met": 1,
    }
    assert figures["tables"]["supplements"][0]["code"] == "material-missing"
    (cell,) = figures["tables"]["matrix"]
    assert (cell["issuer_division"], cell["window_division"]) == ("330000", "510000")
    assert (cell["decisions"], cell["accepted"]) == (7, 4)
    today = [one for one in figures["tables"]["days"] if one["accepted"]]
    assert today == [
        {"day": day_of(counted.clock.now()).isoformat(), "accepted": 4, "supplement": 1, "refused": 2}
    ]


def test_counting_again_counts_nothing_twice(counted: VerifierWorld) -> None:
    follow_records(counted.node)
    assert follow_records(counted.node) == 0
    department = counted.departments[0]
    before = counted.api("GET", "/api/v1/reports").json
    assert rebuild(counted.node, counted.node.departments.all()[0]) + rebuild(counted.node, department) >= 7
    assert counted.api("GET", "/api/v1/reports").json == before


def test_rows_hold_no_person(counted: VerifierWorld) -> None:
    follow_records(counted.node)
    rows = list(counted.node.database["report_rows"].find({}, {"_id": 0}))
    assert len(rows) == 7
    assert {name for row in rows for name in row} == {
        "department",
        "sequence",
        "chain",
        "day",
        "division",
        "item",
        "decision",
        "reason",
        "indication",
        "accepted",
        "baseline",
        "paper",
        "materials",
        "issuers",
        "province",
        "issuer_provinces",
    }


def test_another_department_sees_its_own(counted: VerifierWorld) -> None:
    assert counted.api("GET", "/api/v1/reports", department=1).json["decisions"] == 0


def test_small_numbers_of_others_are_not_told(counted: VerifierWorld) -> None:
    """B asks for all departments: four accepted of A are told as fewer than five, and so is nothing beneath them."""
    figures = counted.api("GET", "/api/v1/reports?scope=all", department=1).json
    assert (figures["decisions"], figures["accepted"], figures["saved"]) == (7, None, None)
    (material,) = figures["tables"]["materials"]
    assert material["accepted"] is material["baseline"] is material["saved"] is None
    assert figures["tables"]["days"] == []
    assert {one["number"] for one in figures["tables"]["refusals"]} == {None}


def test_the_page_has_every_picture_and_its_numbers(counted: VerifierWorld) -> None:
    page = counted.sign_in().page("/reports").text
    for words in ("减少的纸质材料", "跨地区互认", "不予受理的理由", "100.0%", "达到 60%", "浙江省", "四川省"):
        assert words in page, words
    assert 'role="img"' in page
    assert "style=" not in page


def test_files_open_in_spreadsheets(counted: VerifierWorld) -> None:
    clerk = counted.sign_in()
    for name in (
        "days",
        "materials",
        "regions",
        "visits",
        "refusals",
        "supplements",
        "paper",
        "matrix",
        "complaints",
    ):
        answer = clerk.page(f"/reports/{name}.csv")
        assert answer.status_code == 200, name
        assert answer.data.startswith(b"\xef\xbb\xbf")
        assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(
        csv.reader(io.StringIO(clerk.page("/reports/materials.csv").data.decode("utf-8-sig"), newline=""))
    )
    assert rows[1][2] == "4"
    assert clerk.page("/reports/passwords.csv").status_code == 404


def test_a_wrong_period_is_said_beside_its_field(counted: VerifierWorld) -> None:
    answer = counted.sign_in().page("/reports?from=2026-11-31&until=2026-12-01")
    assert answer.status_code == 400
    assert "日期应写作" in answer.text
    assert 'value="2026-11-31"' in answer.text
    assert counted.api("GET", "/api/v1/reports?from=x").json["type"] == "urn:elicence:problem:invalid-period"


def test_nothing_yet_is_said_honestly(counted: VerifierWorld) -> None:
    page = counted.sign_in().page("/reports?from=2020-01-01&until=2020-01-31").text
    assert "这段时间没有受理记录" in page


def test_paper_asked_for_is_counted(counted: VerifierWorld) -> None:
    """Rows as records with materials leave them: 2 of 4 sheets on paper are 50 %: above one line, below the other."""
    node, department = counted.node, counted.departments[1]
    day = day_of(node.clock.now()) - timedelta(days=300)
    materials = (
        MaterialRow("title", "licence", 2),
        MaterialRow("identity", "paper", 1, "reader-broken"),
        MaterialRow("tax", "paper", 1, None),
    )
    rows = [
        ReportRow(
            department.uscc,
            number,
            day,
            "510100",
            "real-estate-transfer",
            "accept",
            None,
            "PASSED",
            materials,
            ("330100", "510100"),
        )
        for number in range(1, 7)
    ]
    node.reports.add(department.uscc, rows, up_to=6)
    try:
        query = f"from={day}&until={day}"
        figures = counted.api("GET", f"/api/v1/reports?{query}", department=1).json
        (item,) = figures["tables"]["materials"]
        assert (item["baseline"], item["paper"], item["saved"]) == (24, 12, 0.5)
        assert {one["code"]: one["number"] for one in figures["tables"]["paper"]} == {
            "reader-broken": 6,
            "unknown": 6,
        }
        assert {(one["issuer_division"], one["decisions"]) for one in figures["tables"]["matrix"]} == {
            ("330000", 6),
            ("510000", 6),
        }
        other = f"{query}&item=school-enrolment"
        assert counted.api("GET", f"/api/v1/reports?{other}", department=1).json["decisions"] == 0
        everywhere = counted.api("GET", f"/api/v1/reports?{query}&scope=all").json
        assert everywhere["tables"]["regions"][0]["paper"] == 12
    finally:
        node.reports.forget(department.uscc)


def test_complaints_are_counted_by_cause(counted: VerifierWorld) -> None:
    node, department = counted.node, counted.departments[0].uscc
    for number in range(2):
        node.complaints.take(
            Filing(
                department=department,
                reference=f"https://window.example/openid4vp/responses/{number}",
                proof="",
                token="t" * 43,
                number=f"C-{number}",
                cause=Cause.NOT_ACCEPTED,
                words="",
                contact="",
                used_at=node.clock.now(),
            ),
            node.clock.now(),
        )
    (row,) = counted.api("GET", "/api/v1/reports").json["tables"]["complaints"]
    assert (row["cause"], row["number"], row["open"], row["overdue"]) == ("not-accepted", 2, 2, 0)


def test_samples_of_the_demo_are_said_and_thrown_away(counted: VerifierWorld) -> None:
    """Made-up rows beside real ones → the page says so, the chain and the records know nothing of them, rebuild ends them."""
    node, department = counted.node, counted.departments[0]
    before = counted.api("GET", "/api/v1/reports").json
    assert before["samples"] is False
    chain = node.records.head(department.uscc)
    assert make_samples(node) == make_samples(node)
    with_samples = counted.api("GET", "/api/v1/reports").json
    assert with_samples["samples"] is True
    assert with_samples["decisions"] > before["decisions"] + 100
    assert 0.3 < with_samples["saved"] < 1
    assert "示例数据" in counted.sign_in().page("/reports").text
    assert node.records.head(department.uscc) == chain
    rebuild(node, department)
    assert counted.api("GET", "/api/v1/reports").json == before


def test_visits_are_those_of_received_cases(counted: VerifierWorld) -> None:
    """One visit, none, three, and an open case: two of three received cases came at most once."""
    node, department = counted.node, counted.departments[1]
    at = node.clock.now()
    here = Visit(at, None, None)
    for number, (state, visits) in enumerate(
        (
            (State.ACCEPTED, (here,)),
            (State.DELIVERED, ()),
            (State.APPROVED, (here,) * 3),
            (State.OPEN, (here,) * 9),
        )
    ):
        node.cases.add(
            Case(
                id=f"case-{number}",
                number=f"N{number}",
                department=department.uscc,
                item="real-estate-transfer",
                item_version=1,
                stage=Stage.HANDLING,
                state=state,
                slots={},
                visits=visits,
                channel=Channel.WINDOW,
                opened_at=at,
            )
        )
    figures = counted.api("GET", "/api/v1/reports", department=1).json
    (row,) = figures["tables"]["visits"]
    assert (row["cases"], row["at_most_one"], row["visits"]) == (3, 2, 4)
    assert figures["at_most_one_visit"] == 0.6667
