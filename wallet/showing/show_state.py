"""What the code page shows: the licences acted for, their state now, and which of them can be shown by code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from standards.licence_types.licence_type import type_code_of
from standards.text import Text
from wallet.accounts.account import Holder
from wallet.holdings.licence_state import LicenceState
from wallet.holdings.list_licences import Card, list_licences
from wallet.node import WalletNode
from wallet.showing.compact_copy import CompactCopy

OVER: Final = frozenset({LicenceState.ENDED, LicenceState.EXPIRED})
"""States in which no code is made: there is nothing to show any more."""

_NOT_YET: Final = Text(
    "这张证照还没有亮证形式，更新后会自动获得；现在可以用“扫一扫”出示。",
    "This licence has no form for codes yet; it comes with its next refresh. It can be shown by scanning.",
)
_OVER: Final = Text("这张证照已经失效，不能亮证。", "This licence is over and makes no codes.")


@dataclass(frozen=True, slots=True)
class ShownLicence:
    """One licence on the code page.

    Attributes:
        card: the licence with its state.
        copy: its compact copy, or ``None``.
    """

    card: Card
    copy: CompactCopy | None

    @property
    def holding_id(self) -> str:
        return self.card.holding.holding_id

    @property
    def can_show(self) -> bool:
        """Whether a phone may make codes for it."""
        return self.copy is not None and self.card.state.state not in OVER

    @property
    def why_not(self) -> Text | None:
        """Why it cannot be shown by code, for its holder."""
        if self.card.state.state in OVER:
            return _OVER
        return _NOT_YET if self.copy is None else None


def show_state(node: WalletNode, holder: Holder) -> Sequence[ShownLicence]:
    """The licences of the wallet acted for, usable ones first, newest before older (two reads, and status lists)."""
    copies = node.compact_copies.newest(holder, node.clock.now())
    shown = [
        ShownLicence(card, _of_this_version(copies.get(card.holding.holding_id), card))
        for card in list_licences(node, holder)
        if holder.acting.reaches(type_code_of(card.holding.face.vct))
    ]
    return sorted(shown, key=lambda one: (not one.can_show, not one.card.state.usable))


def _of_this_version(copy: CompactCopy | None, card: Card) -> CompactCopy | None:
    """A copy of an earlier version shows what is not true any more."""
    if copy is None or copy.identifier != card.holding.face.claim_text("licence_identifier"):
        return None
    return copy
