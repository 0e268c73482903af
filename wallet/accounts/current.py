"""The holder at the keyboard, and for whom: found once per request."""

from __future__ import annotations

from typing import Final, cast

from flask import g, request

from service.web.kit import current_kit
from service.web.sign_in import require_person
from service.web.sign_in.session import session_id_of
from wallet.accounts.account import Holder
from wallet.accounts.acting import Deed
from wallet.accounts.errors import RightEndedError
from wallet.accounts.open_account import open_account
from wallet.mandates.choose import SELF, find_choice
from wallet.mandates.note_right import note_refused
from wallet.mandates.open_right import act_for
from wallet.mandates.store import Choice
from wallet.node import current_node

ACTING_HEADER: Final = "X-Acting-For"
"""Names, for one request of a program, the right under which it acts; ``self`` for the person."""


def current_holder() -> Holder:
    """The account acted for, opened; the right to it was looked up for this request.

    For whom is the session's choice, kept with us, or named by :data:`ACTING_HEADER`. A choice that does not hold any
    more is forgotten with the refusal: the next request is the person's own.

    Raises:
        SignInRequiredError: nobody is signed in; a page leads to the sign-in page, the API answers 401.
        RightEndedError: the person acted for somebody and may not any more.
    """
    if "holder" not in g:
        g.holder = _acted_for(current_self())
    return cast("Holder", g.holder)


def current_choice() -> Choice | None:
    """For whom this request acts: by its header, else by what the session chose; ``None`` for the person."""
    named = request.headers.get(ACTING_HEADER)
    if named is None:
        return current_node().rights.choice_of(current_session_id())
    if named == SELF:
        return None
    return find_choice(current_node(), current_self(), named)


def current_session_id() -> str:
    """Names the session without being worth anything as its secret; empty when nobody is signed in."""
    token = request.cookies.get(current_kit().session_cookie)
    return "" if not token else session_id_of(token)


def _acted_for(own: Holder) -> Holder:
    node, choice = current_node(), current_choice()
    if choice is None:
        return own
    try:
        return act_for(node, own, choice.subject_account, choice.right_id)
    except RightEndedError as error:
        if ACTING_HEADER not in request.headers:
            node.rights.choose(current_session_id(), None, node.clock.now())
            note_refused(node, own, choice.right_id, error.message)
        raise


def current_self() -> Holder:
    """The signed-in person's own account, whomever the person acts for.

    Raises:
        SignInRequiredError: nobody is signed in.
    """
    if "holder_self" not in g:
        node = current_node()
        g.holder_self = open_account(
            require_person(),
            store=node.accounts,
            lookup_key=node.lookup_key,
            envelope=node.account_envelope,
            at=node.clock.now(),
        )
    return cast("Holder", g.holder_self)


def require_deed(deed: Deed) -> Holder:
    """:func:`current_holder`, once the capacity in which the person acts includes ``deed``.

    Raises:
        SignInRequiredError, RightEndedError: as for :func:`current_holder`.
        DeedNotAllowedError: it does not.
    """
    holder = current_holder()
    holder.require(deed)
    return holder
