"""The steps of a case, as pure functions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from verifier.cases import steps
from verifier.cases.case import Case, Channel, Holder, Slot, SlotState, Stage, State
from verifier.cases.case_code import case_id_of, case_number_of, is_case_code, new_case_code
from verifier.cases.errors import CaseStateError, SamePersonError, SupplementNotAllowedError
from verifier.cases.steps import Actor, Ticked
from verifier.cases.working_days import DueDay, after_working_days

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
CLERK, APPROVER, APPLICANT = Actor("clerk", AT, "t1"), Actor("approver", AT), Actor(None, AT)


def case(channel: Channel = Channel.WINDOW) -> Case:
    return Case(
        id="c1",
        number="20261123-AAAA-BBBB",
        department="d",
        item="i",
        item_version=1,
        stage=Stage.CONSULT,
        state=State.OPEN,
        slots={"identity": Slot(), "title": Slot()},
        visits=(),
        channel=channel,
        opened_at=AT,
    )


def shown(*materials: str, name: str = "李") -> Ticked:
    return Ticked(
        "p1", {material: material for material in materials}, {"applicant": Holder("110", name)}, Holder()
    )


def test_a_case_goes_from_the_question_to_the_result_in_five_stages() -> None:
    """consult → application → pre_check → (visit) application → handling → feedback; each role is another person's."""
    now = steps.asked(case(Channel.ONLINE), "p1", APPLICANT)
    assert now.stage is Stage.APPLICATION
    now = steps.ticked(now, shown("identity", "title"), APPLICANT)
    assert (now.stage, now.missing) == (Stage.PRE_CHECK, ())
    now = steps.visited(now, CLERK)
    assert now.stage is Stage.APPLICATION
    now = steps.accepted(now, "r1", CLERK)
    assert (now.stage, now.state, now.records) == (Stage.HANDLING, State.ACCEPTED, ("r1",))
    now = steps.approved(now, APPROVER, delivered=True)
    assert (now.stage, now.state) == (Stage.FEEDBACK, State.APPROVED)
    now = steps.delivered(now, "licence", Actor("delivery", AT))
    assert now.state is State.DELIVERED
    assert now.state.over
    assert [event.step for event in now.events] == [
        "asked",
        "shown",
        "visited",
        "accepted",
        "approved",
        "delivered",
    ]


def test_who_received_a_case_does_not_approve_it() -> None:
    """The clerk has both roles; the same id approves what it received: refused, either way (R8)."""
    received = steps.accepted(case(), "r1", CLERK)
    for decide in (
        lambda: steps.approved(received, CLERK, delivered=True),
        lambda: steps.not_approved(received, "conditions-not-met", CLERK),
        lambda: steps.approved(received, APPLICANT, delivered=True),
    ):
        with pytest.raises(SamePersonError):
            decide()


def test_a_missing_material_may_follow_until_its_day_is_over() -> None:
    """Due on day 25: on the 25th it may still come, on the 26th the case lapses."""
    due = {"title": DueDay(date(2026, 11, 25))}
    now = steps.accepted_provisionally(steps.ticked(case(), shown("identity"), CLERK), "r1", due, CLERK)
    assert (now.state, now.due_on) == (State.ACCEPTED_PROVISIONALLY, date(2026, 11, 25))
    with pytest.raises(CaseStateError):
        steps.lapsed(now, date(2026, 11, 25), APPROVER)
    assert steps.lapsed(now, date(2026, 11, 26), APPROVER).state is State.LAPSED
    with pytest.raises(CaseStateError):
        steps.approved(now, APPROVER, delivered=True)
    whole = steps.completed(steps.ticked(now, shown("title"), CLERK), CLERK)
    assert (whole.state, whole.due_on) == (State.ACCEPTED, None)


def test_what_came_on_paper_completes_too() -> None:
    """The supplement comes on paper with a reason: the case is received, the slot says so."""
    due = {"title": DueDay(date(2026, 11, 25))}
    now = steps.accepted_provisionally(case(), "r1", due, CLERK)
    now = steps.on_paper(now, "title", "no-electronic-licence", CLERK)
    assert now.state is State.ACCEPTED
    assert now.slots["title"].state is SlotState.PAPER


def test_nothing_follows_provisionally_without_a_due_day() -> None:
    """No material may follow: not received provisionally; nor one that the case does not have."""
    with pytest.raises(SupplementNotAllowedError):
        steps.accepted_provisionally(case(), "r1", {}, CLERK)
    with pytest.raises(SupplementNotAllowedError):
        steps.accepted_provisionally(case(), "r1", {"other": DueDay(date(2026, 11, 25))}, CLERK)


@pytest.mark.parametrize("state", [state for state in State if state.over])
def test_nothing_follows_the_end(state: State) -> None:
    """Every step from a final state is refused."""
    from dataclasses import replace

    over = replace(case(), state=state)
    for step in (
        lambda: steps.asked(over, "p", CLERK),
        lambda: steps.ticked(over, shown("title"), CLERK),
        lambda: steps.accepted(over, "r", CLERK),
        lambda: steps.refused(over, "r", "not-competent", CLERK),
        lambda: steps.withdrawn(over, CLERK),
        lambda: steps.approved(over, APPROVER, delivered=False),
        lambda: steps.delivered(over, "licence", APPROVER),
    ):
        with pytest.raises(CaseStateError):
            step()


def test_two_scans_on_one_day_are_one_visit() -> None:
    """Scanned twice at ten: one visit; again the next day: two (R14)."""
    once = steps.visited(steps.visited(case(), CLERK), CLERK)
    assert len(once.visits) == 1
    later = steps.visited(once, Actor("clerk", AT + timedelta(days=1)))
    assert len(later.visits) == 2


def test_what_does_not_hold_any_more_is_missing_again() -> None:
    """Judged again at the window, one licence failed: its slot opens with the reason, the other stays."""
    now = steps.unticked(
        steps.ticked(case(), shown("identity", "title"), CLERK), ["title"], CLERK, "licence-ended"
    )
    assert now.slots["title"] == Slot(reason="licence-ended")
    assert now.slots["identity"].locked


def test_of_whom_a_case_is_grows_and_never_changes_silently() -> None:
    """First a name, then the number: joined; another number: not the same person."""
    first, second = Holder(None, "李"), Holder("110", "李")
    assert not first.differs_from(second)
    assert first.joined_with(second) == Holder("110", "李")
    assert second.differs_from(Holder("111", "李"))
    assert Holder(None, "李").differs_from(Holder(None, "王"))
    assert not Holder().differs_from(second)


def test_a_code_finds_one_case_and_tells_nothing() -> None:
    """The id follows from the code by a hash; other texts are no codes; no two are alike."""
    code, other = new_case_code(), new_case_code()
    assert is_case_code(f" {code}\n")
    assert case_id_of(code) == case_id_of(code) != case_id_of(other)
    assert code[5:] not in str(case_id_of(code))
    assert case_number_of("abc", AT).startswith("20261123-")
    for wrong in ("ELB1:", "ELB1:short", code + "x", "ELA1:" + code[5:], "elb1:" + code[5:]):
        assert case_id_of(wrong) is None


@pytest.mark.parametrize(
    ("start", "count", "day", "provisional"),
    [
        (date(2026, 9, 28), 3, date(2026, 10, 8), False),  # National Day 1–7 October between
        (date(2026, 11, 27), 1, date(2026, 11, 30), False),  # Friday → Monday
        (date(2026, 12, 31), 2, date(2027, 1, 4), True),  # 2027 is not published: weekdays
    ],
)
def test_due_days_are_working_days(start: date, count: int, day: date, provisional: bool) -> None:
    """The day of the event does not count; holidays and their make-up days do as published."""
    assert after_working_days(start, count) == DueDay(day, provisional)
