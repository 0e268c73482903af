"""For whom somebody acts, as every page says it at its top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import g

from service.web.sign_in import current_person
from wallet.accounts.account import Holder
from wallet.accounts.acting import Deed
from wallet.accounts.current import current_holder, current_self
from wallet.accounts.errors import RightEndedError
from wallet.mandates.open_right import RightOfPerson, rights_of
from wallet.mandates.right import RightState
from wallet.mandates.wallets_at_hand import is_own
from wallet.node import current_node


@dataclass(frozen=True, slots=True)
class Band:
    """What the band says.

    Attributes:
        holder: whose wallet the page shows.
        waiting: rights that wait for the person's answer.
        others: whether the person acts for anybody else.
    """

    holder: Holder
    waiting: int
    others: bool

    @property
    def kind(self) -> str:
        """``self``, or the kind of the subject acted for: decides the colour."""
        return "self" if self.holder.acting.is_self else self.holder.subject.kind.value

    @property
    def may_grant(self) -> bool:
        """Whether grants can be made for this subject by who acts."""
        return self.holder.acting.may(Deed.MANAGE_AGENTS)


def others_at_hand() -> Sequence[RightOfPerson]:
    """For whom the person could act now; empty while the person acts for somebody already (template global)."""
    band = acting_band()
    if band is None or not band.others or not is_own(band.holder):
        return ()
    return [one for one in rights_of(current_node(), band.holder) if one.can_be_chosen]


def acting_band() -> Band | None:
    """The band of this page; ``None`` while nobody is signed in (template global). Two reads, no write."""
    if current_person() is None:
        return None
    if "acting_band" not in g:
        own = current_self()
        try:
            holder = current_holder()
        except RightEndedError:
            holder = own
        rights = current_node().rights.of_person(own.account_id)
        waiting = sum(one.state is RightState.OFFERED for one in rights)
        g.acting_band = Band(holder, waiting, others=len(rights) > waiting)
    band: Band = g.acting_band
    return band
