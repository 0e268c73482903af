"""Rows, periods, charts and files of the reports: pure parts."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from verifier.reports.charts import day_columns, shade, share_bar, swatch
from verifier.reports.csv_file import write_csv
from verifier.reports.errors import InvalidPeriodError
from verifier.reports.figures import Day, Saved
from verifier.reports.row import division_of, row_of
from verifier.reports.selection import Selection, day_of, parse_selection, shortcuts

TODAY = date(2026, 11, 23)


def facts(**changes: object) -> dict[str, object]:
    return {
        "department": "11510100MB9901016M",
        "decision": "accept",
        "reason": None,
        "decided_at": "2026-11-22T16:30:00.000+00:00",
        "service_item": "real-estate-transfer",
        "report": {"indication": "PASSED"},
    } | changes


def test_a_day_is_chinas() -> None:
    """16:30 UTC is half past midnight in Beijing: the next day."""
    row = row_of(
        facts(), 1, department="11510100MB9901016M", division="510100", baseline=lambda _: 7, issuers=tuple
    )
    assert row.day == date(2026, 11, 23)
    assert day_of(datetime(2026, 11, 22, 15, 59, tzinfo=UTC)) == date(2026, 11, 22)


def test_a_record_without_materials_counts_the_items_baseline_when_accepted() -> None:
    accepted = row_of(
        facts(),
        1,
        department="11510100MB9901016M",
        division="510100",
        baseline=lambda _: 7,
        issuers=lambda: ("330000", "330000"),
    )
    refused = row_of(
        facts(decision="refuse", reason="not-competent"),
        2,
        department="11510100MB9901016M",
        division="510100",
        baseline=lambda _: 7,
        issuers=tuple,
    )
    assert accepted.to_row()["baseline"] == 7
    assert accepted.issuers == ("330000",)
    assert refused.materials == ()


def test_a_record_with_materials_says_what_was_on_paper() -> None:
    materials = [
        {"id": "title", "satisfied_by": "licence", "baseline": 2},
        {"id": "identity", "satisfied_by": "paper", "baseline": 1, "paper_reason": "reader-broken"},
        {"id": "tax", "satisfied_by": "supplement", "baseline": 1},
        {"id": "spouse", "satisfied_by": None, "baseline": 1, "paper_reason": None},
    ]
    row = row_of(
        facts(materials=materials, own_forms=1, issuers=[{"uscc": "11330100MB00000014", "division": None}]),
        1,
        department="11510100MB9901016M",
        division="510100",
        baseline=lambda _: 99,
        issuers=lambda: pytest.fail("it names its issuers"),
    )
    assert [(one.id, one.satisfied_by, one.baseline) for one in row.materials] == [
        ("title", "licence", 2),
        ("identity", "paper", 1),
        ("tax", "supplement", 1),
        ("own-forms", "licence", 1),
    ]
    assert row.issuers == ("330100",)


def test_a_code_says_where_it_was_registered() -> None:
    assert division_of("11330100MB00000014") == "330100"
    assert division_of("short") is None
    assert division_of(None) is None
    assert division_of("1133A100MB00000014") is None


@pytest.mark.parametrize(
    ("paper", "grade"), [(0, "good"), (4, "good"), (5, "fair"), (7, "fair"), (8, "poor"), (12, "poor")]
)
def test_the_two_lines(paper: int, grade: str) -> None:
    """Of 10 sheets: 4 left is 60 % saved, 7 left is 30 %; more paper than before is below every line."""
    assert Saved("x", 5, 10, paper).grade == grade


def test_nothing_to_divide_is_no_share() -> None:
    assert Saved("x", 0, 0, 0).share is None
    assert Saved("x", None, None, None).grade == "none"


@pytest.mark.parametrize(
    "arguments",
    [
        {"from": "2026-11-31"},
        {"from": "yesterday"},
        {"from": "2026-11-20", "until": "2026-11-19"},
        {"from": "2000-01-01", "until": "2026-01-01"},
        {"from": "20261101"},
        {"until": "2026-11-20T00:00:00"},
        {"until": "0001-01-00"},
    ],
)
def test_periods_that_are_none(arguments: dict[str, str]) -> None:
    with pytest.raises(InvalidPeriodError):
        parse_selection(arguments, TODAY)


def test_the_last_thirty_days_unless_told() -> None:
    wanted = parse_selection({}, TODAY)
    assert (wanted.last - wanted.first).days == 29
    assert len(wanted.days()) == 30
    assert parse_selection({"until": "0001-01-05"}, TODAY).first == date.min
    assert all(one.first <= one.last for one in shortcuts(date(2026, 1, 1)))


def test_what_a_spreadsheet_would_run_is_a_text() -> None:
    """=HYPERLINK(…), +1, @SUM, －１ (full width), a tab, a blank before → an apostrophe; numbers stay numbers."""
    nasty = [
        '=HYPERLINK("http://x")',
        "+1",
        "-1+2",
        "@SUM(A1)",
        "\t=1",
        "＝1",
        " =1",
        "\u3000=1",
        "%0A",
        "|calc",
    ]
    encoded = write_csv(
        ["名称", "=head"], [*[[one, -3] for one in nasty], ["正常", None], ['a\r\nb,"c"', 0.5]]
    )
    assert encoded.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(encoded.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["名称", "'=head"]
    assert [row[0] for row in rows[1:11]] == [f"'{one}" for one in nasty]
    assert {row[1] for row in rows[1:11]} == {"-3"}
    assert rows[11] == ["正常", "<5"]
    assert rows[12] == ['a\r\nb,"c"', "0.5"]


def test_pictures_are_well_formed_and_carry_no_style() -> None:
    days = [Day(TODAY + timedelta(days=n), n, n % 3, n % 2) for n in range(40)]
    chart = str(day_columns(days, title="<决定>", description='a "b" & c'))
    for text in (
        chart,
        str(share_bar(0.5, "good", lines=True)),
        str(share_bar(None, "none")),
        str(swatch("refused")),
    ):
        ET.fromstring(text)
        assert "style=" not in text
        assert "<script" not in text
    tree = ET.fromstring(chart)
    assert tree.get("role") == "img"
    assert tree.findtext("title") == "<决定>"
    assert (
        str(day_columns([Day(TODAY, 0, 0, 0)], title="t", description="d")).count('<rect class="chart__acc')
        == 0
    )


def test_a_bar_stays_in_its_frame() -> None:
    assert 'width="0.00"' in share_bar(-0.4, "poor")
    assert 'width="100.00"' in share_bar(1.7, "good")


def test_shades() -> None:
    assert [shade(share) for share in (None, 0.0, 0.19, 0.2, 0.99, 1.0)] == ["none", "1", "1", "2", "5", "5"]


def test_a_selection_is_an_address_again() -> None:
    wanted = Selection(TODAY, TODAY, "a&b=c", everywhere=True)
    assert wanted.query() == "from=2026-11-23&until=2026-11-23&item=a%26b%3Dc&scope=all"


HOSTILE = [
    {"decision": "perhaps"},
    {"decision": None},
    {"reason": {"$gt": ""}},
    {"reason": "x" * 200},
    {"decided_at": "yesterday"},
    {"decided_at": 5},
    {"service_item": ["a"]},
    {"own_forms": -1},
    {"own_forms": 2**70},
    {"report": "PASSED"},
    {"report": {"indication": ["PASSED"]}},
    {"materials": "all"},
    {"materials": [5]},
    {"materials": [{"satisfied_by": "paper"}]},
    {"materials": [{"id": "a", "satisfied_by": "magic"}]},
    {"materials": [{"id": "a", "satisfied_by": "paper", "baseline": 10**9}]},
    {"materials": [{"id": "a", "satisfied_by": "paper", "baseline": True}]},
    {"issuers": [5]},
    {"issuers": [{"division": 330000}]},
]


@pytest.mark.parametrize("changes", HOSTILE, ids=str)
def test_a_record_of_another_machine_that_is_none(changes: dict[str, object]) -> None:
    """What a window node might send in the place of a record → an error that skips it; nothing gets into a row."""
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        row_of(facts(**changes), 1, department="x", division="510100", baseline=lambda _: 1, issuers=tuple)


def test_divisions_that_are_none_are_left_out() -> None:
    row = row_of(
        facts(issuers=[{"uscc": None, "division": "<script>"}, {"uscc": "short"}, {"division": "330100"}]),
        1,
        department="x",
        division="510100",
        baseline=lambda _: 1,
        issuers=tuple,
    )
    assert row.issuers == ("330100",)
