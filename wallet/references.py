"""Names for things that must be found again without being readable: keyed hashes, bound to what they name."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from keys.master_key import MasterKey
from standards.jose import b64url_encode


@dataclass(frozen=True, slots=True)
class References:
    """Makes references under a key of this node.

    They need not outlive a rotation of the master key: a link opened again, or a licence received again, after one
    is merely not recognised as the same.
    """

    key: bytes = field(repr=False)

    @classmethod
    def of_node(cls, master_key: MasterKey) -> References:
        """The references of the node with this master key."""
        return cls(master_key.derive("wallet references"))

    def of(self, kind: str, *parts: str) -> str:
        """The reference of ``parts`` among things of one ``kind``, 43 characters of base64url."""
        # Each part carries its length: no two lists of parts give one message.
        message = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in (kind, *parts))
        return b64url_encode(hmac.digest(self.key, message, "sha256"))
