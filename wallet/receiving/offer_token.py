"""The access token that an offer is worth: got once, kept for a repeat, and with what the licence stays current later."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from keys.sealed_key import create_sealed_key, open_sealed_key
from standards.errors import ElicenceError
from standards.openid4vci import CredentialIssuerMetadata, TokenRequest
from wallet.accounts.account import Holder
from wallet.holdings.renewal import RefreshMeans, Renewal
from wallet.holdings.sealing import move_sealed_key
from wallet.node import WalletNode
from wallet.receiving.errors import OfferGoneError, UnsupportedOfferError, WrongTxCodeError
from wallet.receiving.issuer_client import AccessToken
from wallet.receiving.pending_offer import Grant, PendingOffer
from wallet.receiving.refusal import OAuthRefusal, RefusedByIssuer
from wallet.receiving.request_copies import odd_answer

_DEFAULT_TOKEN_LIFETIME: Final = timedelta(minutes=5)
_LAST_MOMENT: Final = timedelta(seconds=5)
"""A token that ends sooner than this is not used any more."""


def access_token_of(
    node: WalletNode,
    holder: Holder,
    pending: PendingOffer,
    metadata: CredentialIssuerMetadata,
    *,
    claim: str,
    tx_code: str | None,
) -> tuple[AccessToken, Grant]:
    """The token that an earlier attempt got, while it lasts; else a new one for the pre-authorised code."""
    context = dpop_context(pending)
    grant, at = pending.grant, node.clock.now()
    if grant is not None:
        if grant.expires_at - _LAST_MOMENT <= at:
            raise OfferGoneError
        signer = open_sealed_key("dpop", grant.sealed_dpop_key, holder.envelope, context)
        return AccessToken(grant.access_token, grant.token_type, signer), grant
    offer = pending.offer
    if offer.pre_authorized_code is None:
        raise OfferGoneError
    server = node.issuer_client.fetch_authorization_server(authorization_server_of(pending, metadata))
    sealed_key, signer = create_sealed_key("dpop", holder.envelope, context)
    request = TokenRequest(offer.pre_authorized_code, tx_code if offer.tx_code is not None else None)
    try:
        response, asked_at = node.issuer_client.request_token(server, request, signer)
    except RefusedByIssuer as error:
        raise _token_refused(error.refusal, asked_for_tx_code=offer.tx_code is not None) from error
    lifetime = timedelta(seconds=response.expires_in) if response.expires_in else _DEFAULT_TOKEN_LIFETIME
    grant = Grant(
        response.access_token,
        response.token_type,
        asked_at + lifetime,
        sealed_key,
        # Without a key to which it is bound, a stolen one would be worth the licence.
        response.refresh_token if response.token_type == "DPoP" else None,
    )
    node.offers.keep_grant(holder, pending.offer_id, claim, grant)
    return AccessToken(grant.access_token, grant.token_type, signer), grant


def dpop_context(pending: PendingOffer) -> str:
    """The context under which the key of an offer's token is sealed."""
    return f"offer {pending.offer_id} dpop"


def renewal_of(
    holder: Holder, keeper: Holder, pending: PendingOffer, metadata: CredentialIssuerMetadata, grant: Grant
) -> Renewal:
    """How the licence of an offer stays current; one token that was given for several licences serves none of them,
    because each exchange would end it for the others.
    """
    if grant.refresh_token is None or len(pending.licences) != 1:
        return Renewal()
    return Renewal(
        RefreshMeans(
            token=grant.refresh_token,
            sealed_dpop_key=move_sealed_key(grant.sealed_dpop_key, dpop_context(pending), holder, keeper),
            key_context=dpop_context(pending),
            server=authorization_server_of(pending, metadata),
            configuration_id=pending.licences[0].configuration_id,
        )
    )


def authorization_server_of(pending: PendingOffer, metadata: CredentialIssuerMetadata) -> str:
    """The server of the grant, which must be one of the issuer's own list (OpenID4VCI 1.0 section 4.1.1)."""
    named = pending.offer.authorization_server
    if named is None:
        return metadata.authorization_server
    if named not in metadata.authorization_servers:
        raise UnsupportedOfferError(
            "邀请指定的授权服务器不属于发证机构。",
            "The offer names an authorisation server that is not one of the issuer's.",
        )
    return named


def _token_refused(refusal: OAuthRefusal, *, asked_for_tx_code: bool) -> ElicenceError:
    """What a refusal of the token endpoint means to the person (section 6.3)."""
    if refusal.error == "invalid_grant" and asked_for_tx_code and refusal.tx_code_tries_left != 0:
        # The standard has one code for a wrong transaction code and for a dead offer; only our issuers tell more.
        return WrongTxCodeError(refusal.tx_code_tries_left)
    if refusal.error in ("invalid_grant", "access_denied"):
        return OfferGoneError()
    return odd_answer(refusal)
