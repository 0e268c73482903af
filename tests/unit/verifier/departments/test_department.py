"""Departments and posts as values, and those of the demo."""

from __future__ import annotations

import pytest

from standards.errors import InvalidInputError
from standards.text import Text
from verifier.departments.demo import load_demo_departments
from verifier.departments.department import Permission, Role, StaffMember, new_department
from verifier.items import load_items

USCC = "11510100MB9901016M"
NAME = Text("某窗口（示例）", "A window (demo)")


def test_the_demo_has_departments_in_two_regions_and_one_that_handles_everything() -> None:
    demo = load_demo_departments()
    assert {entry.department.division[:2] for entry in demo} == {"51", "33"}
    assert set(demo[0].department.service_items) == {item.code for item in load_items()}
    assert len({entry.department.uscc for entry in demo}) == len(demo) == 4
    for entry in demo:
        assert all(load_items().find(code) for code in entry.department.service_items)


@pytest.mark.parametrize(
    ("uscc", "name", "division", "items"),
    [
        ("11510100MB9901016X", NAME, "510100", ("a",)),
        (USCC, Text("", "x"), "510100", ("a",)),
        (USCC, Text("长" * 65, "x"), "510100", ("a",)),
        (USCC, NAME, "5101", ("a",)),
        (USCC, NAME, "510100", ()),
        (USCC, NAME, "510100", ("a", "a")),
    ],
)
def test_what_is_no_department(uscc: str, name: Text, division: str, items: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInputError):
        new_department(uscc, name, division, items)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.RECEPTION, {Permission.ASK, Permission.DECIDE, Permission.READ_RECORDS}),
        (
            Role.APPROVAL,
            set(Permission) - {Permission.DELIVER, Permission.MANAGE_TERMINALS, Permission.MANAGE_WEBHOOKS},
        ),
        (Role.DELIVERY, {Permission.ASK, Permission.DELIVER}),
        (
            Role.ADMINISTRATOR,
            {
                Permission.READ_RECORDS,
                Permission.ANSWER_COMPLAINTS,
                Permission.MANAGE_TERMINALS,
                Permission.MANAGE_WEBHOOKS,
            },
        ),
    ],
)
def test_roles_allow_what_they_say(role: Role, allowed: set[Permission]) -> None:
    """Who hands out results, or administers, decides nothing."""
    member = StaffMember("id", USCC, "某人", frozenset({role}))
    assert {permission for permission in Permission if member.may(permission)} == allowed
