"""Who is at the window: a member of staff in one of the departments, or a department's system."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import g, request

from service.api_tokens import ApiCaller
from service.web.errors import PermissionMissingError
from service.web.sign_in import current_person, require_person
from standards.text import Text
from verifier.departments.department import Department, Permission, StaffMember, UnknownDepartmentError
from verifier.node import current_node
from verifier.terminals.current import current_terminal
from verifier.terminals.errors import TerminalRequiredError, WrongTerminalError

P = ParamSpec("P")
R = TypeVar("R")

DEPARTMENT_COOKIE = "elicence_verifier_department"
"""Which of several posts the person works at now; no secret, for it is held against the person's posts each time."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A member of staff at work.

    Attributes:
        member: who, in which roles.
        department: where.
        posts: every post of the person, this one included.
    """

    member: StaffMember
    department: Department
    posts: tuple[tuple[StaffMember, Department], ...]


def find_desk() -> Desk | None:
    """The desk of the signed-in person, or ``None``; looked up once per request."""
    if "desk" not in g:
        g.desk = _find_desk()
    return cast("Desk | None", g.desk)


def _find_desk() -> Desk | None:
    person = current_person()
    if person is None:
        return None
    node = current_node()
    at = node.clock.now()
    posts = []
    for member in node.staff.posts_of(person.code_type, person.number):
        department = node.departments.find(member.department, at)
        if department is not None:
            posts.append((member, department))
    if not posts:
        return None
    terminal = current_terminal()  # whoever works at a terminal works for its department
    wanted = terminal.department if terminal else request.cookies.get(DEPARTMENT_COOKIE, "")
    chosen = next((post for post in posts if post[1].uscc == wanted), posts[0])
    return Desk(*chosen, tuple(posts))


def require_desk(permission: Permission) -> Desk:
    """The desk of the signed-in person, who must be allowed to do this.

    Raises:
        SignInRequiredError: nobody is signed in.
        PermissionMissingError: no member of staff, or not in the role.
        TerminalRequiredError, WrongTerminalError: not at this device.
    """
    require_person()
    desk = find_desk()
    if desk is None:
        raise PermissionMissingError(
            "您不是已登记的窗口工作人员。",
            "You are not enrolled as a member of the window's staff.",
            next_step=Text(
                "请本部门管理员登记您的岗位。", "Ask your department's administrator to enrol you."
            ),
        )
    if not desk.member.may(permission):
        raise PermissionMissingError(
            "您的岗位不能进行此操作。",
            "Your role does not allow this.",
            next_step=Text("请由相应岗位的人员办理。", "Ask a colleague in the right role."),
        )
    _check_place(desk, permission)
    return desk


def _check_place(desk: Desk, permission: Permission) -> None:
    """Whether this may be done at this device; terminals themselves are managed from anywhere, lest nobody could."""
    terminal = current_terminal()
    if terminal is not None and terminal.department != desk.department.uscc:
        raise WrongTerminalError
    if (
        terminal is None
        and desk.department.terminals_required
        and permission is not Permission.MANAGE_TERMINALS
    ):
        raise TerminalRequiredError


def for_staff(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorator: the view is for staff with this permission."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            require_desk(permission)
            return view(*args, **kwargs)

        return guarded

    return decorate


def current_desk() -> Desk:
    """The desk, inside a view decorated with :func:`for_staff`."""
    return cast("Desk", g.desk)


def calling_department() -> tuple[Department, ApiCaller]:
    """The department whose system calls the management interface.

    Raises:
        UnknownDepartmentError: the token is right, but its department is not enrolled at this window.
    """
    node = current_node()
    caller = cast("ApiCaller", g.caller)
    department = node.departments.find(caller.authority, node.clock.now())
    if department is None:
        raise UnknownDepartmentError(
            "该部门尚未在本窗口登记。",
            "This department is not enrolled at this window.",
            where="Authorization",
            next_step=Text(
                "请管理员登记：elicence verifier department enrol。",
                "Enrol it: elicence verifier department enrol.",
            ),
        )
    return department, caller
