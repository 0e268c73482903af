"""A further access token for what an issuer delivers later than the first one lasts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from keys.sealed_key import open_sealed_key
from standards.openid4vci.refresh import RefreshRequest
from wallet.accounts.account import Holder
from wallet.claiming.search import Search
from wallet.node import WalletNode
from wallet.receiving.refusal import RefusedByIssuer

_LAST_MOMENT: Final = timedelta(seconds=30)
_DEFAULT_LIFETIME: Final = timedelta(minutes=5)


def with_access(node: WalletNode, holder: Holder, search: Search, claim: str) -> Search:
    """The search with a token that lasts, where its grant can be refreshed (one durable write); else as it is.

    Raises:
        IssuerUnreachableError, IssuerAnswerError, IssuerAddressError: try again later.
    """
    connection, at = search.connection, node.clock.now()
    if connection.refresh_token is None or (connection.expires_at or at) - _LAST_MOMENT > at:
        return search
    server = node.issuer_client.fetch_authorization_server(connection.server)
    signer = open_sealed_key("search", connection.sealed_key, holder.envelope, search.key_context)
    try:
        response, _ = node.issuer_client.refresh(server, RefreshRequest(connection.refresh_token), signer)
    except RefusedByIssuer:
        return replace(search, connection=replace(connection, refresh_token=None))
    lifetime = timedelta(seconds=response.expires_in) if response.expires_in else _DEFAULT_LIFETIME
    renewed = replace(
        connection,
        access_token=response.access_token,
        token_type=response.token_type,
        expires_at=at + lifetime,
        # Without another one the token stays good (RFC 6749 section 6).
        refresh_token=response.refresh_token or connection.refresh_token,
    )
    search = replace(search, connection=renewed)
    # A refresh token is good for one exchange: what came of it must outlive this process.
    node.searches.save(holder, search, claim)
    return search
