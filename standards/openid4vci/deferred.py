"""Deferred credentials (OpenID4VCI 1.0 section 9): the issuer says later, the wallet comes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from standards.json_reader import Reader
from standards.openid4vci.credential_response import DeferredResponse
from standards.openid4vci.errors import InvalidCredentialRequestError


@dataclass(frozen=True, slots=True)
class DeferredRequest:
    """Asks whether what was requested before is ready.

    Attributes:
        transaction_id: of the deferred answer.
    """

    transaction_id: str = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Body of the request."""
        return {"transaction_id": self.transaction_id}


def parse_deferred_request(document: Any) -> DeferredRequest:
    """Read the body of a deferred credential request (section 9.1).

    Raises:
        InvalidCredentialRequestError: the transaction is missing or malformed.
    """
    reader = Reader(document, error=InvalidCredentialRequestError)
    return DeferredRequest(reader.text("transaction_id", max_chars=1_024))


def build_deferred_response(deferred: DeferredResponse) -> dict[str, Any]:
    """Body of the answer 202: to a credential request, and again while it is not ready (sections 8.3 and 9.2)."""
    return {"transaction_id": deferred.transaction_id, "interval": deferred.interval}
