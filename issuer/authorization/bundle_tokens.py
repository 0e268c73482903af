"""Access tokens for several licences: they carry a sealed reference; what they reach is in the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import orjson

from keys.envelope import Envelope
from keys.errors import SealedDataError
from standards.jose import JoseError, b64url_decode, b64url_encode

_CONTEXT: Final = "bundle-access-token"
_MAX_CHARS: Final = 1_024


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a token says.

    Attributes:
        reference: of the authorisation.
        jkt: thumbprint of the key to which the token is bound.
        uses: whether it reaches who looked at the person's licences.
        expires_at: its end.
    """

    reference: str
    jkt: str
    uses: bool
    expires_at: datetime


class BundleTokens:
    """Makes and reads them; during a key rotation those under the key before stay good."""

    def __init__(self, envelope: Envelope) -> None:
        """Args:
        envelope: for this purpose only.
        """
        self._envelope = envelope

    def make(self, bundle: Bundle) -> str:
        """The token, base64url."""
        members = (bundle.reference, bundle.jkt, bundle.uses, int(bundle.expires_at.timestamp()))
        return b64url_encode(self._envelope.seal(orjson.dumps(members), _CONTEXT))

    def read(self, token: str) -> Bundle | None:
        """What an untrusted token says, or ``None`` when it is none of these; it may have expired."""
        if len(token) > _MAX_CHARS:
            return None
        try:
            sealed = self._envelope.open(b64url_decode(token), _CONTEXT)
        except (JoseError, SealedDataError):
            return None
        reference, jkt, uses, expires = orjson.loads(sealed)
        return Bundle(reference, jkt, uses, datetime.fromtimestamp(expires, UTC))
