"""A link comes in: read the offer behind it, find out who offers what, and keep it for the person to decide."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from standards.licence_types import load_catalogue
from standards.openid4vci import CredentialIssuerMetadata, CredentialOffer, OfferReference, parse_offer_uri
from standards.single_line import is_single_line
from standards.text import Text
from wallet.accounts.account import Holder
from wallet.node import WalletNode
from wallet.receiving.errors import OfferNeedsSignInError, UnsupportedOfferError
from wallet.receiving.issuer_identity import identify_issuer
from wallet.receiving.pending_offer import LIFETIME, OfferedLicence, OfferState, PendingOffer

MAX_LICENCES: Final = 10
"""Most licences of one offer: all of them are fetched within one lease."""


def read_offer(node: WalletNode, holder: Holder, link: str) -> PendingOffer:
    """The offer of a link, stored as ``waiting``; one that came by the same link before is found again.

    Args:
        node: stores, feeds and the guarded client.
        holder: whose wallet.
        link: ``openid-credential-offer://…`` or the wallet's own link, by value or by reference; untrusted.

    Raises:
        InvalidCredentialOfferError: not such a link.
        OfferGoneError: nothing is behind the reference any more.
        OfferNeedsSignInError: it wants a sign-in at its issuer (``wallet.claiming.follow_offer``).
        UnsupportedOfferError: it offers nothing that this wallet can receive.
        IssuerUnreachableError, IssuerAnswerError, IssuerAddressError: the issuer could not be asked.
        UnknownIssuerError: no trust list knows who offers.
        TrustUnavailableError: nobody can be checked at the moment.
    """
    unverified = parse_offer_uri(link)
    reference = node.references.of("offer", holder.account_id, link.strip().partition("?")[2])
    known = node.offers.find_by_link(holder, reference)
    if known is not None:
        return known
    offer = _with_issuers_words_only(offer_behind(node, unverified), unverified)
    if offer.pre_authorized_code is None:
        raise OfferNeedsSignInError
    at = node.clock.now()
    issuer = identify_issuer(offer.credential_issuer, node.trust(), at, node.foreign)
    metadata = node.issuer_client.fetch_metadata(offer.credential_issuer)
    pending = PendingOffer(
        offer_id=secrets.token_urlsafe(16),
        state=OfferState.WAITING,
        offer=offer,
        issuer=issuer,
        licences=_offered(offer, metadata),
        expires_at=at + LIFETIME,
    )
    return node.offers.add(holder, pending, reference)


def offer_behind(node: WalletNode, unverified: CredentialOffer | OfferReference) -> CredentialOffer:
    """The offer itself, fetched where the link only refers to it; raises as :func:`read_offer`."""
    return (
        node.issuer_client.fetch_offer(unverified) if isinstance(unverified, OfferReference) else unverified
    )


def _with_issuers_words_only(
    offer: CredentialOffer, unverified: CredentialOffer | OfferReference
) -> CredentialOffer:
    """The offer without its description of the transaction code, unless the issuer's own origin served it.

    Nothing signs an offer: whoever makes a link writes what he likes into it, and the page shows it under the name of
    the authority ("send the code to this number").
    """
    if offer.tx_code is None or (
        isinstance(unverified, OfferReference)
        and _origin(unverified.unverified_uri) == _origin(offer.credential_issuer)
        and is_single_line(offer.tx_code.description or "")
    ):
        return offer
    return replace(offer, tx_code=replace(offer.tx_code, description=None))


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower()


def _offered(offer: CredentialOffer, metadata: CredentialIssuerMetadata) -> tuple[OfferedLicence, ...]:
    if len(offer.credential_configuration_ids) > MAX_LICENCES:
        raise UnsupportedOfferError(
            f"一份邀请最多领取 {MAX_LICENCES} 张证照。",
            f"At most {MAX_LICENCES} licences are received by one offer.",
        )
    catalogue = load_catalogue()
    offered = []
    for configuration_id in offer.credential_configuration_ids:
        configuration = metadata.configurations.get(configuration_id)
        if configuration is None:
            raise UnsupportedOfferError(
                "邀请中有本钱包不认识的证照格式。",
                "The offer names a kind of credential that this wallet cannot keep.",
            )
        known = catalogue.find_vct(configuration.vct)
        name = known.name if known is not None else configuration.name
        offered.append(
            OfferedLicence(
                configuration_id, configuration.vct, name or Text(configuration_id, configuration_id)
            )
        )
    return tuple(offered)
