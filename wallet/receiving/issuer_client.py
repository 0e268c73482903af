"""The issuer's endpoints as the wallet calls them (OpenID4VCI 1.0); fetching only, nothing is decided here.

Every address comes from somebody else and goes through the guarded client of ``service.outbound``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from keys.signer import Signer
from service.clock import Clock
from service.outbound import Outbound, OutboundError, OutboundResponse
from standards.oauth.authorization_server import (
    AuthorizationServerMetadata,
    authorization_server_metadata_url,
    parse_authorization_server_metadata,
)
from standards.openid4vci.credential_request import build_credential_request, build_request_for_identifier
from standards.openid4vci.credential_response import (
    CredentialResponse,
    DeferredResponse,
    parse_credential_response,
)
from standards.openid4vci.deferred import DeferredRequest
from standards.openid4vci.metadata import (
    CredentialIssuerMetadata,
    credential_issuer_metadata_url,
    parse_credential_issuer_metadata,
)
from standards.openid4vci.nonce import parse_nonce_response
from standards.openid4vci.notification import Notification
from standards.openid4vci.offer import CredentialOffer, OfferReference, parse_credential_offer
from standards.openid4vci.refresh import LicenceNews, RefreshRequest, parse_news
from standards.openid4vci.token import TokenRequest, TokenResponse, parse_token_response
from wallet.receiving.errors import IssuerAnswerError, OfferGoneError
from wallet.receiving.issuer_exchange import post_with_dpop, require_ok, talking_to
from wallet.receiving.refusal import RefusedByIssuer, refusal_of

MAX_OFFER_BYTES: Final = 64 * 1024
MAX_METADATA_BYTES: Final = 1024 * 1024
MAX_CREDENTIALS_BYTES: Final = 8 * 1024 * 1024

_OK = 200
_GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class AccessToken:
    """An access token ready to be presented, with the key to which it is bound (RFC 9449).

    Attributes:
        value: the token.
        token_type: ``DPoP`` or ``Bearer``.
        dpop: the key, used when the type says so.
    """

    value: str = field(repr=False)
    token_type: str
    dpop: Signer


class IssuerClient:
    """Speaks to issuers. Safe for threads."""

    def __init__(self, outbound: Outbound, clock: Clock) -> None:
        self._outbound = outbound
        self._clock = clock

    def fetch_offer(self, reference: OfferReference) -> CredentialOffer:
        """The offer behind a reference (section 4.1.3); raises ``OfferGoneError`` when there is none any more."""
        uri = reference.unverified_uri
        with talking_to(uri):
            response = self._outbound.get(uri, max_bytes=MAX_OFFER_BYTES)
            if response.status in _GONE:
                raise OfferGoneError
            return parse_credential_offer(require_ok(response).json())

    def fetch_metadata(self, credential_issuer: str) -> CredentialIssuerMetadata:
        """Metadata of a credential issuer (section 12.2)."""
        with talking_to(credential_issuer):
            url = credential_issuer_metadata_url(credential_issuer)
            response = require_ok(self._outbound.get(url, max_bytes=MAX_METADATA_BYTES))
            return parse_credential_issuer_metadata(response.json(), credential_issuer=credential_issuer)

    def fetch_authorization_server(self, issuer: str) -> AuthorizationServerMetadata:
        """Metadata of an authorisation server (RFC 8414)."""
        with talking_to(issuer):
            url = authorization_server_metadata_url(issuer)
            response = require_ok(self._outbound.get(url, max_bytes=MAX_METADATA_BYTES))
            return parse_authorization_server_metadata(response.json(), issuer=issuer)

    def request_token(
        self, server: AuthorizationServerMetadata, request: TokenRequest, dpop: Signer
    ) -> tuple[TokenResponse, datetime]:
        """The access token for a pre-authorised code (section 6), and the instant at which it was asked for.

        Raises:
            RefusedByIssuer: the code or the transaction code was not accepted.
        """
        endpoint = server.token_endpoint
        asked_at = self._clock.now()
        with talking_to(endpoint):
            response = post_with_dpop(
                endpoint,
                dpop,
                None,
                lambda headers: self._outbound.post_form(endpoint, request.to_form(), headers=headers),
                self._clock,
            )
            if response.status != _OK:
                raise RefusedByIssuer(refusal_of(response))
            return parse_token_response(response.json()), asked_at

    def refresh(
        self, server: AuthorizationServerMetadata, request: RefreshRequest, dpop: Signer
    ) -> tuple[TokenResponse, LicenceNews | None]:
        """Tokens for a refresh token (section 14.5), and where the licence stands if the issuer says so.

        Raises:
            RefusedByIssuer: the token was not accepted, or not now.
        """
        endpoint = server.token_endpoint
        with talking_to(endpoint):
            response = post_with_dpop(
                endpoint,
                dpop,
                None,
                lambda headers: self._outbound.post_form(endpoint, request.to_form(), headers=headers),
                self._clock,
            )
            if response.status != _OK:
                raise RefusedByIssuer(refusal_of(response))
            body = response.json()
            return parse_token_response(body), parse_news(body)

    def request_nonce(self, metadata: CredentialIssuerMetadata) -> str:
        """A fresh ``c_nonce`` (section 7)."""
        endpoint = metadata.nonce_endpoint
        if endpoint is None:
            raise IssuerAnswerError(
                "发证机构没有提供随机数服务，无法领取。",
                "The issuer has no nonce endpoint: its licences cannot be received.",
            )
        with talking_to(endpoint):
            return parse_nonce_response(require_ok(self._outbound.post_json(endpoint, None)).json())

    def request_credentials(
        self,
        metadata: CredentialIssuerMetadata,
        token: AccessToken,
        configuration_id: str,
        proofs: Sequence[str],
    ) -> CredentialResponse | DeferredResponse:
        """As many copies as there are proofs (section 8), or when to ask again.

        Raises:
            RefusedByIssuer: the endpoint answered with an error.
        """
        endpoint = metadata.credential_endpoint
        return self._ask(endpoint, build_credential_request(configuration_id, proofs), token)

    def request_credential(
        self,
        metadata: CredentialIssuerMetadata,
        token: AccessToken,
        identifier: str,
        proofs: Sequence[str],
    ) -> CredentialResponse | DeferredResponse:
        """The same for one credential that the token response named (section 8.2)."""
        endpoint = metadata.credential_endpoint
        return self._ask(endpoint, build_request_for_identifier(identifier, proofs), token)

    def request_deferred(
        self, metadata: CredentialIssuerMetadata, token: AccessToken, transaction_id: str
    ) -> CredentialResponse | DeferredResponse:
        """What was not ready before (section 9); raises like :meth:`request_credentials`."""
        endpoint = metadata.deferred_credential_endpoint
        if endpoint is None:
            raise IssuerAnswerError(
                "发证机构没有说明稍后到哪里领取。", "The issuer does not say where to ask again later."
            )
        return self._ask(endpoint, DeferredRequest(transaction_id).to_json(), token)

    def _ask(
        self, endpoint: str, body: Mapping[str, Any], token: AccessToken
    ) -> CredentialResponse | DeferredResponse:
        with talking_to(endpoint):
            response = self.post_with_token(endpoint, body, token)
            if response.status not in (_OK, 202):
                raise RefusedByIssuer(refusal_of(response))
            return parse_credential_response(response.json())

    def notify(
        self, metadata: CredentialIssuerMetadata, token: AccessToken, notification: Notification
    ) -> bool:
        """Tell the issuer what became of the credentials (section 11); whether it took note.

        It has no bearing on what is in the wallet, so a failure is an answer here.
        """
        if metadata.notification_endpoint is None:
            return False
        try:
            response = self.post_with_token(metadata.notification_endpoint, notification.to_json(), token)
        except OutboundError:
            return False
        return 200 <= response.status < 300

    def post_with_token(self, endpoint: str, body: Mapping[str, Any], token: AccessToken) -> OutboundResponse:
        """One call of a protected endpoint; transport failures come as they are."""
        authorization = {"Authorization": f"{token.token_type} {token.value}"}
        if token.token_type != "DPoP":
            return self._outbound.post_json(
                endpoint, body, headers=authorization, max_bytes=MAX_CREDENTIALS_BYTES
            )
        return post_with_dpop(
            endpoint,
            token.dpop,
            token.value,
            lambda headers: self._outbound.post_json(
                endpoint, body, headers=authorization | headers, max_bytes=MAX_CREDENTIALS_BYTES
            ),
            self._clock,
        )
