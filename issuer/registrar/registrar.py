"""What the registrar's use cases stand on: the node's key store, its rows, and its addresses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from pymongo.database import Database

from issuer.registrar.errors import RegionNotFoundError
from issuer.registrar.store import RegistrarStore
from keys.certificates import CertificateAuthority, load_certificate
from keys.software_store import SoftwareKeyStore
from keys.trust_list import NATION
from service.settings import Settings
from standards.text import Text


@dataclass(frozen=True, slots=True)
class Registrar:
    """The trust registrar of this node: the nation's level, regions' levels, or both.

    Attributes:
        store: publishers, registrations, revoked certificates.
        keys: holds the authorities' and the list signers' keys.
        public_url: origin under which the lists are published, without a trailing slash.
        anchor_file: where this node's own anchor is kept for its verifiers.
    """

    store: RegistrarStore
    keys: SoftwareKeyStore
    public_url: str
    anchor_file: Path

    def list_uri(self, division: str) -> str:
        """Address of a trust list."""
        return f"{self.public_url}/trust/list" + ("s/" + division if division != NATION else "")

    def crl_uri(self, division: str) -> str:
        """Address of the revocation list of a division's authority."""
        return f"{self.public_url}/crl/{division}.crl"

    def certificates_uri(self, division: str) -> str:
        """Address of the certificates of a region's issuers."""
        return f"{self.public_url}/trust/certificates/{division}"

    def certificate_authority(self, division: str) -> CertificateAuthority:
        """The nation's root or a region's authority; raises ``RegionNotFoundError`` when it is not at this node."""
        key_id = authority_key(division)
        chain = self.keys.signer(key_id).certificate_chain if key_id in self.keys else ()
        if not chain:
            raise no_such_region(division)
        return CertificateAuthority(load_certificate(chain[0]), self.keys.signer(key_id))

    @property
    def root(self) -> x509.Certificate:
        """The nation's root certificate; raises ``RegionNotFoundError`` when this node has none."""
        return self.certificate_authority(NATION).certificate

    def region_of(self, division: str) -> str:
        """The smallest region of this node in whose area ``division`` lies; raises ``RegionNotFoundError``."""
        held = {publisher.division for publisher in self.store.publishers()}
        # GB/T 2260: county, city, province.
        for region in (division, f"{division[:4]}00", f"{division[:2]}0000"):
            if region in held and region != NATION:
                return region
        raise no_such_region(division)


def open_registrar(
    settings: Settings, database: Database[dict[str, Any]], keys: SoftwareKeyStore
) -> Registrar:
    """The registrar of the node that ``settings`` describe."""
    return Registrar(RegistrarStore(database), keys, settings.issuer_url, settings.trust_anchor_file)


def authority_key(division: str) -> str:
    """Name of a certificate authority's key in the key store."""
    return f"ca-{division}"


def list_key(division: str) -> str:
    """Name of a list signer's key in the key store."""
    return f"list-{division}"


def no_such_region(division: str) -> RegionNotFoundError:
    return RegionNotFoundError(
        f"本节点没有管辖 {division} 的信任机构。",
        f"This node runs no certificate authority for {division}.",
        where=division,
        next_step=Text(
            "先执行 elicence issuer trust nation，再执行 elicence issuer trust region。",
            "Run elicence issuer trust nation first, then elicence issuer trust region.",
        ),
    )
