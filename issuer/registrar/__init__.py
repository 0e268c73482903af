"""The trust registrar: founds the nation and its regions, certifies organisations, publishes the signed lists.

Every use case is idempotent, so that a seed or an operator may repeat it after a crash.
"""

from __future__ import annotations

from issuer.registrar.authority import Authority, authority_key_id
from issuer.registrar.certify_relying_party import certify_relying_party
from issuer.registrar.ensure_authority import ensure_authority
from issuer.registrar.ensure_publishers import ensure_nation, ensure_region
from issuer.registrar.publish import publish, publish_all
from issuer.registrar.registrar import Registrar, open_registrar
from issuer.registrar.withdraw import withdraw

__all__ = [
    "Authority",
    "Registrar",
    "authority_key_id",
    "certify_relying_party",
    "ensure_authority",
    "ensure_nation",
    "ensure_region",
    "open_registrar",
    "publish",
    "publish_all",
    "withdraw",
]
