"""One disclosure: a salted claim or array element, and its digest (RFC 9901 section 4.2)."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final, NamedTuple

import orjson

from standards.jose import JoseError
from standards.jose.base64url import b64url_encode_bytes, decode_ascii
from standards.sd_jwt.errors import SdJwtError

DIGEST_ALGORITHM: Final = "sha-256"
"""The one ``_sd_alg`` that is spoken; also the default of RFC 9901 section 4.1.1."""

SALT_BYTES: Final = 18
"""Random bytes of a salt: 144 bits, above the 128 of RFC 9901 section 9.3, and free of base64 padding."""

RESERVED_NAMES: Final = frozenset({"_sd", "..."})
"""Names that no disclosed claim may have (RFC 9901 section 4.2.1)."""

_OBJECT_MEMBER: Final = 3
_ARRAY_ELEMENT: Final = 2


class Disclosure(NamedTuple):
    """A disclosure as received or as built. A tuple, because a verifier makes ten of them for each licence.

    Attributes:
        encoded: the base64url text, exactly as received: the digest is over these characters.
        digest: base64url SHA-256 of ``encoded``.
        name: the claim's name, or ``None`` for an array element.
        value: the claim's value; may itself hold digests of further disclosures.
    """

    encoded: str
    digest: str
    name: str | None
    value: Any


def digest_of(encoded: bytes) -> bytes:
    """Digest of an encoded disclosure, as base64url text (RFC 9901 section 4.2.3)."""
    return b64url_encode_bytes(sha256(encoded).digest())


def build_disclosure(salt: str, value: Any, *, name: str | None = None) -> Disclosure:
    """The disclosure of a claim, or of an array element when ``name`` is ``None``."""
    encoded = b64url_encode_bytes(orjson.dumps([salt, value] if name is None else [salt, name, value]))
    return Disclosure(encoded.decode("ascii"), digest_of(encoded).decode("ascii"), name, value)


def parse_disclosure(text: str) -> Disclosure:
    """A disclosure from untrusted text; raises ``SdJwtError`` unless it is one of the two forms of RFC 9901."""
    try:
        encoded = text.encode("ascii")
        parts = orjson.loads(decode_ascii(encoded))
    except (UnicodeEncodeError, JoseError, orjson.JSONDecodeError) as cause:
        raise _malformed() from cause
    if isinstance(parts, list):
        digest = b64url_encode_bytes(sha256(encoded).digest()).decode("ascii")
        if len(parts) == _OBJECT_MEMBER:
            salt, name, value = parts
            if isinstance(salt, str) and isinstance(name, str) and name not in RESERVED_NAMES:
                return Disclosure(text, digest, name, value)
        elif len(parts) == _ARRAY_ELEMENT and isinstance(parts[0], str):
            return Disclosure(text, digest, None, parts[1])
    raise _malformed()


def _malformed() -> SdJwtError:
    return SdJwtError("披露项格式不正确。", "A disclosure is malformed.")
