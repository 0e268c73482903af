"""Access tokens that carry their grant, sealed: the wallet cannot read or change it, and nothing has to be looked up.

What may happen once only (redeeming the code, each issuance) is kept in the store; the token itself is not.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import orjson

from issuer.issuance.offer import Grant
from keys.envelope import Envelope
from keys.errors import SealedDataError
from standards.jose import JoseError, b64url_decode, b64url_encode

_CONTEXT: Final = "access-token"
_MAX_CHARS: Final = 2_048


class AccessTokens:
    """Makes and reads access tokens; during a key rotation those under the key before stay good."""

    def __init__(self, envelope: Envelope) -> None:
        """Args:
        envelope: for this purpose only.
        """
        self._envelope = envelope

    def make(self, grant: Grant) -> str:
        """The token for a grant, base64url."""
        members = (
            grant.reference,
            grant.authority,
            grant.licence,
            grant.configuration_id,
            grant.holder,
            grant.jkt,
            int(grant.expires_at.timestamp()),
        )
        return b64url_encode(self._envelope.seal(orjson.dumps(members), _CONTEXT))

    def read(self, token: str) -> Grant | None:
        """The grant in an untrusted token, or ``None`` when it is not one of ours; it may have expired."""
        if len(token) > _MAX_CHARS:
            return None
        try:
            sealed = self._envelope.open(b64url_decode(token), _CONTEXT)
        except (JoseError, SealedDataError):
            return None
        reference, authority, licence, configuration_id, holder, jkt, expires = orjson.loads(sealed)
        return Grant(
            reference, authority, licence, configuration_id, holder, jkt, datetime.fromtimestamp(expires, UTC)
        )
