"""Credential responses (OpenID4VCI 1.0 section 8.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from standards.errors import InvalidInputError
from standards.json_reader import Reader

MAX_CREDENTIAL_CHARS: Final = 128 * 1024
"""Longest credential that a wallet reads, in characters."""

REFRESH_MEMBER: Final = "elicence_refresh_token"
"""Member of ours: with an access token that reaches several licences, each gets a refresh token of its own. The one of
the token response would be exchanged by the first of them and be lost for the others. Others leave it aside."""


class InvalidCredentialResponseError(InvalidInputError):
    """A credential endpoint answered with something else than credentials."""

    code = "openid4vci-invalid-credential-response"


@dataclass(frozen=True, slots=True)
class CredentialResponse:
    """Issued credentials: what a wallet received is not verified yet.

    Attributes:
        unverified_credentials: one text for each copy.
        notification_id: to tell the issuer what became of them, or ``None``.
        refresh_token: of this licence alone (:data:`REFRESH_MEMBER`), or ``None``.
    """

    unverified_credentials: tuple[str, ...]
    notification_id: str | None = None
    refresh_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class DeferredResponse:
    """The issuer needs time (HTTP 202): ask the deferred endpoint again after ``interval`` seconds."""

    transaction_id: str
    interval: int


def build_credential_response(
    credentials: Sequence[str], notification_id: str | None = None, refresh_token: str | None = None
) -> dict[str, Any]:
    """Body of the response: ``credentials: [{credential}]``, one for each proof."""
    wire: dict[str, Any] = {"credentials": [{"credential": credential} for credential in credentials]}
    if notification_id is not None:
        wire["notification_id"] = notification_id
    if refresh_token is not None:
        wire[REFRESH_MEMBER] = refresh_token
    return wire


def parse_credential_response(document: Any) -> CredentialResponse | DeferredResponse:
    """Read a credential response of format ``dc+sd-jwt`` (credentials are texts).

    Raises:
        InvalidCredentialResponseError: neither credentials nor a transaction, or a malformed member.
    """
    reader = Reader(document, error=InvalidCredentialResponseError)
    if "transaction_id" in reader and "credentials" not in reader:
        return DeferredResponse(
            reader.text("transaction_id", max_chars=1_024),
            reader.integer("interval", minimum=1, maximum=10**7),
        )
    credentials = tuple(
        item.text("credential", max_chars=MAX_CREDENTIAL_CHARS)
        for item in reader.objects("credentials", min_items=1, max_items=100)
    )
    return CredentialResponse(
        credentials,
        reader.optional_text("notification_id", max_chars=1_024),
        reader.optional_text(REFRESH_MEMBER, max_chars=8_192),
    )
