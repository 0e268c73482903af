"""The root key of a node in a hardware security module, reached by PKCS#11 (OASIS, version 2.40).

Two keys that no interface gives out: an AES-256 key that wraps (``CKM_AES_GCM``), and a secret that the keys of all
purposes are derived from (``CKM_SHA256_HMAC``). The file of the master key holds their address (RFC 7512) and no secret.
"""

from keys.pkcs11.address import MAX_ADDRESS_CHARS, TokenAddress, is_token_address, parse_token_address
from keys.pkcs11.token_root import TokenRoot, create_token_keys

__all__ = [
    "MAX_ADDRESS_CHARS",
    "TokenAddress",
    "TokenRoot",
    "create_token_keys",
    "is_token_address",
    "parse_token_address",
]
