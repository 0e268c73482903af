"""What the window's use cases stand on, built once when the application starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, current_app
from pymongo.database import Database

from keys.master_key import MasterKey
from keys.software_store import SoftwareKeyStore
from service.api_tokens import ApiTokenVerifier
from service.clock import Clock
from service.complaints import ComplaintDesk
from service.outbound import Outbound
from service.settings import Settings
from service.status_feed import StatusFeed
from service.store import check_health
from service.trust_feed import TrustFeed, check_trust_lists
from service.type_feed import TypeFeed
from verifier.acceptance.kept_evidence import EvidenceStore
from verifier.acceptance.seal_store import SealStore
from verifier.acceptance.store import RecordStore
from verifier.cases.store import CaseStore
from verifier.departments.store import DepartmentStore, StaffStore
from verifier.identity_codes.register import IdentityIssuers
from verifier.items import ItemRegister
from verifier.offline.kept_tokens import KeptTokens
from verifier.offline.store import OfflineStore
from verifier.offline.window_records import WindowRecordStore
from verifier.reports.store import ReportStore
from verifier.scanning.store import ScannedCodeStore
from verifier.terminals.store import TerminalStore
from verifier.webhooks.store import WebhookStore
from verifier.window.store import PresentationStore

_EXTENSION = "elicence.verifier"


@dataclass(frozen=True, kw_only=True)
class VerifierNode:
    """The parts of one verifier process. Safe for threads."""

    settings: Settings
    clock: Clock
    database: Database[dict[str, Any]]
    master_key: MasterKey
    keys: SoftwareKeyStore
    """Relying-party keys of the departments."""
    outbound: Outbound
    trust: TrustFeed
    status: StatusFeed
    api_tokens: ApiTokenVerifier
    types: TypeFeed
    """What licence types are called, those made elsewhere included."""
    items: ItemRegister
    departments: DepartmentStore
    staff: StaffStore
    presentations: PresentationStore
    cases: CaseStore
    records: RecordStore
    evidence: EvidenceStore
    seals: SealStore
    complaints: ComplaintDesk
    scanned_codes: ScannedCodeStore
    """Show-licence codes that this window has seen."""
    identity_issuers: IdentityIssuers
    """Whose identity codes (Claim 169) are believed here."""
    offline: OfflineStore
    """Bundles: those made here, or the one that this window works with."""
    kept_tokens: KeptTokens
    """Status lists of that bundle, and whether this window is cut off."""
    window_records: WindowRecordStore
    """Chains of the window nodes of which this is the centre."""
    terminals: TerminalStore
    """Desks and kiosks with a key of their own."""
    reports: ReportStore
    """What the records add up to."""
    webhooks: WebhookStore
    """Where departments' systems want to be told, and the messages on their way."""

    def check_ready(self) -> None:
        """See that the store keeps what it is given and that we know whom to trust; raises when not."""
        check_health(self.database)
        check_trust_lists(self.trust)

    @property
    def public_url(self) -> str:
        """Public origin of this window, without a trailing slash."""
        return self.settings.verifier_url.rstrip("/")


def attach_node(app: Flask, node: VerifierNode) -> None:
    """Make the node findable by :func:`current_node`."""
    app.extensions[_EXTENSION] = node


def current_node() -> VerifierNode:
    """The node of the application that answers the current request."""
    return cast("VerifierNode", current_app.extensions[_EXTENSION])
