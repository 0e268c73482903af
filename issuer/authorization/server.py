"""The authorisation server of a node: its identifier, its endpoints, and what its use cases stand on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from issuer.authorization.bundle_tokens import BundleTokens
from issuer.authorization.find_licences import FindingDesk
from issuer.authorization.provider_trust import ProviderTrust
from issuer.authorization.store import AuthorizationStore
from issuer.issuance.desk import IssuanceDesk
from issuer.registrar.authority import Authority
from issuer.registrar.store import AuthorityStore


@dataclass(frozen=True)
class AuthorizationServer:
    """Everything that authorising needs.

    Attributes:
        identifier: of the server (RFC 8414); the node's own address.
        store: authorisations.
        tokens: access tokens that reach several licences.
        trust: who is a wallet provider.
        issuance: offers, grants, types.
        finding: the library, by person.
        registered: the node's authorities.
    """

    identifier: str
    store: AuthorizationStore
    tokens: BundleTokens
    trust: ProviderTrust
    issuance: IssuanceDesk
    finding: FindingDesk
    registered: AuthorityStore

    @property
    def authorization_endpoint(self) -> str:
        return f"{self.identifier}/authorize"

    @property
    def push_endpoint(self) -> str:
        return f"{self.identifier}/openid4vci/par"

    @property
    def token_endpoint(self) -> str:
        return f"{self.identifier}/openid4vci/token"

    @property
    def uses_endpoint(self) -> str:
        return f"{self.identifier}/my/uses"

    def authorities(self, at: datetime) -> tuple[Authority, ...]:
        """Those whose licences can be claimed here."""
        return self.registered.all(at)
