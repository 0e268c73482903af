"""Keys for the tests of the standards: real P-256 keys, made anew for each run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from standards.jose import PublicJwk, public_jwk_of


@dataclass(frozen=True)
class KeyPair:
    """A P-256 key pair whose ``sign`` has the shape of ``standards.jose.Sign``."""

    private_key: ec.EllipticCurvePrivateKey

    @classmethod
    def generate(cls) -> KeyPair:
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @property
    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self.private_key.public_key()

    @property
    def public_jwk(self) -> PublicJwk:
        return public_jwk_of(self.public_key)

    def sign(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(self.private_key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@pytest.fixture(scope="session")
def issuer() -> KeyPair:
    return KeyPair.generate()


@pytest.fixture(scope="session")
def holder() -> KeyPair:
    return KeyPair.generate()


@pytest.fixture(scope="session")
def stranger() -> KeyPair:
    return KeyPair.generate()


@pytest.fixture(scope="session")
def vectors() -> Path:
    """Folder of the published test vectors."""
    return Path(__file__).parents[2] / "vectors"
