"""Taking a licence out of the wallet, and putting it back while that is possible."""

from __future__ import annotations

from wallet.accounts.account import Holder
from wallet.accounts.acting import Capacity, Deed
from wallet.history.entry import Entry, EntryKind, new_entry_id
from wallet.mandates.errors import RootLicenceStaysError
from wallet.mandates.root_licence import is_root_of
from wallet.node import WalletNode


def remove_licence(node: WalletNode, holder: Holder, holding_id: str) -> None:
    """Take a licence out; it is forgotten after a week (two durable writes). Taking it out twice is fine.

    Raises:
        DeedNotAllowedError: who acts may not.
        LicenceNotFoundError: the wallet has none with this id.
        RootLicenceStaysError: the rights of those who act for its holder rest on it.
    """
    holder.require(Deed.REMOVE)
    at = node.clock.now()
    holding = node.holdings.get(holder, holding_id, at=at)
    if holder.acting.capacity is not Capacity.SELF and is_root_of(holder.subject, holding.face):
        raise RootLicenceStaysError
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
    holder.require(Deed.REMOVE)
    at = node.clock.now()
    holding = node.holdings.get(holder, holding_id, at=at)
    if node.holdings.restore(holder, holding_id, at):
        node.use_log.append(
            holder,
            Entry(
                new_entry_id(), at, EntryKind.RESTORED, about=holding_id, licences=(holding.face.type_name,)
            ),
        )
