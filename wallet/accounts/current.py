"""The holder at the keyboard: found once per request."""

from __future__ import annotations

from typing import cast

from flask import g

from service.web.sign_in import require_person
from wallet.accounts.account import Holder
from wallet.accounts.open_account import open_account
from wallet.node import current_node


def current_holder() -> Holder:
    """The signed-in person with their account opened.

    Raises:
        SignInRequiredError: nobody is signed in; a page leads to the sign-in page, the API answers 401.
    """
    if "holder" not in g:
        node = current_node()
        g.holder = open_account(
            require_person(),
            store=node.accounts,
            lookup_key=node.lookup_key,
            envelope=node.account_envelope,
            at=node.clock.now(),
        )
    return cast("Holder", g.holder)
