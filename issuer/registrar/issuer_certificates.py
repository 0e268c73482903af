"""Use case: the certificates of a region's issuers, for windows that read compact licences."""

from __future__ import annotations

from issuer.registrar.authority import authority_key_id
from issuer.registrar.registrar import Registrar, no_such_region
from keys.certificates import certificate_thumbprint
from keys.trust_list import Role


def issuer_certificates(registrar: Registrar, division: str) -> tuple[bytes, ...]:
    """DER of every certificate that the region's list names for an issuer, as far as it is at this node: those of its
    own authorities, the withdrawn ones included, so that what they signed is named as theirs.

    Raises ``RegionNotFoundError``.
    """
    if registrar.store.publisher(division) is None:
        raise no_such_region(division)
    registrations = registrar.store.registrations(region=division, role=Role.ISSUER)
    wanted = {thumbprint for one in registrations for thumbprint in one.entry.certificates}
    serials = [serial for one in registrations for serial in one.serials]
    kept = [row.certificate for row in registrar.store.certificates(division, serials)]
    keys = [authority_key_id(one.entry.uscc) for one in registrations]
    # Authorities that were enrolled before certificates were kept have theirs beside the key.
    newest = [
        chain[0]
        for key in keys
        if key in registrar.keys and (chain := registrar.keys.signer(key).certificate_chain)
    ]
    found = dict.fromkeys((*kept, *newest))
    return tuple(sorted(der for der in found if certificate_thumbprint(der) in wanted))
