"""A member of an authority's staff, and what the roles mean."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from issuer.staff.errors import RoleMissingError
from standards.text import Text

if TYPE_CHECKING:
    from issuer.staff.store import StaffStore


class StaffRole(StrEnum):
    """Roles at an issuing authority."""

    CLERK = "clerk"
    """Records licences and proposes changes."""
    APPROVER = "approver"
    """Approves what takes rights away; never his own proposal."""
    AUDITOR = "auditor"
    """Reads everything of the authority, changes nothing."""
    ADMINISTRATOR = "administrator"
    """Enrols and removes staff."""


ROLE_NAMES = {
    StaffRole.CLERK: Text("经办", "Clerk"),
    StaffRole.APPROVER: Text("审批", "Approver"),
    StaffRole.AUDITOR: Text("审计", "Auditor"),
    StaffRole.ADMINISTRATOR: Text("管理员", "Administrator"),
}


ROLE_RIGHTS = {
    StaffRole.CLERK: Text(
        "登记、导入证照，发放副本，提出变更和限制性操作。",
        "Enters and imports licences, offers copies, proposes changes.",
    ),
    StaffRole.APPROVER: Text(
        "批准或不批准他人提出的操作；不能批准自己的。",
        "Approves or refuses what others propose, never his own.",
    ),
    StaffRole.AUDITOR: Text(
        "查看证照、查询记录和审计链，不作任何更改。",
        "Sees licences, the search log and the audit chain; changes nothing.",
    ),
    StaffRole.ADMINISTRATOR: Text(
        "登记和移除工作人员，维护数据来源；不能查看证照。",
        "Enrols and removes staff, keeps the sources; sees no licences.",
    ),
}
"""What each role may do, in words."""


class IdentifiedPerson(Protocol):
    """A signed-in person, as far as staff are recognised by it (``service.web.sign_in.Person``)."""

    @property
    def code_type(self) -> str: ...

    @property
    def number(self) -> str: ...


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One person at one authority.

    Attributes:
        id: random; safe for logs and records.
        authority: unified social credit code of the authority.
        roles: never empty.
        name: the person's name.
    """

    id: str
    authority: str
    roles: frozenset[StaffRole]
    name: str


def staff_member_of(
    store: StaffStore, person: IdentifiedPerson, authority: str | None = None
) -> StaffMember | None:
    """The staff member that a signed-in person is, at ``authority`` or, without one, where enrolled first."""
    members = store.members_of(person.code_type, person.number)
    return next((m for m in members if authority is None or m.authority == authority), None)


def require_role(member: StaffMember | None, *roles: StaffRole) -> StaffMember:
    """The member when it has one of ``roles``; raises ``RoleMissingError``."""
    if member is None or member.roles.isdisjoint(roles):
        names = [ROLE_NAMES[role] for role in roles]
        zh, en = "、".join(n.zh for n in names), " or ".join(n.en.lower() for n in names)
        raise RoleMissingError(
            f"此操作需要“{zh}”角色。",
            f"This action needs the role {en}.",
            next_step=Text("请联系本机关管理员。", "Ask the administrator of your authority."),
        )
    return member
