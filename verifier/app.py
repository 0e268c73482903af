"""The verifier service as a Flask application."""

from __future__ import annotations

import os

from flask import Flask

from keys.master_key import MasterKey
from keys.software_store import SoftwareKeyStore
from service.api_tokens import ApiTokenVerifier
from service.clock import Clock, SystemClock
from service.complaints import ComplaintDesk
from service.complaints.store import PURPOSE as COMPLAINTS_PURPOSE
from service.outbound import Outbound
from service.settings import Settings
from service.status_feed import StatusFeed
from service.store import connect
from service.trust_feed import TrustFeed
from service.type_feed import TypeFeed
from service.web.application import create_web_app
from service.web.kit import NavigationItem
from service.web.sign_in import install_sign_in
from standards.text import Text
from verifier.acceptance import api_views as acceptance_api
from verifier.acceptance import page_views as acceptance_pages
from verifier.acceptance.kept_evidence import EvidenceStore
from verifier.acceptance.seal_store import SealStore
from verifier.acceptance.store import RecordStore
from verifier.cases import api_views as cases_api
from verifier.cases import page_views as case_pages
from verifier.cases.store import CaseStore
from verifier.checking import views as checking_api
from verifier.complaints import desk_views as complaint_pages
from verifier.departments import page_views as department_pages
from verifier.departments.department import Permission
from verifier.departments.guard import find_desk
from verifier.departments.store import DepartmentStore, StaffStore
from verifier.documents import page_views as document_pages
from verifier.errors import ERRORS
from verifier.forms import api_views as form_api
from verifier.forms import page_views as form_pages
from verifier.hall import views as hall_pages
from verifier.identity_codes.register import DIRECTORY, IdentityIssuers
from verifier.items import ITEMS_DIRECTORY, load_items_with
from verifier.items import views as items_api
from verifier.kiosk import views as kiosk_pages
from verifier.node import VerifierNode, attach_node
from verifier.offline import api_views as offline_api
from verifier.offline.corner import install_corner
from verifier.offline.kept_tokens import KeptTokens
from verifier.offline.store import OfflineStore
from verifier.offline.window_records import WindowRecordStore
from verifier.openapi import FRAGMENTS
from verifier.reports import views as report_pages
from verifier.reports.store import ReportStore
from verifier.scanning.store import ScannedCodeStore
from verifier.terminals import device_views as terminal_device
from verifier.terminals import page_views as terminal_pages
from verifier.terminals.gate import install_terminal_gate
from verifier.terminals.store import TerminalStore
from verifier.webhooks import api_views as webhooks_api
from verifier.webhooks import page_views as webhook_pages
from verifier.webhooks.store import WebhookStore
from verifier.window import api_views as window_api
from verifier.window import page_views as window_pages
from verifier.window import scan_views as scan_pages
from verifier.window import wallet_views
from verifier.window.store import PresentationStore

EVIDENCE_PURPOSE = "verifier evidence"
"""Envelope purpose under which presentations and acceptance records are sealed."""

STAFF_PURPOSE = "verifier staff"
"""Envelope purpose under which identities of staff are sealed."""

MAX_BODY_BYTES = 2 * 1024 * 1024
"""Largest request body: a presentation of several licences with portraits."""


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> Flask:
    """The application of one verifier process.

    Args:
        settings: from the environment unless given.
        clock: the machine's unless given.

    Raises:
        SettingsError, StoreUnavailableError, StoreUnsuitableError, MasterKeyError: it cannot start.
    """
    settings = settings or Settings.from_environment(os.environ)
    return build_app(open_node(settings, clock or SystemClock()))


def build_app(node: VerifierNode) -> Flask:
    """The application over a node that is open already."""
    app = create_web_app(
        __name__,
        node.settings,
        service="verifier",
        errors=ERRORS,
        ready=node.check_ready,
        navigation=(
            NavigationItem(Text("窗口", "Window"), "window.home", shown=lambda: _may(Permission.ASK)),
            NavigationItem(Text("办件", "Cases"), "cases.queue", shown=lambda: _may(Permission.ASK)),
            NavigationItem(
                Text("受理记录", "Records"), "records.newest", shown=lambda: _may(Permission.READ_RECORDS)
            ),
            NavigationItem(
                Text("统计", "Reports"), "reports.overview", shown=lambda: _may(Permission.READ_RECORDS)
            ),
            NavigationItem(
                Text("投诉", "Complaints"),
                "complaints.newest",
                shown=lambda: _may(Permission.ANSWER_COMPLAINTS),
            ),
            NavigationItem(
                Text("消息推送", "Webhooks"),
                "webhooks.overview",
                shown=lambda: _may(Permission.MANAGE_WEBHOOKS),
            ),
            NavigationItem(
                Text("终端", "Terminals"),
                "terminals.overview",
                shown=lambda: _may(Permission.MANAGE_TERMINALS),
            ),
        ),
        openapi=FRAGMENTS,
        max_body_bytes=MAX_BODY_BYTES,
    )
    attach_node(app, node)
    install_sign_in(
        app,
        node.settings,
        service="verifier",
        database=node.database,
        master_key=node.master_key,
        clock=node.clock,
    )
    for module in (
        items_api,
        window_api,
        wallet_views,
        window_pages,
        scan_pages,
        checking_api,
        acceptance_api,
        acceptance_pages,
        department_pages,
        case_pages,
        form_api,
        form_pages,
        terminal_pages,
        terminal_device,
        kiosk_pages,
        complaint_pages,
        hall_pages,
        document_pages,
        webhooks_api,
        cases_api,
        webhook_pages,
        report_pages,
    ):
        app.register_blueprint(module.blueprint)
    app.register_blueprint(report_pages.api)
    app.register_blueprint(complaint_pages.desk)
    app.register_blueprint(offline_api.blueprint)
    install_terminal_gate(app)
    install_corner(app)
    return app


def open_node(settings: Settings, clock: Clock) -> VerifierNode:
    """Everything that the use cases stand on, with the indexes of the store in place; for commands too."""
    database = connect(settings, "verifier")
    master_key = MasterKey.load(settings.master_key_file)
    outbound = Outbound(settings.allowed_origins)
    evidence = master_key.envelope(EVIDENCE_PURPOSE)
    offline = OfflineStore(database)
    kept_tokens = KeptTokens(offline, clock, is_window=bool(settings.upstream))
    node = VerifierNode(
        settings=settings,
        clock=clock,
        database=database,
        master_key=master_key,
        keys=SoftwareKeyStore(settings.keys_directory, master_key),
        outbound=outbound,
        trust=TrustFeed(settings, outbound, clock),
        status=StatusFeed(outbound, clock, kept=kept_tokens),
        api_tokens=ApiTokenVerifier(master_key, "verifier", clock),
        types=TypeFeed(outbound, clock, kept=kept_tokens),
        items=load_items_with(settings.data / ITEMS_DIRECTORY).on_clock(clock),
        departments=DepartmentStore(),
        staff=StaffStore(master_key.lookup_key(), master_key.envelope(STAFF_PURPOSE)),
        presentations=PresentationStore(database, evidence),
        cases=CaseStore(database, evidence),
        records=RecordStore(database, evidence),
        evidence=EvidenceStore(database),
        seals=SealStore(database),
        complaints=ComplaintDesk(database, master_key.envelope(COMPLAINTS_PURPOSE)),
        scanned_codes=ScannedCodeStore(database, master_key.derive("scanned codes")),
        identity_issuers=IdentityIssuers(settings.data / DIRECTORY),
        offline=offline,
        kept_tokens=kept_tokens,
        window_records=WindowRecordStore(database, evidence),
        terminals=TerminalStore(database),
        reports=ReportStore(database),
        webhooks=WebhookStore(database),
    )
    for store in (
        node.departments,
        node.staff,
        node.presentations,
        node.cases,
        node.records,
        node.evidence,
        node.seals,
        node.complaints,
        node.scanned_codes,
        node.offline,
        node.window_records,
        node.terminals,
        node.reports,
        node.webhooks,
    ):
        store.ensure_indexes()
    return node


def _may(permission: Permission) -> bool:
    desk = find_desk()
    return desk is not None and desk.member.may(permission)
