"""Identity codes (CWT Claim 169) of a made-up programme, and the operator's file that names it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ed25519

from standards.cwt.base45 import base45_encode
from standards.cwt.cose import signing_input
from standards.jose import b64url_encode

ISSUER = "https://id.example"


@dataclass
class IdentityProgramme:
    """Who issues identity codes."""

    at: datetime
    issuer: str = ISSUER
    key: ed25519.Ed25519PrivateKey = field(default_factory=ed25519.Ed25519PrivateKey.generate)

    def file(self, **changes: Any) -> bytes:
        """What the operator enters about it."""
        return json.dumps(
            {
                "issuer": self.issuer,
                "name": {"zh": "示例身份计划", "en": "Example identity programme"},
                "checked_until": (self.at + timedelta(days=90)).isoformat(),
                "keys": [self.entry()],
                **changes,
            }
        ).encode()

    def entry(self, **changes: Any) -> dict[str, Any]:
        """One key in it."""
        x = b64url_encode(self.key.public_key().public_bytes_raw())
        return {
            "jwk": {"kty": "OKP", "crv": "Ed25519", "x": x},
            "since": (self.at - timedelta(days=365)).isoformat(),
            **changes,
        }

    def code(
        self,
        person: Mapping[int, Any] | None = None,
        *,
        claims: Mapping[int, Any] | None = None,
        header: Mapping[int, Any] | None = None,
    ) -> str:
        """A code as the programme makes it."""
        body = {
            1: self.issuer,
            4: int((self.at + timedelta(days=30)).timestamp()),
            6: int((self.at - timedelta(days=1)).timestamp()),
            169: dict(person or {1: "ID-77", 4: "张小明", 8: "19900307", 9: 2}),
            **(claims or {}),
        }
        payload = cbor2.dumps({key: value for key, value in body.items() if value is not None})
        protected = cbor2.dumps({1: -8, **(header or {})})
        signature = self.key.sign(signing_input(protected, payload, b""))
        return base45_encode(zlib.compress(b"\xd2" + cbor2.dumps([protected, {}, payload, signature])))
