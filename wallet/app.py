"""The wallet service as a Flask application."""

from __future__ import annotations

import os

from flask import Flask

from keys.master_key import MasterKey
from keys.software_store import SoftwareKeyStore
from service.clock import Clock, SystemClock
from service.outbound import Outbound
from service.settings import Settings
from service.status_feed import StatusFeed
from service.store import connect
from service.trust_feed import TrustFeed
from service.type_feed import TypeFeed
from service.web.application import create_web_app
from service.web.kit import NavigationItem
from service.web.sign_in import current_person, install_sign_in
from standards.text import Text
from wallet.accounts import api as session_api
from wallet.accounts.store import AccountStore
from wallet.claiming import views as claiming_views
from wallet.claiming.authorization_client import AuthorizationClient
from wallet.claiming.store import SearchStore
from wallet.complaints import views as complaint_views
from wallet.complaints.store import FiledComplaintStore
from wallet.documents import views as document_views
from wallet.errors import WALLET_ERRORS
from wallet.foreign.anchors import ForeignAnchors
from wallet.history import api as history_api
from wallet.history import views as history_views
from wallet.history.store import UseLog
from wallet.holdings import api as holdings_api
from wallet.holdings import views as holdings_views
from wallet.holdings.store import HoldingStore
from wallet.mandates import api as mandates_api
from wallet.mandates import views as mandates_views
from wallet.mandates.band import acting_band, others_at_hand
from wallet.mandates.store import RightStore
from wallet.moving import views as moving_views
from wallet.node import WalletNode, attach_node
from wallet.openapi import FRAGMENTS
from wallet.passkeys import views as passkey_views
from wallet.passkeys.store import PasskeyStore
from wallet.passkeys.vouching import install_vouching
from wallet.presenting import api as presenting_api
from wallet.presenting import views as presenting_views
from wallet.presenting.store import RequestStore
from wallet.provider import api as provider_api
from wallet.provider.provider import WalletProvider
from wallet.provider.store import ProviderStatusStore
from wallet.receiving import api as receiving_api
from wallet.receiving import views as receiving_views
from wallet.receiving.issuer_client import IssuerClient
from wallet.receiving.store import OfferStore
from wallet.references import References
from wallet.refreshing.store import RefreshStore
from wallet.scanning import views as scanning_views
from wallet.sheets import views as sheet_views
from wallet.sheets.store import SheetStore
from wallet.shell import views as shell_views
from wallet.showing import api as showing_api
from wallet.showing import views as showing_views
from wallet.showing.session_end import install_session_end
from wallet.showing.store import CodeUseStore, CompactStore, DelegationStore
from wallet.trust import trust_in_force

ACCOUNT_PURPOSE = "wallet account"
"""Envelope purpose under which accounts are sealed."""

MAX_BODY_BYTES = 12 * 1024 * 1024
"""Largest request body: a photograph of a code."""


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> Flask:
    """The application of one wallet process.

    Args:
        settings: from the environment unless given.
        clock: the machine's unless given.

    Raises:
        SettingsError, StoreUnavailableError, StoreUnsuitableError, MasterKeyError: it cannot start.
    """
    settings = settings or Settings.from_environment(os.environ)
    clock = clock or SystemClock()
    master_key = MasterKey.load(settings.master_key_file)
    node = build_node(settings, clock, master_key)
    app = create_web_app(
        __name__,
        settings,
        service="wallet",
        errors=WALLET_ERRORS,
        ready=node.check_ready,
        navigation=(
            NavigationItem(Text("证照", "Licences"), "licences.home", shown=_somebody),
            NavigationItem(Text("亮证", "Show code"), "showing.code", shown=_somebody),
            NavigationItem(Text("扫一扫", "Scan"), "scanning.scan", shown=_somebody),
            NavigationItem(Text("用证记录", "Use log"), "history.timeline", shown=_somebody),
        ),
        openapi=FRAGMENTS,
        max_body_bytes=MAX_BODY_BYTES,
    )
    attach_node(app, node)
    app.jinja_env.globals.update(acting_band=acting_band, others_at_hand=others_at_hand)
    install_sign_in(
        app, settings, service="wallet", database=node.database, master_key=master_key, clock=clock
    )
    for module in (
        session_api,
        holdings_api,
        holdings_views,
        receiving_api,
        receiving_views,
        presenting_api,
        presenting_views,
        history_api,
        history_views,
        complaint_views,
        document_views,
        scanning_views,
        mandates_api,
        mandates_views,
        claiming_views,
        moving_views,
        provider_api,
        shell_views,
        showing_api,
        showing_views,
        sheet_views,
        passkey_views,
    ):
        app.register_blueprint(module.blueprint)
    app.register_blueprint(complaint_views.api)
    app.register_blueprint(showing_api.windows)
    install_session_end(app)
    install_vouching(app)
    return app


def build_node(settings: Settings, clock: Clock, master_key: MasterKey) -> WalletNode:
    """Everything that the use cases stand on, with the indexes of the store in place."""
    database = connect(settings, "wallet")
    outbound = Outbound(settings.allowed_origins)
    feed = TrustFeed(settings, outbound, clock)
    provider = WalletProvider.over(
        ProviderStatusStore(database),
        SoftwareKeyStore(settings.keys_directory, master_key),
        wallet_url=settings.wallet_url,
        clock=clock,
    )
    node = WalletNode(
        settings=settings,
        clock=clock,
        database=database,
        lookup_key=master_key.lookup_key(),
        account_envelope=master_key.custody_envelope(ACCOUNT_PURPOSE),
        references=References.of_node(master_key),
        outbound=outbound,
        trust=lambda: trust_in_force(feed),
        trust_feed=feed,
        status_feed=StatusFeed(outbound, clock),
        types=TypeFeed(outbound, clock),
        accounts=AccountStore(),
        rights=RightStore(database),
        holdings=HoldingStore(),
        refreshes=RefreshStore(database),
        offers=OfferStore(database),
        requests=RequestStore(),
        use_log=UseLog(database),
        complaints=FiledComplaintStore(),
        issuer_client=IssuerClient(outbound, clock),
        authorization_client=AuthorizationClient(outbound, clock, provider),
        searches=SearchStore(database),
        foreign=ForeignAnchors.of_file(settings.foreign_anchors_file),
        compact_copies=CompactStore(database),
        delegations=DelegationStore(database),
        code_uses=CodeUseStore(database),
        sheets=SheetStore(database),
        passkeys=PasskeyStore(),
        provider=provider,
    )
    node.ensure_indexes()
    return node


def _somebody() -> bool:
    return current_person() is not None
