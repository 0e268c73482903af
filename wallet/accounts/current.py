"""The holder at the keyboard, and for whom: found once per request."""

from __future__ import annotations

from typing import cast

from flask import g

from service.web.sign_in import require_person
from wallet.accounts.account import Holder
from wallet.accounts.acting import Deed
from wallet.accounts.open_account import open_account
from wallet.node import current_node


def current_holder() -> Holder:
    """The account acted for, opened; the right to it was looked up for this request.

    Raises:
        SignInRequiredError: nobody is signed in; a page leads to the sign-in page, the API answers 401.
        RightEndedError: the person acted for somebody and may not any more.
    """
    return current_self()


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
