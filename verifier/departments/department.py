"""A department at whose windows licences are accepted, and the people who work there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from standards.codes.uscc import parse_uscc
from standards.errors import ElicenceError, InvalidInputError
from standards.text import Text

_DIVISION: Final = re.compile(r"[0-9]{6}", re.ASCII)


class InvalidDepartmentError(InvalidInputError):
    """What was given does not describe a department or a member of staff."""

    code = "invalid-department"


class UnknownDepartmentError(ElicenceError):
    """The caller's or the person's department is not enrolled here."""

    code = "unknown-department"


class DepartmentNotCertifiedError(ElicenceError):
    """The department has no relying-party certificate yet, so wallets would refuse its requests."""

    code = "department-not-certified"


class Role(StrEnum):
    """What a member of staff does (R8: reception, approval and delivery are three people)."""

    RECEPTION = "reception"
    APPROVAL = "approval"
    DELIVERY = "delivery"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """What a role allows."""

    ASK = "ask"
    """Ask for licences and check what is handed over."""
    DECIDE = "decide"
    """Accept, refuse, ask for a supplement."""
    APPROVE = "approve"
    """Approve, or not, what somebody else received."""
    DELIVER = "deliver"
    """Hand over results."""
    READ_RECORDS = "read-records"
    """Read the acceptance records of the department."""
    ANSWER_COMPLAINTS = "answer-complaints"
    """Read complaints about the department and answer them."""
    MANAGE_WEBHOOKS = "manage-webhooks"
    """Say where the department's systems are told of what happens."""
    MANAGE_TERMINALS = "manage-terminals"
    """Enrol, rename, move and bar the department's terminals."""


PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.RECEPTION: frozenset({Permission.ASK, Permission.DECIDE, Permission.READ_RECORDS}),
    Role.APPROVAL: frozenset(
        {
            Permission.ASK,
            Permission.DECIDE,
            Permission.APPROVE,
            Permission.READ_RECORDS,
            Permission.ANSWER_COMPLAINTS,
        }
    ),
    Role.DELIVERY: frozenset({Permission.ASK, Permission.DELIVER}),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.MANAGE_TERMINALS,
            Permission.MANAGE_WEBHOOKS,
            Permission.READ_RECORDS,
            Permission.ANSWER_COMPLAINTS,
        }
    ),
}
"""Who hands over the result checks who collects it, but decides nothing; who administers decides nothing either.
Complaints are for those who do not stand at the window that they are about."""

ROLE_NAMES: Final[Mapping[Role, Text]] = {
    Role.RECEPTION: Text("前台受理", "Reception"),
    Role.APPROVAL: Text("后台审批", "Approval"),
    Role.DELIVERY: Text("统一出件", "Delivery"),
    Role.ADMINISTRATOR: Text("管理员", "Administrator"),
}


@dataclass(frozen=True, slots=True)
class Department:
    """One department as relying party.

    Attributes:
        uscc: unified social credit code (GB 32100); names it everywhere.
        name: as in its certificate (Chinese) and on English pages.
        division: GB/T 2260.
        service_items: codes of the items it handles.
        terminals_required: whether its staff work at enrolled terminals only.
    """

    uscc: str
    name: Text
    division: str
    service_items: tuple[str, ...]
    terminals_required: bool = False

    @property
    def key_id(self) -> str:
        """Name of its relying-party key in the key store."""
        return f"relying-party-{self.uscc.lower()}"

    def handles(self, item_code: str) -> bool:
        """Whether it handles the item."""
        return item_code in self.service_items


def new_department(uscc: str, name: Text, division: str, service_items: tuple[str, ...]) -> Department:
    """A checked department.

    Raises:
        InvalidUsccError: the code is wrong.
        InvalidDepartmentError: the division or the names are unusable, or there is no item.
    """
    if not _DIVISION.fullmatch(division):
        raise InvalidDepartmentError(
            "行政区划代码应为 6 位数字。", "A division code has 6 digits.", where="division"
        )
    if not all(0 < len(text.strip()) <= 64 for text in (name.zh, name.en)):
        raise InvalidDepartmentError(
            "部门名称应为 1 至 64 个字符。", "A name has 1 to 64 characters.", where="name"
        )
    if not service_items or len(set(service_items)) != len(service_items):
        raise InvalidDepartmentError(
            "部门至少办理一个事项，且不得重复。",
            "A department handles at least one item, each once.",
            where="service_items",
        )
    return Department(str(parse_uscc(uscc)), name, division, service_items)


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A person at work in a department.

    Attributes:
        id: random; names the person in records without the identity number.
        department: USCC.
        name: as on the name plate.
        roles: what the person does there.
    """

    id: str
    department: str
    name: str
    roles: frozenset[Role]

    def may(self, permission: Permission) -> bool:
        """Whether one of the roles allows it."""
        return any(permission in PERMISSIONS[role] for role in self.roles)
