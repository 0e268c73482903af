"""Staff over the real store: who may act for an authority, and that the store does not say who they are."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import bson
import pytest
from pymongo.database import Database

from issuer.registrar.registration import Registration
from issuer.registrar.store import AuthorityStore, RegistrarStore
from issuer.staff import (
    StaffMember,
    StaffRole,
    StaffStore,
    enrol_staff,
    remove_staff,
    require_role,
    staff_member_of,
)
from issuer.staff.errors import InvalidStaffError, RoleMissingError, StaffNotFoundError
from keys.master_key import MasterKey
from keys.trust_list import Role, TrustEntry
from service.settings import Settings
from service.store import connect
from standards.errors import InvalidInputError
from standards.text import Text
from tests.support.trust_world import AT, FROM, USCC_A, USCC_B

NUMBER = "990101198102140061"
CLERK = SimpleNamespace(code_type="111", number=NUMBER)


@pytest.fixture
def database(settings: Settings) -> Database[dict[str, Any]]:
    """A database in which two authorities are enrolled and nobody works yet."""
    database = connect(settings, "issuer")
    database.drop_collection("staff")
    database.drop_collection("trust_registrations")
    StaffStore.ensure_indexes()
    store = RegistrarStore(database)
    for uscc in (USCC_A, USCC_B):
        entry = TrustEntry(
            Role.ISSUER,
            uscc,
            Text("某局", "B"),
            "330100",
            (),
            FROM,
            issuer_identifier=f"http://localhost/{uscc}",
        )
        assert store.put_registration(None, Registration("330000", "city", entry, ()))
    return database


@pytest.fixture
def staff(database: Database[dict[str, Any]], master_key: MasterKey) -> StaffStore:
    return StaffStore(database, master_key)


def enrol(
    staff: StaffStore,
    database: Database[dict[str, Any]],
    *roles: StaffRole,
    authority: str = USCC_A,
    **changes: Any,
) -> StaffMember:
    values: dict[str, Any] = {"code_type": "111", "number": NUMBER, "name": "孙经办", "at": AT} | changes
    return enrol_staff(staff, AuthorityStore(database), authority=authority, roles=roles, **values)


def test_enrolled_person_is_recognised(staff: StaffStore, database: Database[dict[str, Any]]) -> None:
    member = enrol(staff, database, StaffRole.CLERK)
    assert staff_member_of(staff, CLERK) == member
    assert staff_member_of(staff, SimpleNamespace(code_type="111", number="990101197909090072")) is None
    assert staff_member_of(staff, SimpleNamespace(code_type="999", number=NUMBER)) is None
    assert staff_member_of(staff, CLERK, USCC_B) is None


def test_enrolled_again_keeps_the_id_and_takes_the_roles(
    staff: StaffStore, database: Database[dict[str, Any]]
) -> None:
    first = enrol(staff, database, StaffRole.CLERK)
    second = enrol(staff, database, StaffRole.APPROVER, name="孙审批")
    assert second.id == first.id
    assert staff.staff_of(USCC_A) == (second,)
    assert second.roles == {StaffRole.APPROVER}


def test_two_authorities_the_earliest_first(staff: StaffStore, database: Database[dict[str, Any]]) -> None:
    late = enrol(staff, database, StaffRole.CLERK, authority=USCC_A, at=AT + timedelta(days=1))
    early = enrol(staff, database, StaffRole.AUDITOR, authority=USCC_B)
    assert staff.members_of("111", NUMBER) == (early, late)
    assert staff_member_of(staff, CLERK, USCC_A) == late


def test_removed_person_is_nobody(staff: StaffStore, database: Database[dict[str, Any]]) -> None:
    member = enrol(staff, database, StaffRole.CLERK)
    with pytest.raises(StaffNotFoundError):
        remove_staff(staff, authority=USCC_B, member_id=member.id)
    remove_staff(staff, authority=USCC_A, member_id=member.id)
    assert staff_member_of(staff, CLERK) is None
    with pytest.raises(StaffNotFoundError):
        remove_staff(staff, authority=USCC_A, member_id=member.id)


def test_store_does_not_say_who_works_there(staff: StaffStore, database: Database[dict[str, Any]]) -> None:
    """The rows as they lie in the store: neither the number nor the name is in them."""
    enrol(staff, database, StaffRole.CLERK)
    raw = b"".join(bson.encode(row) for row in database["staff"].find({}))
    assert NUMBER.encode() not in raw
    assert "孙经办".encode() not in raw


@pytest.mark.parametrize(
    "changes", [{"name": " "}, {"name": "名" * 101}, {"authority": "11330100MB0000099X"}, {"roles": ()}]
)
def test_enrolment_that_lacks_something(
    staff: StaffStore, database: Database[dict[str, Any]], changes: dict[str, Any]
) -> None:
    roles = changes.pop("roles", (StaffRole.CLERK,))
    with pytest.raises(InvalidStaffError):
        enrol(staff, database, *roles, **changes)


def test_number_with_a_wrong_check_digit(staff: StaffStore, database: Database[dict[str, Any]]) -> None:
    with pytest.raises(InvalidInputError) as caught:
        enrol(staff, database, StaffRole.CLERK, number="990101198102140062")
    assert "990101198102140062" not in caught.value.message.en


def test_role_is_required() -> None:
    member = StaffMember("1", USCC_A, frozenset({StaffRole.CLERK}), "孙")
    assert require_role(member, StaffRole.APPROVER, StaffRole.CLERK) is member
    for who in (member, None):
        with pytest.raises(RoleMissingError, match="approver"):
            require_role(who, StaffRole.APPROVER)


def test_person_is_found_during_a_rotation_of_the_master_key(
    staff: StaffStore, database: Database[dict[str, Any]], master_key: MasterKey
) -> None:
    """Enrolled under the old master key; the node now has a new one with the old beside it. Found, and not doubled."""
    member = enrol(staff, database, StaffRole.CLERK)
    rotating = StaffStore(database, MasterKey(b"n" * 32, (master_key._current,)))
    assert staff_member_of(rotating, CLERK) == member
    enrol(rotating, database, StaffRole.APPROVER)
    assert len(rotating.members_of("111", NUMBER)) == 1
