"""The licences of a person with their state, as cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from standards.licence_types.described_type import PLAIN
from standards.licence_types.licence_type import Appearance
from standards.text import Text
from wallet.accounts.account import Holder
from wallet.holdings.face_fields import FaceField, described, fields_of, licence_number
from wallet.holdings.holding import Holding, Relation
from wallet.holdings.licence_state import LicenceState, StateOnCard, ended_as, reason_word
from wallet.holdings.read_status import StatusReader
from wallet.node import WalletNode
from wallet.trust import TrustUnavailableError

NEWS_FOR: Final = timedelta(days=14)
"""How long a card says that a new version came by itself."""

_WHOSE: Final = {
    Relation.ENTITY: Text("单位证照", "entity's"),
    Relation.OTHER: Text("代为保管", "kept for another"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """One licence as the first page shows it; its copies are out of sight.

    Attributes:
        holding: the licence.
        state: what can be said of it now.
        number: printed on it, or ``None``.
        appearance: colours of the card.
        updated_recently: whether a new version came by itself within :data:`NEWS_FOR`.
        kept_by_holder: whether who looks is the holder in person, into whose hands a guardian gave the wallet.
    """

    holding: Holding
    state: StateOnCard
    number: FaceField | None
    appearance: Appearance
    updated_recently: bool = False
    kept_by_holder: bool = False

    @property
    def title(self) -> Text:
        return self.holding.face.type_name

    @property
    def holder_name(self) -> str:
        return self.holding.face.claim_text("holder_name")

    @property
    def whose(self) -> Text | None:
        """Whose licence it is when it is not the person's own."""
        return None if self.kept_by_holder else _WHOSE.get(self.holding.face.relation)

    @property
    def fields(self) -> tuple[FaceField, ...]:
        return fields_of(self.holding.face)


def list_licences(node: WalletNode, holder: Holder) -> Sequence[Card]:
    """The cards of a wallet, newest first; status lists are fetched as far as they are not fresh."""
    reader = status_reader(node)
    return [_card(holding, reader, holder) for holding in node.holdings.all_of(holder)]


def show_licence(node: WalletNode, holder: Holder, holding_id: str) -> Card:
    """One card; raises ``LicenceNotFoundError``."""
    return _card(node.holdings.get(holder, holding_id, at=node.clock.now()), status_reader(node), holder)


def status_reader(node: WalletNode) -> StatusReader:
    """A reader of states for one page. Without trust lists every state is "not known"; the licences are still there."""
    at = node.clock.now()
    try:
        trust = node.trust()
    except TrustUnavailableError:
        trust = None
    return StatusReader(node.status_feed.snapshot, trust, at, node.foreign)


def _card(holding: Holding, reader: StatusReader, holder: Holder) -> Card:
    known = described(holding.face)
    state, word = reader.state_of(holding.face), holding.renewal.word
    if word is not None and word.shown == state.state:
        how = ended_as(word.state) if state.state is LicenceState.ENDED else None
        state = replace(state, reason=reason_word(word.state), ended_as=how)
    past = holding.renewal.past
    return Card(
        holding=holding,
        updated_recently=bool(past) and reader.at - past[0].until < NEWS_FOR,
        state=state,
        number=licence_number(holding.face),
        appearance=PLAIN if known is None else known.appearance,
        kept_by_holder=holder.acting.is_self and holder.acting.right_id is not None,
    )
