"""Taking a licence out of the wallet, and putting it back while that is possible."""

from __future__ import annotations

from wallet.accounts.account import Holder
from wallet.history.entry import Entry, EntryKind, new_entry_id
from wallet.node import WalletNode


def remove_licence(node: WalletNode, holder: Holder, holding_id: str) -> None:
    """Take a licence out; it is forgotten after a week (two durable writes). Taking it out twice is fine.

    Raises:
        LicenceNotFoundError: the wallet has none with this id.
    """
    at = node.clock.now()
    holding = node.holdings.get(holder, holding_id, at=at)
    if node.holdings.remove(holder, holding_id, at):
        node.use_log.append(
            holder,
            Entry(
                new_entry_id(), at, EntryKind.REMOVED, about=holding_id, licences=(holding.face.type_name,)
            ),
        )


def restore_licence(node: WalletNode, holder: Holder, holding_id: str) -> None:
    """Put a licence back (two durable writes). Putting it back twice is fine.

    Raises:
        LicenceNotFoundError: the wallet has none with this id, or it was taken out too long ago.
    """
    at = node.clock.now()
    holding = node.holdings.get(holder, holding_id, at=at)
    if node.holdings.restore(holder, holding_id, at):
        node.use_log.append(
            holder,
            Entry(
                new_entry_id(), at, EntryKind.RESTORED, about=holding_id, licences=(holding.face.type_name,)
            ),
        )
