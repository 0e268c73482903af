"""Who offers, told before anything is accepted: the trust list's word, never the issuer's own."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from keys.trust_list import TrustStore
from standards.text import Text
from wallet.foreign.anchors import ForeignAnchors, ForeignRole
from wallet.receiving.errors import UnknownIssuerError
from wallet.receiving.pending_offer import IssuerIdentity
from wallet.trust import TrustUnavailableError, region_name

_ABROAD = Text("不在国家信任列表中", "Not on the nation's trust lists")


def identify_issuer(
    credential_issuer: str, trust: TrustStore, at: datetime, foreign: ForeignAnchors
) -> IssuerIdentity:
    """Name and region of the issuer with this identifier. The proof is the signature on the licence, checked on receipt.

    Where the operator lets foreign issuers in, one that no list knows is called by its host.

    Raises:
        UnknownIssuerError: no list knows an issuer with this identifier.
        TrustUnavailableError: the list that could know it is missing or overdue.
    """
    entry = trust.issuer_by_identifier(credential_issuer, at)
    if entry is None:
        if trust.stale_divisions(at) or trust.missing_divisions():
            raise TrustUnavailableError
        host = urlsplit(credential_issuer).netloc
        if foreign.accepts(ForeignRole.ISSUER):
            return IssuerIdentity(credential_issuer, Text(host, host), _ABROAD, foreign=True)
        raise UnknownIssuerError(host)
    return IssuerIdentity(credential_issuer, entry.name, region_name(entry.division))
