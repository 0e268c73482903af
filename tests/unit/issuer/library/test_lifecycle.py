from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.library.errors import OperationNotAllowedError, SamePersonError
from issuer.library.event import Actor, Operation
from issuer.library.licence import LicenceState
from issuer.library.lifecycle import (
    ENDED,
    TRANSITIONS,
    approve,
    check_expiry,
    operations_from,
    takes_rights_away,
    transition,
)
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
    (Operation.EXTEND, E): R,
    (Operation.CHANGE, V): R,
    (Operation.REPLACE, V): R,
    (Operation.REPLACE, L): R,
    (Operation.REPLACE, E): R,
    (Operation.SUSPEND, V): S,
    (Operation.RETURN, S): V,
    (Operation.REPORT_LOST, V): L,
    (Operation.CANCEL_LOSS, L): V,
    **{(Operation.DEREGISTER, state): D for state in (V, S, L, E)},
    **{(Operation.RESCIND, state): X for state in (V, S, L, E)},
    **{(Operation.REVOKE, state): P for state in (V, S, L, E)},
    (Operation.TRANSFER_OUT, V): T,
    (Operation.TRANSFER_IN, T): V,
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
