"""From whose wallets a person can answer a request: windows often ask for an entity's and its representative's at once.

Whoever acts for himself has his own wallet and those of the subjects that a licence lets him represent; whoever acts for
a subject has that wallet, as far as the right reaches, and his own. Each licence stays with its keeper: his key opens it,
his log tells of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from wallet.accounts.account import Holder
from wallet.accounts.errors import RightEndedError
from wallet.accounts.open_account import open_account
from wallet.holdings.errors import LicenceNotFoundError
from wallet.mandates.open_right import act_for, rights_of
from wallet.node import WalletNode


def wallets_at_hand(node: WalletNode, holder: Holder) -> Sequence[Holder]:
    """The opened accounts, the one acted for first."""
    if is_own(holder):
        return [holder, *_represented(node, holder)]
    return [holder, own_wallet(node, holder)]


def find_wallet(node: WalletNode, holder: Holder, holding_id: str) -> Holder:
    """The wallet at hand in which a licence lies; the one acted for when it lies in none."""
    for keeper in wallets_at_hand(node, holder):
        with suppress(LicenceNotFoundError):
            node.holdings.get(keeper, holding_id, at=node.clock.now())
            return keeper
    return holder


def own_wallet(node: WalletNode, holder: Holder) -> Holder:
    """The own wallet of the person who acts."""
    if is_own(holder):
        return holder
    return open_account(
        holder.person,
        store=node.accounts,
        lookup_key=node.lookup_key,
        envelope=node.account_envelope,
        at=node.clock.now(),
    )


def is_own(holder: Holder) -> bool:
    """Whether this is the person's own wallet, opened under no right."""
    return holder.acting.is_self and holder.acting.right_id is None


def _represented(node: WalletNode, own: Holder) -> Sequence[Holder]:
    opened = []
    for one in rights_of(node, own):
        if one.can_be_chosen and one.right.capacity.is_by_licence:
            try:
                opened.append(act_for(node, own, one.right.subject_account, one.right.right_id))
            except RightEndedError:
                continue
    return opened
