"""Who a row is: the same row of the same source system always meets the same licence, after a crash and after years.

Licences that a source system knows by a key of its own get a serial that is made from it under a secret of the
authority. So whoever repeats a row meets its own identifier, and nobody can tell a key, which may be an
identity number, from the identifier.
"""

from __future__ import annotations

import hmac
from base64 import b32encode
from collections.abc import Mapping
from typing import Any, Final

import orjson

_SERIAL_BYTES: Final = 15
"""120 bits, 24 characters: no two keys of an authority meet."""

_DIGEST_BYTES: Final = 16


class RowIdentity:
    """Serials and digests for the rows of one source system of one authority."""

    __slots__ = ("_digest", "_serial")

    def __init__(self, secret: bytes, source: str) -> None:
        """Args:
        secret: 32 bytes of the authority, kept for good: another secret would make other serials.
        source: code of the source system.
        """
        self._serial = hmac.new(secret, b"serial\x00" + source.encode() + b"\x00", "sha256")
        self._digest = hmac.new(secret, b"digest\x00" + source.encode() + b"\x00", "sha256")

    def serial(self, type_code: str, key: str) -> str:
        """The serial of the licence that the source knows by ``key``: digits and capital letters."""
        mac = self._serial.copy()
        mac.update(f"{type_code}\x00{key}".encode())
        return b32encode(mac.digest()[:_SERIAL_BYTES]).decode()

    def digest(self, body: Mapping[str, Any]) -> bytes:
        """What a row says, in 16 bytes; members in another order say the same."""
        mac = self._digest.copy()
        mac.update(orjson.dumps(body, option=orjson.OPT_SORT_KEYS))
        return mac.digest()[:_DIGEST_BYTES]
