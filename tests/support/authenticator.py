"""An authenticator in software: makes and uses one passkey as a browser would send it (WebAuthn level 3)."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
import orjson
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from standards.jose import b64url_encode

ORIGIN = "http://localhost"
UP, UV, AT = 0x01, 0x04, 0x40
"""Flags of authenticator data: the person was there, was verified, a new credential follows (section 6.1)."""


@dataclass
class Authenticator:
    """One passkey in software."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    count: int = 0
    user: str = ""
    origin: str = ORIGIN
    rp_id: str = "localhost"
    flags: int = UP | UV

    def _client(self, kind: str, challenge: str) -> bytes:
        return orjson.dumps(
            {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        )

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        self.user = options["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        cose = cbor2.dumps(
            {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        )
        data = (
            hashlib.sha256(self.rp_id.encode()).digest()
            + bytes([self.flags | AT])
            + self.count.to_bytes(4, "big")
            + bytes(16)
            + len(self.credential_id).to_bytes(2, "big")
            + self.credential_id
            + cose
        )
        made = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._credential(
            {
                "clientDataJSON": b64url_encode(self._client("webauthn.create", options["challenge"])),
                "attestationObject": b64url_encode(made),
            }
        )

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        self.count += 1
        data = (
            hashlib.sha256(self.rp_id.encode()).digest() + bytes([self.flags]) + self.count.to_bytes(4, "big")
        )
        client = self._client("webauthn.get", options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._credential(
            {
                "clientDataJSON": b64url_encode(client),
                "authenticatorData": b64url_encode(data),
                "signature": b64url_encode(signature),
                "userHandle": self.user,
            }
        )

    def _credential(self, response: dict[str, str]) -> dict[str, Any]:
        name = b64url_encode(self.credential_id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
            "authenticatorAttachment": "platform",
        }
