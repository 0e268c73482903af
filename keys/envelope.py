"""Sealing bytes at rest: AES-256-GCM under a named key, bound to the place where they belong.

NIST SP 800-38D. A sealed text is

    format (1 byte, 0x01) ‖ key id (4 bytes) ‖ nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes)

The key id is derived from the key itself, so that bytes sealed before a rotation say which key opens them. The
context (which collection, which row, which field) is additional authenticated data: a sealed value that is moved to
another row does not open. Nonces are random; SP 800-38D section 8.3 limits one key to 2^32 of them, so what is
sealed by the million gets data keys of its own (``new_data_key``).
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Final, NewType, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys.errors import SealedDataError

WrappedKey = NewType("WrappedKey", bytes)
"""A data key of 32 bytes, sealed under the envelope that made it."""

KEY_BYTES: Final = 32
KEY_ID_BYTES: Final = 4
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
FORMAT: Final = b"\x01"
OVERHEAD_BYTES: Final = len(FORMAT) + KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES
"""How much longer a sealed text is than its plain text, in bytes."""

_KEY_ID_LABEL: Final = b"elicence key id\x00"
_HEADER_BYTES: Final = len(FORMAT) + KEY_ID_BYTES


def key_id_of(key: bytes) -> bytes:
    """Public name of a secret key: 4 bytes of a hash over it. Tells keys apart, reveals nothing of use."""
    return hashlib.sha256(_KEY_ID_LABEL + key).digest()[:KEY_ID_BYTES]


class Cipher(Protocol):
    """AES-256-GCM under one key, wherever the key is; the shape is that of ``cryptography``'s ``AESGCM``."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Ciphertext and tag."""
        ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Plain text; raises ``cryptography.exceptions.InvalidTag``."""
        ...


@dataclass(frozen=True, slots=True)
class SealingKey:
    """One AES-256 key, loaded, under its id."""

    key_id: bytes
    cipher: Cipher = field(repr=False)

    @classmethod
    def of(cls, key: bytes) -> SealingKey:
        """The sealing key for 32 secret bytes."""
        if len(key) != KEY_BYTES:
            raise SealedDataError("密钥长度不正确。", "A sealing key must have 32 bytes.")
        return cls(key_id_of(key), AESGCM(key))


class Envelope:
    """Seals under the current key; opens under the current key and those that came before it."""

    __slots__ = ("_by_id", "_current")

    def __init__(self, current: SealingKey, previous: tuple[SealingKey, ...] = ()) -> None:
        self._current = current
        self._by_id = {key.key_id: key for key in (*previous, current)}

    @classmethod
    def from_data_key(cls, key: bytes) -> Envelope:
        """The envelope over a data key of 32 secret bytes that the caller keeps sealed by means of his own."""
        return cls(SealingKey.of(key))

    def __repr__(self) -> str:
        return f"Envelope(key_id={self._current.key_id.hex()!r})"

    def __reduce__(self) -> str:
        raise TypeError("An envelope holds a secret key and is not pickled.")

    def seal(self, plaintext: bytes, context: str) -> bytes:
        """``plaintext`` sealed for ``context``; a new nonce each time."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        header = FORMAT + self._current.key_id
        ciphertext = self._current.cipher.encrypt(nonce, plaintext, _associated(header, context))
        return header + nonce + ciphertext

    def open(self, sealed: bytes, context: str) -> bytes:
        """The plain text of ``sealed``; raises ``SealedDataError`` when it was altered or belongs elsewhere."""
        if len(sealed) < OVERHEAD_BYTES or sealed[:1] != FORMAT:
            raise SealedDataError("密封数据的格式不正确。", "The sealed data do not have a known format.")
        key = self._by_id.get(sealed[1:_HEADER_BYTES])
        if key is None:
            raise SealedDataError(
                f"密封数据使用的密钥 {sealed[1:_HEADER_BYTES].hex()} 未加载。",
                f"The data are sealed under key {sealed[1:_HEADER_BYTES].hex()}, which is not loaded.",
            )
        header, nonce = sealed[:_HEADER_BYTES], sealed[_HEADER_BYTES : _HEADER_BYTES + NONCE_BYTES]
        try:
            return key.cipher.decrypt(
                nonce, sealed[_HEADER_BYTES + NONCE_BYTES :], _associated(header, context)
            )
        except InvalidTag as cause:
            raise SealedDataError(
                "密封数据已被改动，或不属于此处。",
                "The sealed data were altered, or belong to another place.",
            ) from cause

    def is_current(self, sealed: bytes) -> bool:
        """Whether ``sealed`` names the current key; a rotation reseals what does not."""
        return sealed[:_HEADER_BYTES] == FORMAT + self._current.key_id

    def is_older(self, sealed: bytes) -> bool:
        """Whether ``sealed`` names a key that is loaded, but no longer the current one."""
        key_id = sealed[len(FORMAT) : _HEADER_BYTES]
        return sealed[:1] == FORMAT and key_id != self._current.key_id and key_id in self._by_id

    def reseal(self, sealed: bytes, context: str) -> bytes:
        """``sealed`` under the current key; the same bytes when it is so already."""
        return sealed if self.is_current(sealed) else self.seal(self.open(sealed, context), context)

    def new_data_key(self, context: str) -> tuple[WrappedKey, Envelope]:
        """A fresh data key: the wrapped form to store, and the envelope to seal with."""
        key = secrets.token_bytes(KEY_BYTES)
        return WrappedKey(self.seal(key, _data_key_context(context))), Envelope.from_data_key(key)

    def unwrap(self, wrapped: WrappedKey, context: str) -> Envelope:
        """The envelope of a wrapped data key; raises ``SealedDataError`` as ``open`` does."""
        return Envelope.from_data_key(self.open(wrapped, _data_key_context(context)))

    def rewrap(self, wrapped: WrappedKey, context: str) -> WrappedKey:
        """A wrapped data key under the current key. What the data key sealed stays as it is."""
        return WrappedKey(self.reseal(wrapped, _data_key_context(context)))


def _associated(header: bytes, context: str) -> bytes:
    return header + context.encode()


def _data_key_context(context: str) -> str:
    # A data key must never open as data of the same place, nor data as a key.
    return f"data key\x00{context}"
