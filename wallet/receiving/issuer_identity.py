"""Who offers, told before anything is accepted: the trust list's word where it has one."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from keys.trust_list import TrustStore
from standards.codes.division import division_name
from standards.openid4vci import CredentialIssuerMetadata
from standards.text import Text
from wallet.receiving.pending_offer import IssuerIdentity


def identify_issuer(metadata: CredentialIssuerMetadata, trust: TrustStore, at: datetime) -> IssuerIdentity:
    """Name and region of an issuer by its identifier.

    What an issuer calls itself proves nothing: it is shown only when the trust list does not know the issuer, and
    then with a warning. The proof itself is the signature on the licence, checked on receipt.
    """
    entry = trust.issuer_by_identifier(metadata.credential_issuer, at)
    if entry is not None:
        region = division_name(entry.division)
        return IssuerIdentity(metadata.credential_issuer, entry.name, Text(region, region), listed=True)
    host = urlsplit(metadata.credential_issuer).netloc
    return IssuerIdentity(metadata.credential_issuer, metadata.name or Text(host, host), None, listed=False)
