"""Use case: choose for whom a session acts."""

from __future__ import annotations

from typing import Final

from wallet.accounts.account import Holder
from wallet.accounts.errors import RightEndedError
from wallet.mandates.open_right import act_for
from wallet.mandates.store import Choice
from wallet.node import WalletNode

SELF: Final = "self"
"""Names the person, where a right is named otherwise."""


def choose(node: WalletNode, own: Holder, session_id: str, right_id: str) -> Holder:
    """Let the session act under a right of this person, or for the person (one durable write).

    Raises:
        RightEndedError: the person has no such right, or it does not hold now; the choice stays as it was.
    """
    if right_id == SELF:
        node.rights.choose(session_id, None, node.clock.now())
        return own
    choice = find_choice(node, own, right_id)
    opened = act_for(node, own, choice.subject_account, choice.right_id)
    node.rights.choose(session_id, choice, node.clock.now())
    return opened


def find_choice(node: WalletNode, own: Holder, right_id: str) -> Choice:
    """A right of this person by its id; raises ``RightEndedError``. Whether it holds is for ``act_for``."""
    for one in node.rights.of_person(own.account_id):
        if one.right_id == right_id:
            return Choice(one.subject_account, one.right_id)
    raise RightEndedError
