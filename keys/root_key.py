"""What everything of a node derives from: one root key, in a file or in a hardware module."""

from __future__ import annotations

from typing import Final, Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from keys.envelope import SealingKey, key_id_of
from keys.errors import MasterKeyError

MASTER_KEY_BYTES: Final = 32
_INFO: Final = "elicence/1/"


class RootKey(Protocol):
    """One root key, loaded. It derives and wraps; it does not come out."""

    @property
    def key_id(self) -> str:
        """Public name, 8 hexadecimal digits; safe to log."""
        ...

    def derive(self, purpose: str) -> bytes:
        """32 bytes for ``purpose``; always the same."""
        ...

    def custody_key(self, purpose: str) -> SealingKey:
        """The key that wraps what must not be opened without the root: inside the module where there is one."""
        ...


class SoftwareRoot:
    """A root key of 32 bytes in memory. Purposes are derived with HKDF-SHA-256 (RFC 5869)."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        if len(key) != MASTER_KEY_BYTES:
            raise MasterKeyError("主密钥长度不是 32 字节。", "A master key must have 32 bytes.")
        self._key = key

    def __repr__(self) -> str:
        return f"SoftwareRoot({self.key_id!r})"

    def __reduce__(self) -> str:
        raise TypeError("A root key is not pickled.")

    @property
    def key_id(self) -> str:
        return key_id_of(self._key).hex()

    def derive(self, purpose: str) -> bytes:
        kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=(_INFO + purpose).encode())
        return kdf.derive(self._key)

    def custody_key(self, purpose: str) -> SealingKey:
        return envelope_key(self, purpose)


def envelope_key(root: RootKey, purpose: str) -> SealingKey:
    """The derived key of the envelope for ``purpose``."""
    return SealingKey.of(root.derive(f"envelope/{purpose}"))
