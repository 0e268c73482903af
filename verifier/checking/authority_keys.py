"""Key identifiers of a chain's authorities, for DCQL ``trusted_authorities`` of type ``aki`` (OpenID4VP 1.0 section 6.1.1)."""

from __future__ import annotations

from functools import lru_cache

from cryptography import x509

from keys.certificates import load_certificate
from standards.jose import b64url_encode

_CACHED_CHAINS = 1024


@lru_cache(maxsize=_CACHED_CHAINS)
def authority_key_ids(chain_der: tuple[bytes, ...]) -> frozenset[str]:
    """Base64url authority key identifiers (RFC 5280 section 4.2.1.1) of a validated chain."""
    found = set()
    for der in chain_der:
        try:
            extension = load_certificate(der).extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
        except x509.ExtensionNotFound:
            continue
        if extension.value.key_identifier is not None:
            found.add(b64url_encode(extension.value.key_identifier))
    return frozenset(found)
