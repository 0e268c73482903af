"""An issuer of identity codes, as the operator's file names it: who it is, which keys, since when, looked after until when.

These issuers (identity programmes of other places, often with Claim 169 codes) stand on no trust list of ours, and their keys
in no certificate. Whoever may write into the node's data directory says whom to believe, as with the trust anchor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from standards.claim169 import IdentityKey
from standards.errors import InvalidInputError
from standards.jose import b64url_decode, parse_public_jwk
from standards.json_reader import Reader, parse_json
from standards.text import Text
from verifier.identity_codes.errors import InvalidIdentityIssuerError

MAX_KEYS: Final = 20
MAX_FILE_BYTES: Final = 64 * 1024
_MAX_ISSUER_CHARS: Final = 300
_MAX_NAME_CHARS: Final = 100
_MEMBERS: Final = frozenset({"issuer", "name", "checked_until", "keys"})
_KEY_MEMBERS: Final = frozenset({"kid", "jwk", "pem", "since", "until"})
_ED25519_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """One key of an issuer.

    Attributes:
        key: ES256 or EdDSA.
        key_id: ``kid`` of the codes that it signs, or ``None`` when they carry none.
        since, until: codes are accepted with it from ``since`` on and before ``until``. A key that was lost ends at once for
            all its codes: when one was really made, its own date does not prove.
    """

    key: IdentityKey
    key_id: bytes | None
    since: datetime
    until: datetime | None

    def serves(self, at: datetime) -> bool:
        """Whether codes are accepted with it at ``at``."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class TrustedIssuer:
    """One issuer.

    Attributes:
        issuer: the ``iss`` of its codes, as they write it.
        name: what a clerk reads.
        checked_until: until when the operator answers for the file; then the keys have to be looked up anew.
        keys: at least one.
    """

    issuer: str
    name: Text
    checked_until: datetime
    keys: tuple[TrustedKey, ...]

    def keys_for(self, key_id: bytes | None, at: datetime) -> tuple[TrustedKey, ...]:
        """The keys that a code with this ``kid`` may be signed with: those of that id, else those without one."""
        named = tuple(key for key in self.keys if key_id is not None and key.key_id == key_id)
        fitting = named or tuple(key for key in self.keys if key_id is None or key.key_id is None)
        return tuple(key for key in fitting if key.serves(at))


def parse_trusted_issuer(content: bytes) -> TrustedIssuer:
    """The issuer in a file; raises ``InvalidIdentityIssuerError``, which says where."""
    if len(content) > MAX_FILE_BYTES:
        raise InvalidIdentityIssuerError("文件过大。", "The file is too large.")
    reader = Reader(parse_json(content, error=InvalidIdentityIssuerError), error=InvalidIdentityIssuerError)
    reader.refuse_unknown(_MEMBERS)
    name = reader.object("name")
    return TrustedIssuer(
        reader.text("issuer", max_chars=_MAX_ISSUER_CHARS),
        Text(name.text("zh", max_chars=_MAX_NAME_CHARS), name.text("en", max_chars=_MAX_NAME_CHARS)),
        reader.iso_instant("checked_until"),
        tuple(_key(one) for one in reader.objects("keys", min_items=1, max_items=MAX_KEYS)),
    )


def _key(reader: Reader) -> TrustedKey:
    reader.refuse_unknown(_KEY_MEMBERS)
    kid = reader.optional_text("kid", max_chars=200)
    since, until = reader.iso_instant("since"), reader.optional_iso_instant("until")
    if until is not None and until <= since:
        raise reader.fail("until", "止期应晚于起期。", "The end must be later than the beginning.")
    if ("jwk" in reader) == ("pem" in reader):
        raise reader.fail("jwk", "应有 jwk 或 pem 之一。", "Either jwk or pem is expected.")
    try:
        key = (
            _of_jwk(reader.mapping("jwk"))
            if "jwk" in reader
            else _of_pem(reader.text("pem", max_chars=4_000))
        )
        key_id = None if kid is None else _key_id(kid)
    except InvalidIdentityIssuerError:
        raise
    except (InvalidInputError, ValueError, UnsupportedAlgorithm) as cause:
        raise reader.fail(
            "jwk" if "jwk" in reader else "pem",
            "不是 P-256 或 Ed25519 公钥。",
            "This is no public key on P-256 or Ed25519.",
        ) from cause
    return TrustedKey(key, key_id, since, until)


def _key_id(text: str) -> bytes:
    """A text, or bytes as ``hex:…`` or ``base64url:…``."""
    if text.startswith("hex:"):
        return bytes.fromhex(text.removeprefix("hex:"))
    if text.startswith("base64url:"):
        return b64url_decode(text.removeprefix("base64url:"))
    return text.encode()


def _of_jwk(jwk: Mapping[str, Any]) -> IdentityKey:
    if jwk.get("kty") == "OKP" and jwk.get("crv") == "Ed25519" and "d" not in jwk:
        x = jwk.get("x")
        data = b64url_decode(x) if isinstance(x, str) else b""
        if len(data) != _ED25519_BYTES:
            raise ValueError("an Ed25519 key has 32 bytes")
        return ed25519.Ed25519PublicKey.from_public_bytes(data)
    return parse_public_jwk(dict(jwk)).public_key()


def _of_pem(pem: str) -> IdentityKey:
    key = load_pem_public_key(pem.encode("ascii"))
    if isinstance(key, ed25519.Ed25519PublicKey):
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise ValueError("another kind of key")
