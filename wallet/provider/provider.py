"""The wallet service as an organisation: a listed wallet provider with a key and a certificate of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from cryptography import x509

from keys.certificates import CertificateSubject, certificate_subject
from keys.signer import Signer
from keys.software_store import SoftwareKeyStore
from service.clock import Clock
from standards.jose import PublicJwk
from standards.oauth.client_attestation import build_client_attestation
from wallet.provider.enrol_provider import provider_signer
from wallet.provider.statuses import ProviderStatuses
from wallet.provider.store import ProviderStatusStore

ATTESTATION_LIFETIME: Final = timedelta(hours=1)


@dataclass(frozen=True)
class WalletProvider:
    """What the use cases of this wallet sign with, and publish about.

    Attributes:
        keys: where the provider's key is.
        wallet_url: public origin of this wallet; also its client id at issuers.
        statuses: entries that grants and printed sheets refer to.
    """

    keys: SoftwareKeyStore = field(repr=False)
    wallet_url: str
    clock: Clock
    statuses: ProviderStatuses
    store: ProviderStatusStore

    @classmethod
    def over(
        cls, store: ProviderStatusStore, keys: SoftwareKeyStore, *, wallet_url: str, clock: Clock
    ) -> WalletProvider:
        """The provider over its store and its keys; it may not be certified yet."""
        statuses = ProviderStatuses(
            store, wallet_url=wallet_url, signer=lambda: provider_signer(keys), clock=clock
        )
        return cls(keys, wallet_url, clock, statuses, store)

    @property
    def signer(self) -> Signer:
        """Signs as the provider, chain attached; raises ``ProviderNotCertifiedError`` before it is certified."""
        return provider_signer(self.keys)

    @property
    def organisation(self) -> CertificateSubject:
        """Who the provider is; raises ``ProviderNotCertifiedError``."""
        return certificate_subject(x509.load_der_x509_certificate(self.signer.certificate_chain[0]))

    @property
    def client_id(self) -> str:
        """Client id of all wallets of this provider at issuers."""
        return self.wallet_url

    def attest(self, jwk: PublicJwk) -> str:
        """A client attestation for a key of a wallet (``standards.oauth.client_attestation``), good for an hour.

        Use a fresh key for each issuer and each flow; raises ``ProviderNotCertifiedError``.
        """
        signer, at = self.signer, self.clock.now()
        return build_client_attestation(
            client_id=self.client_id,
            jwk=jwk,
            issuer=self.wallet_url,
            certificate_chain=signer.certificate_chain,
            issued_at=at,
            expires_at=at + ATTESTATION_LIFETIME,
            sign=signer.sign,
        )
