"""The authorisation server of a library as the wallet calls it: requests are pushed, codes exchanged; nothing is decided.

Every call is authenticated as this wallet provider's (attestation) where the server takes that, and bound to the key of
the search (DPoP). Every address comes from somebody else and goes through the guarded client of ``service.outbound``.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from keys.signer import Signer
from service.clock import Clock
from service.outbound import Outbound, OutboundResponse
from standards.oauth import (
    ATTESTED_CLIENT,
    AuthorizationRequest,
    AuthorizationServerMetadata,
    PushedRequest,
    parse_pushed_response,
)
from standards.oauth.client_attestation import (
    ATTESTATION_HEADER,
    CHALLENGE_HEADER,
    POP_HEADER,
    build_client_attestation_pop,
)
from standards.openid4vci import CodeTokenRequest, TokenResponse, parse_token_response
from wallet.claiming.errors import LibraryClosedError
from wallet.provider.provider import WalletProvider
from wallet.receiving.issuer_exchange import post_with_dpop, talking_to
from wallet.receiving.refusal import RefusedByIssuer, refusal_of

_CREATED: Final = frozenset({200, 201})
_MAX_BYTES: Final = 256 * 1024


@dataclass(frozen=True)
class AuthorizationClient:
    """Speaks to authorisation servers. Safe for threads."""

    outbound: Outbound
    clock: Clock
    provider: WalletProvider

    def push(
        self, server: AuthorizationServerMetadata, request: AuthorizationRequest, key: Signer
    ) -> PushedRequest:
        """Push an authorisation request (RFC 9126).

        Raises:
            RefusedByIssuer: the server did not take it.
            LibraryClosedError: it does not take pushed requests.
        """
        endpoint = server.pushed_authorization_request_endpoint
        if endpoint is None:
            raise LibraryClosedError(
                "证照库不支持从钱包查找。", "The library does not let wallets look for licences."
            )
        with talking_to(endpoint):
            response = self._post(server, endpoint, request.to_form(), key)
            if response.status not in _CREATED:
                raise RefusedByIssuer(refusal_of(response))
            return parse_pushed_response(response.json())

    def exchange(
        self, server: AuthorizationServerMetadata, request: CodeTokenRequest, key: Signer
    ) -> tuple[TokenResponse, datetime]:
        """The access token for a code, and the instant at which it was asked for.

        Raises:
            RefusedByIssuer: the code was not accepted.
        """
        endpoint, asked_at = server.token_endpoint, self.clock.now()
        with talking_to(endpoint):
            response = self._post(server, endpoint, request.to_form(), key)
            if response.status not in _CREATED:
                raise RefusedByIssuer(refusal_of(response))
            return parse_token_response(response.json()), asked_at

    def _post(
        self, server: AuthorizationServerMetadata, endpoint: str, form: dict[str, str], key: Signer
    ) -> OutboundResponse:
        challenge: str | None = None
        for _ in range(2):
            attested = self._attested(server, key, challenge)

            def post(headers: dict[str, str], attested: dict[str, str] = attested) -> OutboundResponse:
                return self.outbound.post_form(
                    endpoint, form, headers=headers | attested, max_bytes=_MAX_BYTES
                )

            response = post_with_dpop(endpoint, key, None, post, self.clock)
            asked = response.headers.get(CHALLENGE_HEADER.lower())
            wanted = refusal_of(response).error == "use_attestation_challenge"
            if asked is None or not wanted:
                break
            challenge = asked
        return response

    def _attested(
        self, server: AuthorizationServerMetadata, key: Signer, challenge: str | None
    ) -> dict[str, str]:
        if ATTESTED_CLIENT not in server.token_endpoint_auth_methods:
            return {}
        proof = build_client_attestation_pop(
            client_id=self.provider.client_id,
            audience=server.issuer,
            jti=secrets.token_urlsafe(16),
            at=self.clock.now(),
            sign=key.sign,
            challenge=challenge,
        )
        return {ATTESTATION_HEADER: self.provider.attest(key.public_jwk), POP_HEADER: proof}


def told_of(error: RefusedByIssuer) -> str:
    """The error code of a refusal, safe to show."""
    refusal: Any = error.refusal
    plain = refusal.error.isidentifier() and len(refusal.error) <= 60
    return refusal.error if plain else str(refusal.status)
