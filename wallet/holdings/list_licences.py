"""The licences of a person with their state, as cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from standards.licence_types import load_catalogue
from standards.licence_types.licence_type import Appearance
from standards.text import Text
from wallet.accounts.account import Holder
from wallet.holdings.face_fields import FaceField, fields_of, licence_number
from wallet.holdings.holding import Holding, Relation
from wallet.holdings.licence_state import StateOnCard
from wallet.holdings.read_status import StatusReader
from wallet.node import WalletNode
from wallet.trust import TrustUnavailableError

_PLAIN = Appearance("#2f5d50", "#ffffff")


@dataclass(frozen=True, slots=True)
class Card:
    """One licence as the first page shows it; its copies are out of sight.

    Attributes:
        holding: the licence.
        state: what can be said of it now.
        number: printed on it, or ``None``.
        appearance: colours of the card.
    """

    holding: Holding
    state: StateOnCard
    number: FaceField | None
    appearance: Appearance

    @property
    def title(self) -> Text:
        return self.holding.face.type_name

    @property
    def holder_name(self) -> str:
        return self.holding.face.claim_text("holder_name")

    @property
    def is_entitys(self) -> bool:
        """Whether the licence belongs to a legal entity rather than to the person."""
        return self.holding.face.relation is Relation.ENTITY

    @property
    def fields(self) -> tuple[FaceField, ...]:
        return fields_of(self.holding.face)


def list_licences(node: WalletNode, holder: Holder) -> Sequence[Card]:
    """The cards of a wallet, newest first; status lists are fetched as far as they are not fresh."""
    reader = status_reader(node)
    return [_card(holding, reader) for holding in node.holdings.all_of(holder)]


def show_licence(node: WalletNode, holder: Holder, holding_id: str) -> Card:
    """One card; raises ``LicenceNotFoundError``."""
    return _card(node.holdings.get(holder, holding_id, at=node.clock.now()), status_reader(node))


def status_reader(node: WalletNode) -> StatusReader:
    """A reader of states for one page. Without trust lists every state is "not known"; the licences are still there."""
    at = node.clock.now()
    try:
        trust = node.trust()
    except TrustUnavailableError:
        trust = None
    return StatusReader(node.status_feed.snapshot, trust, at)


def _card(holding: Holding, reader: StatusReader) -> Card:
    licence_type = load_catalogue().find_vct(holding.face.vct)
    return Card(
        holding=holding,
        state=reader.state_of(holding.face),
        number=licence_number(holding.face),
        appearance=_PLAIN if licence_type is None else licence_type.appearance,
    )
