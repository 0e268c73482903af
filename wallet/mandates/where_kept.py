"""Into whose wallets the licences of an offer went, when it is asked again."""

from __future__ import annotations

from collections.abc import Iterable

from wallet.accounts.account import Holder
from wallet.accounts.errors import RightEndedError
from wallet.holdings.errors import LicenceNotFoundError
from wallet.mandates.open_right import act_for, rights_of
from wallet.node import WalletNode


def where_kept(node: WalletNode, own: Holder, holding_ids: Iterable[str]) -> tuple[tuple[Holder, str], ...]:
    """Each licence with its wallet, opened; what is out of this person's reach by now is left out."""
    wanted, found = list(holding_ids), {}
    for holder in _wallets(node, own):
        for holding_id in wanted:
            if holding_id not in found and _has(node, holder, holding_id):
                found[holding_id] = holder
        if len(found) == len(wanted):
            break
    return tuple((found[holding_id], holding_id) for holding_id in wanted if holding_id in found)


def _wallets(node: WalletNode, own: Holder) -> Iterable[Holder]:
    yield own
    for one in rights_of(node, own):
        if one.can_be_chosen:
            try:
                yield act_for(node, own, one.right.subject_account, one.right.right_id)
            except RightEndedError:
                continue


def _has(node: WalletNode, holder: Holder, holding_id: str) -> bool:
    try:
        node.holdings.get(holder, holding_id, at=node.clock.now())
    except LicenceNotFoundError:
        return False
    return True
