"""The compact form of a licence, as a credential configuration of ours beside each one of SD-JWT VC.

It is a CWT (RFC 8392, ``standards.cwt``) for show-licence codes. Offers and scopes never name it: whoever may have a licence
may have its compact form, with the same access token, under the same name with :data:`SUFFIX`. The credential in the
response is the COSE_Sign1 in base64url without padding. Wallets that do not know the format leave it aside.
"""

from __future__ import annotations

from typing import Any, Final

from standards.openid4vci.key_proof import ALGORITHMS, PROOF_TYPE

COMPACT_FORMAT: Final = "cwt"
"""Credential format identifier, ours."""

SUFFIX: Final = ".compact"
"""Behind a configuration id or a credential identifier."""


def compact_name(name: str) -> str:
    """The compact form of what ``name`` (a configuration id or a credential identifier) stands for."""
    return name + SUFFIX


def plain_name(name: str) -> tuple[str, bool]:
    """The name without the suffix, and whether it had one."""
    plain = name.removesuffix(SUFFIX)
    return plain, plain != name


def compact_configuration_json() -> dict[str, Any]:
    """The configuration object of the compact form of a type: what the type is, the configuration beside it says."""
    return {
        "format": COMPACT_FORMAT,
        "cryptographic_binding_methods_supported": ["jwk"],
        "proof_types_supported": {PROOF_TYPE: {"proof_signing_alg_values_supported": list(ALGORITHMS)}},
    }
