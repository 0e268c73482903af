"""One use for its owner: a line with its outcome."""

from __future__ import annotations

from wallet.accounts.account import Holder
from wallet.history.entry import OUTCOMES, Entry, EntryKind, Use
from wallet.history.errors import EntryNotFoundError
from wallet.node import WalletNode


def read_use(node: WalletNode, holder: Holder, entry_id: str) -> Use:
    """The use that a line tells of.

    Raises:
        EntryNotFoundError: the holder's log has no such line.
    """
    entry = node.use_log.get(holder, entry_id)
    if entry.kind is not EntryKind.SHARING:
        return Use(entry)
    after = node.use_log.around(holder, entry)
    return Use(entry, next((one for one in after if one.kind in OUTCOMES and one.about == entry.about), None))


def use_about(node: WalletNode, holder: Holder, about: str) -> Use:
    """The newest use about a request; its first line is among the newest ones.

    Raises:
        EntryNotFoundError: there is none.
    """
    found, _ = node.use_log.search(holder, lambda entry: entry.about == about and entry.kind not in OUTCOMES)
    if not found:
        raise EntryNotFoundError
    return read_use(node, holder, found[0].entry_id)


def use_named(node: WalletNode, holder: Holder, name: str) -> Entry:
    """The line of the showing that the other side knows by this name: its request's id, at the end of the reference.

    Raises:
        EntryNotFoundError: the holder's log has no such line, or nothing was named.
    """
    found, _ = node.use_log.search(
        holder,
        lambda entry: (
            entry.counterpart is not None
            and bool(name)
            and entry.counterpart.reference.rpartition("/")[2] == name
        ),
    )
    if not found:
        raise EntryNotFoundError
    return found[-1]
