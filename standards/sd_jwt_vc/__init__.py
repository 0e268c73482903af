"""SD-JWT verifiable credentials, draft-ietf-oauth-sd-jwt-vc-13 (the draft that HAIP 1.0 pins)."""

from standards.sd_jwt_vc.credential import (
    RegisteredClaims,
    UnverifiedCredential,
    VerifiedCredential,
    parse_credential,
    verify_credential,
)
from standards.sd_jwt_vc.errors import ClaimNotFoundError, CredentialError, TypeMetadataError
from standards.sd_jwt_vc.issuing import CredentialTemplate, build_credential
from standards.sd_jwt_vc.names import NEVER_DISCLOSABLE, TYPE
from standards.sd_jwt_vc.presenting import present_credential, select_disclosures
from standards.sd_jwt_vc.type_metadata import (
    ClaimMetadata,
    Display,
    TypeMetadata,
    encode_type_metadata,
    has_integrity,
    parse_type_metadata,
    vct_integrity,
)

__all__ = [
    "NEVER_DISCLOSABLE",
    "TYPE",
    "ClaimMetadata",
    "ClaimNotFoundError",
    "CredentialError",
    "CredentialTemplate",
    "Display",
    "RegisteredClaims",
    "TypeMetadata",
    "TypeMetadataError",
    "UnverifiedCredential",
    "VerifiedCredential",
    "build_credential",
    "encode_type_metadata",
    "has_integrity",
    "parse_credential",
    "parse_type_metadata",
    "present_credential",
    "select_disclosures",
    "vct_integrity",
    "verify_credential",
]
