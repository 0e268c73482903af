"""The trust bundle of this node: anchor, lists, revocations, issuers' certificates and its own
status lists, for use without a network.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from issuer.registrar.issuer_certificates import issuer_certificates
from issuer.registrar.publish import published
from issuer.registrar.registrar import Registrar, no_such_region
from keys.trust_list import NATION, TrustBundle, build_trust_bundle


def trust_bundle(registrar: Registrar, status_lists: Mapping[str, str], *, at: datetime) -> dict[str, Any]:
    """The bundle in JSON form. ``status_lists``: tokens by address. Raises ``RegionNotFoundError`` before founding."""
    divisions = [publisher.division for publisher in registrar.store.publishers()]
    texts, revocations = {}, []
    for division in divisions:
        publisher = published(registrar, division, at=at)
        if publisher.trust_list is None or publisher.revocation_list is None:
            raise no_such_region(division)
        texts[division] = publisher.trust_list.content.decode("ascii")
        revocations.append(publisher.revocation_list.content)
    if NATION not in texts:
        raise no_such_region(NATION)
    nation = texts.pop(NATION)
    certificates = tuple(der for division in texts for der in issuer_certificates(registrar, division))
    return build_trust_bundle(
        TrustBundle(registrar.root, nation, texts, tuple(revocations), dict(status_lists), certificates)
    )
