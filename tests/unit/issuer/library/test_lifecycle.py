from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.library.errors import OperationNotAllowedError, SamePersonError
from issuer.library.event import Actor, EventOutcome, LicenceEvent, Operation
from issuer.library.licence import LicenceState
from issuer.library.lifecycle import (
    ENDED,
    TRANSITIONS,
    approve,
    check_expiry,
    open_suspension,
    operations_from,
    state_after,
    takes_rights_away,
    transition,
)
from issuer.library.reason_codes import MAX_CODE_CHARS, REASON_CODES
from issuer.library.standing import STATUS_VALUES
from standards.status_list import StatusValue

V, S, L, E = (
    LicenceState.VALID,
    LicenceState.SUSPENDED,
    LicenceState.REPORTED_LOST,
    LicenceState.EXPIRED,
)
R, D, X, P, T = (
    LicenceState.REPLACED,
    LicenceState.DEREGISTERED,
    LicenceState.RESCINDED,
    LicenceState.REVOKED,
    LicenceState.OTHER,
)

TABLE = {
    (Operation.EXTEND, V): R,
    (Operation.EXTEND, S): R,
    (Operation.EXTEND, E): R,
    (Operation.CHANGE, V): R,
    (Operation.CHANGE, S): R,
    (Operation.REPLACE, V): R,
    (Operation.REPLACE, L): R,
    (Operation.REPLACE, E): R,
    (Operation.SUSPEND, V): S,
    (Operation.SUSPEND, L): S,
    (Operation.RETURN, S): V,
    (Operation.REPORT_LOST, V): L,
    (Operation.CANCEL_LOSS, L): V,
    **{(Operation.DEREGISTER, state): D for state in (V, S, L, E)},
    **{(Operation.RESCIND, state): X for state in (V, S, L, E)},
    **{(Operation.REVOKE, state): P for state in (V, S, L, E)},
    (Operation.TRANSFER_OUT, V): T,
    (Operation.TRANSFER_IN, T): R,
    **{(Operation.EXPIRE, state): E for state in (V, S, L)},
    **{(Operation.INSPECT, state): None for state in (V, S, L)},
}


@pytest.mark.parametrize("state", list(LicenceState))
@pytest.mark.parametrize("operation", list(Operation))
def test_the_machine_is_closed(operation, state):
    """Every pair of operation and state either ends where the table says, or is refused with what is possible."""
    if (operation, state) in TABLE:
        assert transition(operation, state).end == TABLE[operation, state]
        assert operation in operations_from(state)
        return
    with pytest.raises(OperationNotAllowedError) as caught:
        transition(operation, state)
    assert caught.value.next_step is not None
    assert operation not in operations_from(state)


def test_every_operation_has_a_rule_but_the_first_issue():
    assert set(TRANSITIONS) == set(Operation) - {Operation.ISSUE}


def test_what_takes_rights_away_needs_two_persons():
    assert {operation for operation in Operation if takes_rights_away(operation)} == {
        Operation.SUSPEND,
        Operation.DEREGISTER,
        Operation.RESCIND,
        Operation.REVOKE,
        Operation.TRANSFER_OUT,
    }


def test_nothing_comes_back_from_the_final_states():
    for state in (R, D, X, P):
        assert operations_from(state) == ()


def test_what_has_ended_is_followed_only_by_a_new_version():
    """A copy whose entry once said invalid never says valid again (Token Status List section 7.1)."""
    for state in ENDED:
        for operation in operations_from(state):
            rule = transition(operation, state)
            assert rule.makes_version or rule.end in ENDED


def test_every_operation_has_a_closed_list_of_grounds():
    assert set(REASON_CODES) == set(Operation)
    for operation, codes in REASON_CODES.items():
        assert codes
        assert all(len(code) <= MAX_CODE_CHARS and code == code.lower() for code in codes), operation


def history(*done: Operation) -> tuple[LicenceEvent, ...]:
    at = datetime(2026, 11, 22, 8, tzinfo=UTC)
    return tuple(
        LicenceEvent(number, operation, EventOutcome.DONE, "因故", at, Actor("孙经办"))
        for number, operation in enumerate((Operation.ISSUE, *done), start=1)
    )


@pytest.mark.parametrize(
    ("done", "state"),
    [
        ((), V),
        ((Operation.SUSPEND, Operation.RETURN), V),
        ((Operation.REPORT_LOST, Operation.SUSPEND), S),
        ((Operation.REPORT_LOST, Operation.SUSPEND, Operation.RETURN), L),
        ((Operation.SUSPEND, Operation.EXPIRE), E),
        ((Operation.SUSPEND, Operation.EXPIRE, Operation.RETURN), V),
        ((Operation.INSPECT, Operation.TRANSFER_OUT), T),
        ((Operation.TRANSFER_OUT, Operation.TRANSFER_IN), R),
    ],
)
def test_a_history_leads_to_one_state(done, state):
    assert state_after(history(*done)) is state


def test_what_was_only_proposed_or_refused_changes_no_state():
    for outcome in (EventOutcome.PROPOSED, EventOutcome.REFUSED):
        first, second = history(Operation.REVOKE)
        assert state_after((first, replace(second, outcome=outcome))) is V


def test_a_suspension_stays_open_until_the_licence_is_returned():
    assert open_suspension(history()) is None
    assert open_suspension(history(Operation.SUSPEND, Operation.EXPIRE)) is not None
    assert open_suspension(history(Operation.SUSPEND, Operation.RETURN)) is None


def test_every_state_has_a_status_value_and_ended_ones_are_invalid():
    assert set(STATUS_VALUES) == set(LicenceState)
    assert {state for state, value in STATUS_VALUES.items() if value is StatusValue.INVALID} == ENDED


@pytest.mark.parametrize(
    ("proposer", "approver"),
    [
        (Actor("周审批"), Actor("周审批")),
        (Actor("周审批"), Actor(" 周 审批 ")),
        (Actor("Zhou"), Actor("ZHOU")),
        (Actor("Ｚｈｏｕ"), Actor("zhou")),
        (Actor("Zhoú"), Actor("Zhou")),
        (Actor("周审批\u0301"), Actor("周审批")),
        (Actor("周\u200b审批"), Actor("周审批")),
        (Actor("周审批", "a1"), Actor("周审批")),
        (Actor("周审批", "a1"), Actor("周某", "a1")),
    ],
)
def test_one_person_written_twice_is_no_second_person(proposer, approver):
    with pytest.raises(SamePersonError):
        approve(proposer, approver)


def test_two_accounts_of_one_name_are_two_persons():
    approval = approve(Actor("王伟", "a1"), Actor("王伟", "a2"))
    assert approval.approver.account == "a2"


@given(st.text(min_size=1), st.text(min_size=1))
def test_being_the_same_person_is_symmetric(one, other):
    assert Actor(one).is_same_person(Actor(other)) == Actor(other).is_same_person(Actor(one))


def test_a_licence_does_not_expire_before_its_last_day_has_passed():
    check_expiry(date(2026, 1, 1), date(2026, 1, 2))
    for last in (date(2026, 1, 2), date(2026, 1, 3), None):
        with pytest.raises(OperationNotAllowedError):
            check_expiry(last, date(2026, 1, 2))
