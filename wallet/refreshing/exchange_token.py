"""Exchanging a licence's refresh token: what comes of it is kept before anything is asked with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from keys.sealed_key import open_sealed_key
from standards.oauth import AuthorizationServerMetadata
from standards.openid4vci import CredentialIssuerMetadata, LicenceNews, RefreshRequest
from wallet.accounts.account import Holder
from wallet.holdings.holding import Holding
from wallet.holdings.renewal import RefreshMeans, Renewal
from wallet.node import WalletNode
from wallet.receiving.errors import IssuerAnswerError
from wallet.receiving.issuer_client import AccessToken
from wallet.receiving.refusal import RefusedByIssuer
from wallet.refreshing.need import FOR_GOOD

_GONE: Final = "invalid_grant"


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What the token endpoint gave.

    Attributes:
        renewal: how the licence stays current from now on; not written yet where ``token`` is ``None``.
        token: to ask with, or ``None``: the issuer has none to give any more.
        news: where the licence stands, or ``None``.
        server: metadata of the server that takes the token.
    """

    renewal: Renewal
    token: AccessToken | None
    news: LicenceNews | None
    server: AuthorizationServerMetadata


def exchange_token(
    node: WalletNode, holder: Holder, claimed: tuple[Holding, str], metadata: CredentialIssuerMetadata
) -> Exchanged:
    """New tokens (one durable write).

    Args:
        node: stores and the issuer client.
        holder: whose wallet.
        claimed: the licence, which has the means, and the claim under which it is held.
        metadata: of its issuer.

    Raises:
        RefusedByIssuer: not now, or for a reason that another attempt may not meet.
        ClaimLostError: another has taken over.
        IssuerUnreachableError, IssuerAnswerError, IssuerAddressError: no usable answer.
    """
    holding, claim = claimed
    renewal, at = holding.renewal, node.clock.now()
    means = renewal.means
    assert means is not None  # as the caller saw
    if means.server not in (metadata.authorization_servers or (metadata.credential_issuer,)):
        raise IssuerAnswerError(
            "授权服务器已更换。", "The authorisation server is not the issuer's any more."
        )
    server = node.issuer_client.fetch_authorization_server(means.server)
    signer = open_sealed_key("dpop", means.sealed_dpop_key, holder.envelope, means.key_context)
    try:
        response, news = node.issuer_client.refresh(server, RefreshRequest(means.token), signer)
    except RefusedByIssuer as error:
        refusal = error.refusal
        if refusal.error != _GONE:
            raise
        # The means are of no more use, unless the issuer only does not want to refresh for now.
        over = refusal.news is None or refusal.news.state in FOR_GOOD
        kept = replace(renewal, means=None if over else means, asked_at=at, failures=0)
        return Exchanged(kept, None, refusal.news, server)
    # Without another one the token stays good (RFC 6749 section 6).
    renewed: RefreshMeans = replace(means, token=response.refresh_token or means.token)
    kept = replace(renewal, means=renewed)
    node.refreshes.keep(holder, holding.holding_id, claim, kept)
    token = AccessToken(response.access_token, response.token_type, signer)
    return Exchanged(replace(kept, asked_at=at, failures=0), token, news, server)
