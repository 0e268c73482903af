"""Who signs: the port behind which every private key stays.

The software store implements it today; a PKCS#11 token or a remote signing service implements the same five members.
"""

from __future__ import annotations

from typing import Protocol

from cryptography.hazmat.primitives.asymmetric import ec

from standards.jose import PublicJwk


class Signer(Protocol):
    """A P-256 signing key that can be used but not read."""

    @property
    def key_id(self) -> str:
        """Name of the key in its store."""
        ...

    @property
    def public_key(self) -> ec.EllipticCurvePublicKey:
        """The public half, loaded."""
        ...

    @property
    def public_jwk(self) -> PublicJwk:
        """The public half as JWK."""
        ...

    @property
    def certificate_chain(self) -> tuple[bytes, ...]:
        """DER certificates, leaf first, the anchor left out (HAIP 1.0); empty when none is attached."""
        ...

    def sign(self, message: bytes) -> bytes:
        """ES256 over ``message``: the raw signature r‖s of 64 bytes (RFC 7518 section 3.4)."""
        ...
