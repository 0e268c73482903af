"""Lines of a log as a chain: what is missing, changed or moved is found; what is past its years may go."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from wallet.history.chain import Head, Line, check_chain, kept_until, next_line

START = datetime(2026, 2, 28, 8, 0, tzinfo=UTC)
NOW = START + timedelta(days=100)


def chain(count: int, every: timedelta = timedelta(days=1)) -> tuple[list[Line], Head]:
    lines: list[Line] = []
    head: Head | None = None
    for number in range(count):
        line = next_line(f"line-{number}", START + number * every, b"sealed %d" % number, head)
        lines.append(line)
        head = Head(line.sequence, line.hash, line.noted_at)
    assert head is not None
    return lines, head


def test_a_whole_chain_is_whole() -> None:
    lines, head = chain(5)
    found = check_chain(lines, head, NOW)
    assert (found.is_whole, found.lines) == (True, 5)


@pytest.mark.parametrize("gone", range(5))
def test_a_line_that_was_taken_out_is_missed(gone: int) -> None:
    """Lines 1 … 5, one of them deleted, the last one too → broken at its place."""
    lines, head = chain(5)
    del lines[gone]
    assert check_chain(lines, head, NOW).broken_at == (2 if gone == 0 else gone + 1)


@pytest.mark.parametrize(
    "change",
    [
        {"sealed": b"another"},
        {"at": START},
        {"noted_at": START},
        {"entry_id": "other"},
        {"marked": False},
    ],
)
def test_a_line_that_was_changed_is_found(change: dict[str, object]) -> None:
    """Other words, another instant, another id, a hash that this node did not make → broken there."""
    lines, head = chain(4)
    lines[2] = replace(lines[2], **change)  # type: ignore[arg-type]
    assert check_chain(lines, head, NOW).broken_at == 3


def test_two_lines_that_changed_places_are_found() -> None:
    lines, head = chain(4)
    lines[1], lines[2] = lines[2], lines[1]
    assert not check_chain(lines, head, NOW).is_whole


def test_all_lines_taken_out_are_missed() -> None:
    _, head = chain(3)
    assert check_chain([], head, NOW).broken_at == 1


def test_lines_past_their_years_may_go_and_no_others() -> None:
    """Five lines a year apart: after three years and a day the first may be gone; the second may not."""
    lines, head = chain(5, timedelta(days=366))
    now = kept_until(lines[0].noted_at)
    assert check_chain(lines[1:], head, now).is_whole
    assert not check_chain(lines[1:], head, now - timedelta(seconds=1)).is_whole
    assert not check_chain(lines[2:], head, now).is_whole
    assert check_chain([], head, kept_until(lines[-1].noted_at)).is_whole


def test_a_line_about_the_past_is_noted_now() -> None:
    """A use of last year, learned of today, stands at the end and is kept as long as what was noted before it."""
    lines, head = chain(2)
    late = next_line("late", START - timedelta(days=365), b"x", head)
    assert late.noted_at == lines[-1].noted_at
    assert check_chain([*lines, late], Head(3, late.hash, late.noted_at), NOW).is_whole


def test_a_memory_that_lags_behind_is_no_break() -> None:
    """The process died between the line and the note of it."""
    lines, _ = chain(3)
    lagging = Head(2, lines[1].hash, lines[1].noted_at)
    assert check_chain(lines, lagging, NOW).is_whole


def test_the_end_of_a_long_chain_is_checked_alone() -> None:
    lines, head = chain(6)
    assert check_chain(lines[3:], head, NOW, from_oldest=False).is_whole
    assert not check_chain([lines[3], lines[5]], head, NOW, from_oldest=False).is_whole


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (datetime(2026, 11, 23, tzinfo=UTC), datetime(2029, 11, 23, tzinfo=UTC)),
        (datetime(2028, 2, 29, tzinfo=UTC), datetime(2031, 3, 1, tzinfo=UTC)),
    ],
)
def test_three_whole_years(at: datetime, until: datetime) -> None:
    assert kept_until(at) == until
