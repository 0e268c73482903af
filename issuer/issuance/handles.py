"""Codes with a MAC: ``reference.tag``. The store keeps the reference only, so its content opens nothing.

A handle is good for one kind of use; whether it was used is a compare-and-set in the store.
"""

from __future__ import annotations

import hmac
import secrets
from enum import StrEnum
from typing import Final

from standards.jose import b64url_encode

REFERENCE_BYTES: Final = 16
"""Random bytes of a reference: 128 bits, not to be guessed (RFC 6749 section 10.10)."""

_TAG_BYTES: Final = 24
_REFERENCE_CHARS: Final = 22
_MAX_CHARS: Final = 128
_ISSUANCE_BYTES: Final = 9
_NOTIFICATION: Final = "notification"


class HandleKind(StrEnum):
    """What a handle is good for."""

    CODE = "pre-authorized-code"
    CODE_WITH_TX_CODE = "pre-authorized-code+tx-code"
    PUSHED_REQUEST = "pushed-request"
    AUTHORIZATION_CODE = "authorization-code"
    DEFERRED = "deferred-credential"


def new_reference() -> str:
    """A fresh reference, base64url."""
    return b64url_encode(secrets.token_bytes(REFERENCE_BYTES))


class Handles:
    """Makes and reads handles; during a key rotation those under the key before stay good."""

    def __init__(self, mac_keys: tuple[bytes, ...]) -> None:
        """Args:
        mac_keys: the current key, then the one before it if there is one; 32 bytes each, for nothing else.
        """
        self._keys = mac_keys

    def make(self, kind: HandleKind, reference: str) -> str:
        """The handle of this kind for ``reference``."""
        return f"{reference}.{_tag(self._keys[0], kind, reference)}"

    def read(self, kind: HandleKind, handle: str) -> str | None:
        """The reference in an untrusted handle, or ``None`` when it is not one of ours of this kind."""
        reference, _, tag = handle.partition(".")
        if len(reference) != _REFERENCE_CHARS or len(handle) > _MAX_CHARS or not handle.isascii():
            return None
        for key in self._keys:
            if hmac.compare_digest(tag, _tag(key, kind, reference)):
                return reference
        return None

    def make_notification_id(self, reference: str) -> str:
        """A fresh notification id for an issuance under the grant of ``reference``."""
        issuance = b64url_encode(secrets.token_bytes(_ISSUANCE_BYTES))
        return f"{issuance}.{_tag(self._keys[0], _NOTIFICATION, f'{reference}:{issuance}')}"

    def read_notification_id(self, reference: str, notification_id: str) -> str | None:
        """The issuance in an untrusted notification id, or ``None`` when it was not made under this grant."""
        issuance, _, tag = notification_id.partition(".")
        if len(notification_id) > _MAX_CHARS or not notification_id.isascii():
            return None
        for key in self._keys:
            if hmac.compare_digest(tag, _tag(key, _NOTIFICATION, f"{reference}:{issuance}")):
                return issuance
        return None

    def tx_code_hash(self, reference: str, tx_code: str) -> str:
        """What the store keeps of a transaction code: keyed, because six digits are soon tried out."""
        return self.tx_code_hashes(reference, tx_code)[0]

    def tx_code_hashes(self, reference: str, tx_code: str) -> tuple[str, ...]:
        """What the store may hold of a transaction code: under the current key, then under the one before."""
        return tuple(_tag(key, "tx-code", f"{reference}:{tx_code}") for key in self._keys)


def _tag(key: bytes, kind: str, text: str) -> str:
    return b64url_encode(hmac.digest(key, f"{kind}\0{text}".encode(), "sha256")[:_TAG_BYTES])
