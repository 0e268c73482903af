"""What the use cases of this wallet stand on, put together once when the application is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from flask import Flask, current_app
from pymongo.database import Database

from keys.envelope import Envelope
from keys.lookup import LookupKey
from keys.trust_list import TrustStore
from service.clock import Clock
from service.outbound import Outbound
from service.settings import Settings
from service.status_feed import StatusFeed
from service.store import check_health
from service.trust_feed import TrustFeed, check_trust_lists
from service.type_feed import TypeFeed
from wallet.accounts.store import AccountStore
from wallet.claiming.authorization_client import AuthorizationClient
from wallet.claiming.store import SearchStore
from wallet.complaints.store import FiledComplaintStore
from wallet.foreign.anchors import ForeignAnchors
from wallet.history.store import UseLog
from wallet.holdings.store import HoldingStore
from wallet.mandates.store import RightStore
from wallet.passkeys.store import PasskeyStore
from wallet.presenting.store import RequestStore
from wallet.provider.provider import WalletProvider
from wallet.receiving.issuer_client import IssuerClient
from wallet.receiving.store import OfferStore
from wallet.references import References
from wallet.refreshing.store import RefreshStore
from wallet.sheets.store import SheetStore
from wallet.showing.store import CodeUseStore, CompactStore, DelegationStore

_EXTENSION = "elicence.wallet"


@dataclass(frozen=True)
class WalletNode:
    """One wallet service."""

    settings: Settings
    clock: Clock
    database: Database[dict[str, Any]]
    lookup_key: LookupKey
    """Finds accounts by certificate type and number."""
    account_envelope: Envelope = field(repr=False)
    """Wraps the holder keys of all accounts."""
    references: References
    outbound: Outbound
    """The only way out."""
    trust: Callable[[], TrustStore]
    """The trust store in force; raises ``TrustUnavailableError`` when there is none."""
    trust_feed: TrustFeed
    status_feed: StatusFeed
    types: TypeFeed
    accounts: AccountStore
    rights: RightStore
    """Who may act for whom, and for whom each session does."""
    holdings: HoldingStore
    refreshes: RefreshStore
    offers: OfferStore
    requests: RequestStore
    use_log: UseLog
    complaints: FiledComplaintStore
    issuer_client: IssuerClient
    authorization_client: AuthorizationClient
    searches: SearchStore
    foreign: ForeignAnchors
    """Who else is let in, besides those on the trust lists."""
    compact_copies: CompactStore
    delegations: DelegationStore
    code_uses: CodeUseStore
    sheets: SheetStore
    passkeys: PasskeyStore
    provider: WalletProvider
    """This service as an organisation: its key, the status lists that it publishes, its word for its wallets."""

    def check_ready(self) -> None:
        """See that the store keeps what it is given and that we know whom to trust; raises when not."""
        check_health(self.database)
        check_trust_lists(self.trust_feed)

    def ensure_indexes(self) -> None:
        """Make the indexes of all collections; a repeat changes nothing."""
        for store in (self.accounts, self.rights, self.holdings, self.offers, self.requests, self.use_log):
            store.ensure_indexes()
        self.provider.store.ensure_indexes()
        self.complaints.ensure_indexes()
        self.searches.ensure_indexes()
        for shown in (self.compact_copies, self.delegations, self.code_uses, self.sheets):
            shown.ensure_indexes()
        self.passkeys.ensure_indexes()


def attach_node(app: Flask, node: WalletNode) -> None:
    """Make the node findable by :func:`current_node`."""
    app.extensions[_EXTENSION] = node


def current_node() -> WalletNode:
    """The node of the application that answers the current request."""
    return cast("WalletNode", current_app.extensions[_EXTENSION])
