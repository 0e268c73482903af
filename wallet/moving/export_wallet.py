"""Move a wallet out: everything into one sealed file, and out of this wallet in the same breath."""

from __future__ import annotations

from itertools import islice
from typing import Any, Final

from standards.text import Text
from wallet.accounts.account import Holder
from wallet.accounts.acting import Deed
from wallet.accounts.errors import DeedNotAllowedError
from wallet.history.entry import Entry, EntryKind, new_entry_id
from wallet.moving.errors import NothingToMoveError
from wallet.moving.moved_licence import carry
from wallet.moving.sealed_file import check_passphrase, seal_file
from wallet.node import WalletNode

MOST_LINES: Final = 5_000
"""Most lines of the use log that go along; the newest."""


def export_wallet(node: WalletNode, holder: Holder, passphrase: str, again: str) -> bytes:
    """The file. Every licence in it leaves this wallet (one durable write each, and a line in the log).

    A copy is shown by one wallet only: here they count as seen from now on, and the means to refresh are gone. Whoever
    loses the file puts the licences back within a week, and finds them at their library again.

    Raises:
        DeedNotAllowedError: who acts may not export this wallet.
        WeakPassphraseError: the passphrase will not do.
        NothingToMoveError: there are no licences.
    """
    _require_own(holder)
    plain, at = check_passphrase(passphrase, again), node.clock.now()
    waiting = node.holdings.all_of(holder)
    if not waiting:
        raise NothingToMoveError
    # What a show uses up in this very moment is seen in the file as well: each comes as it was when it left.
    left = (node.holdings.move_out(holder, holding, at) for holding in waiting)
    holdings = [holding for holding in left if holding is not None]
    subject = holder.subject
    lines = list(islice(node.use_log.walk(holder), MOST_LINES))
    content: dict[str, Any] = {
        "exported_at": at.isoformat(),
        "from": node.settings.wallet_url,
        "subject": {
            "code_type": subject.code_type,
            "number": subject.number,
            "name": subject.name,
        },
        "licences": [carry(holder, holding) for holding in holdings],
        "log": [[line.entry_id, line.at.timestamp(), line.sealed_json()] for line in reversed(lines)],
    }
    file = seal_file(content, plain)
    node.use_log.append(
        holder,
        Entry(
            new_entry_id(),
            at,
            EntryKind.MOVED,
            about="wallet",
            licences=tuple(holding.face.type_name for holding in holdings),
            told=Text(
                f"您导出了 {len(holdings)} 张证照以便迁移，本钱包不再出示它们。",
                f"You exported {len(holdings)} licences to move them; this wallet shows them no more.",
            ),
        ),
    )
    return file


def _require_own(holder: Holder) -> None:
    """The rights of those who act for an entity or a child rest on a licence in its wallet: such a wallet stays."""
    holder.require(Deed.EXPORT)
    if not holder.acting.is_self:
        raise DeedNotAllowedError(holder.acting.capacity, Deed.EXPORT)


def undo_export(node: WalletNode, holder: Holder) -> int:
    """Put back what was moved out and is not forgotten yet; how many came back.

    Raises:
        DeedNotAllowedError: who acts may not.
    """
    _require_own(holder)
    at = node.clock.now()
    back = node.holdings.move_back(holder, at)
    if back:
        told = Text(f"您撤销了迁移，放回 {back} 张证照。", f"You undid the move: {back} licences are back.")
        node.use_log.append(holder, Entry(new_entry_id(), at, EntryKind.RESTORED, about="wallet", told=told))
    return back
