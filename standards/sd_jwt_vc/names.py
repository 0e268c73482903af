"""Wire names of SD-JWT VC (draft-ietf-oauth-sd-jwt-vc-13, the draft that HAIP 1.0 pins)."""

from __future__ import annotations

from typing import Final

TYPE: Final = "dc+sd-jwt"
"""Media type in the header (section 2.2.1); also the format identifier of OpenID4VCI and OpenID4VP."""

NEVER_DISCLOSABLE: Final = frozenset({"iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status"})
"""Claims that must stand in the signed payload in the clear (section 2.2.2.2)."""
