"""The lines that one answer leaves in the use logs: of each keeper whose licences were shown, and of who decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from standards.text import Text
from wallet.accounts.account import Holder
from wallet.history.entry import Counterpart, Entry, EntryKind, SeenField, new_entry_id
from wallet.mandates.wallets_at_hand import own_wallet
from wallet.node import WalletNode
from wallet.presenting.consent import Picked
from wallet.presenting.trusted_request import TrustedRequest


@dataclass(frozen=True)
class Journal:
    """Writes about one request.

    Attributes:
        node: the log, and the clock.
        holder: in whose wallet the request was read.
        request_id: of the request.
        trusted: who asks for what; ``None`` when that does not hold any more.
        picked: what is shown.
    """

    node: WalletNode
    holder: Holder
    request_id: str
    trusted: TrustedRequest | None
    picked: Sequence[Picked] = ()

    def note(self, kind: EntryKind, *, reason: Text | None = None) -> None:
        """The same line for everybody concerned (one durable write each; one for who shows his own)."""
        for reader in self._readers():
            self.node.use_log.append(reader, self._entry(kind, reason))

    def note_sharing(self) -> None:
        """What is about to be sent: each keeper reads what of the keeper's is seen, others only which licences."""
        for reader in self._readers():
            own = [one for one in self.picked if one.keeper.account_id == reader.account_id]
            shown = own or self.picked
            entry = replace(
                self._entry(EntryKind.SHARING, None),
                licences=tuple(one.option.licence.holding.face.type_name for one in shown),
                holdings=tuple(one.option.holding_id for one in own),
                seen=_seen(own),
            )
            self.node.use_log.append(reader, entry)

    def _readers(self) -> Sequence[Holder]:
        keepers = {one.keeper.account_id: one.keeper for one in self.picked}
        keepers.setdefault(self.holder.account_id, self.holder)
        own = own_wallet(self.node, self.holder)
        keepers.setdefault(own.account_id, own)
        return list(keepers.values())

    def _entry(self, kind: EntryKind, reason: Text | None) -> Entry:
        entry = Entry(new_entry_id(), self.node.clock.now(), kind, about=self.request_id, reason=reason)
        trusted = self.trusted
        if trusted is None:
            return entry
        verifier, item, request = trusted.verifier, trusted.item, trusted.request
        entry = replace(
            entry,
            party=verifier.name,
            party_code=verifier.uscc,
            region=verifier.region,
            # The address holds the verifier's own name of the request, and only the two of us know the nonce.
            counterpart=Counterpart(request.response_uri, request.nonce, trusted.complaints),
        )
        if item is None:
            return entry
        return replace(
            entry, item=item.name, purpose=item.purpose, basis=item.basis, retention=item.retention
        )


def _seen(picked: Sequence[Picked]) -> tuple[SeenField, ...]:
    return tuple(
        SeenField(one.option.licence.holding.face.type_name, field.label, field.value.zh)
        for one in picked
        for field in one.option.shown
    )
