"""Signed trust lists: which organisation may do what, since when (DESIGN section 4; model: ETSI TS 119 612).

The nation's list, signed by a certificate directly under the anchor, names the regions, their certificate authorities
and the certificates that sign their lists. A region's list names its organisations: their certificates, the licence
types that each may issue, the service items for which each may ask.
"""

from keys.trust_list.bundle import TrustBundle, build_trust_bundle, parse_trust_bundle
from keys.trust_list.decision import TrustDecision, TrustReason
from keys.trust_list.entry import Grant, Role, ServiceItem, TrustEntry
from keys.trust_list.issuer_certificates import issuer_chains
from keys.trust_list.parse import parse_trust_list
from keys.trust_list.store import TrustStore
from keys.trust_list.token import (
    TRUST_LIST_TYPE,
    VerifiedTrustList,
    build_trust_list,
    verify_nation_list,
    verify_region_list,
)
from keys.trust_list.value import NATION, RegionEntry, TrustList

__all__ = [
    "NATION",
    "TRUST_LIST_TYPE",
    "Grant",
    "RegionEntry",
    "Role",
    "ServiceItem",
    "TrustBundle",
    "TrustDecision",
    "TrustEntry",
    "TrustList",
    "TrustReason",
    "TrustStore",
    "VerifiedTrustList",
    "build_trust_bundle",
    "build_trust_list",
    "issuer_chains",
    "parse_trust_bundle",
    "parse_trust_list",
    "verify_nation_list",
    "verify_region_list",
]
