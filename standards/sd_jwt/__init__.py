"""Selective Disclosure for JWTs, RFC 9901: compact form, SHA-256, ES256."""

from standards.sd_jwt.building import Disclosable, build_sd_jwt, conceal, conceal_flat, join_sd_jwt
from standards.sd_jwt.disclosure import Disclosure, build_disclosure, parse_disclosure
from standards.sd_jwt.errors import (
    AudienceError,
    KeyBindingError,
    KeyBindingHashError,
    KeyBindingMissingError,
    KeyBindingTimeError,
    NonceError,
    SdJwtError,
    UnsignedDisclosureError,
)
from standards.sd_jwt.key_binding import VerifiedKeyBinding, build_key_binding, sd_hash, verify_key_binding
from standards.sd_jwt.parsing import UnverifiedSdJwt, parse_sd_jwt
from standards.sd_jwt.revealing import RevealedPath, reveal, reveal_with_paths
from standards.sd_jwt.verifying import VerifiedSdJwt, verify_sd_jwt

__all__ = [
    "AudienceError",
    "Disclosable",
    "Disclosure",
    "KeyBindingError",
    "KeyBindingHashError",
    "KeyBindingMissingError",
    "KeyBindingTimeError",
    "NonceError",
    "RevealedPath",
    "SdJwtError",
    "UnsignedDisclosureError",
    "UnverifiedSdJwt",
    "VerifiedKeyBinding",
    "VerifiedSdJwt",
    "build_disclosure",
    "build_key_binding",
    "build_sd_jwt",
    "conceal",
    "conceal_flat",
    "join_sd_jwt",
    "parse_disclosure",
    "parse_sd_jwt",
    "reveal",
    "reveal_with_paths",
    "sd_hash",
    "verify_key_binding",
    "verify_sd_jwt",
]
