"""Who is at the console: a member of staff, at one of the authorities where the person has a post."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Final, ParamSpec, TypeVar, cast

from flask import g, redirect, request, url_for
from werkzeug.wrappers import Response

from issuer.library.errors import LicenceNotFoundError
from issuer.library.event import Actor
from issuer.library.licence import Licence
from issuer.node import current_node
from issuer.registrar.authority import Authority
from issuer.staff import StaffMember, StaffRole, require_role
from service.web.sign_in import current_person, require_person

P = ParamSpec("P")
R = TypeVar("R")

AUTHORITY_COOKIE: Final = "elicence_issuer_authority"
"""At which of several posts the person works now. No secret: it is held against the person's posts each time."""

READERS: Final = (StaffRole.CLERK, StaffRole.APPROVER, StaffRole.AUDITOR)
"""Roles that may see licences; an administrator as such only enrols staff."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A member of staff at work.

    Attributes:
        member: who, in which roles.
        authority: for whom.
        posts: all posts of the person, this one included.
    """

    member: StaffMember
    authority: Authority
    posts: tuple[tuple[StaffMember, Authority], ...]

    @property
    def actor(self) -> Actor:
        """The member as the one who acts on a licence."""
        return Actor(self.member.name, self.member.id)

    def may(self, *roles: StaffRole) -> bool:
        """Whether the member has one of these roles."""
        return not self.member.roles.isdisjoint(roles)


def find_desk() -> Desk | None:
    """The desk of the signed-in person, or ``None``; looked up once per request."""
    if "desk" not in g:
        g.desk = _find_desk()
    return cast("Desk | None", g.desk)


def at_desk() -> bool:
    """Whether somebody who may see licences is at work; decides on the navigation."""
    desk = find_desk()
    return desk is not None and desk.may(*READERS)


def at_work() -> bool:
    """Whether anybody of an authority's staff is at work."""
    return find_desk() is not None


def audits() -> bool:
    """Whether an auditor is at work."""
    desk = find_desk()
    return desk is not None and desk.may(StaffRole.AUDITOR)


def administers() -> bool:
    """Whether an administrator is at work."""
    desk = find_desk()
    return desk is not None and desk.may(StaffRole.ADMINISTRATOR)


def staff_only(*roles: StaffRole) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """Decorator: the view is only for staff in one of ``roles``.

    Who is not signed in goes to sign in; who has no post is told so; who lacks the role gets ``RoleMissingError``.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R | Response]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            require_person()
            desk = find_desk()
            if desk is None:
                return redirect(url_for("console.home"), code=303)
            require_role(desk.member, *roles)
            return view(*args, **kwargs)

        return guarded

    return decorate


def current_desk() -> Desk:
    """The desk in a view that ``staff_only`` guards."""
    desk = find_desk()
    assert desk is not None  # staff_only answered the request otherwise
    return desk


def licence_at_desk(identifier: str) -> Licence:
    """The licence if the desk's authority gave it; raises ``LicenceNotFoundError``."""
    licence = current_node().licences.find(identifier, current_desk().authority.uscc)
    if licence is None:
        raise LicenceNotFoundError
    return licence


def _find_desk() -> Desk | None:
    person = current_person()
    if person is None:
        return None
    node = current_node()
    authorities = {authority.uscc: authority for authority in node.authorities.all(node.clock.now())}
    posts = tuple(
        (member, authorities[member.authority])
        for member in node.staff.members_of(person.code_type, person.number)
        if member.authority in authorities
    )
    if not posts:
        return None
    wanted = request.cookies.get(AUTHORITY_COOKIE)
    member, authority = next((post for post in posts if post[0].authority == wanted), posts[0])
    return Desk(member, authority, posts)
