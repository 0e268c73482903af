"""The person says yes: fetch the licences of an offer, check them, and keep all of them or none.

Nothing is stored of a credential before every one has passed. What survives a failure in the middle is the access
token, so that a repeat after a lost answer still ends with the licence in the wallet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from keys.sealed_key import create_sealed_key, open_sealed_key
from standards.errors import ElicenceError
from standards.openid4vci import (
    CredentialIssuerMetadata,
    Notification,
    NotificationEvent,
    TokenRequest,
)
from wallet.accounts.account import Holder
from wallet.foreign.check_foreign import check_foreign
from wallet.history.entry import Entry, EntryKind, new_entry_id
from wallet.holdings.holding import Holding, new_id
from wallet.holdings.renewal import RefreshMeans, Renewal
from wallet.holdings.sealing import move_sealed_key, new_holder_key
from wallet.mandates.find_keeper import keeper_for
from wallet.mandates.where_kept import where_kept
from wallet.node import WalletNode
from wallet.receiving.check_received import CheckedLicence, check_received
from wallet.receiving.describe_licence import with_description
from wallet.receiving.errors import (
    AnotherPersonsLicenceError,
    CredentialRejectedError,
    NotRepresentedError,
    OfferGoneError,
    TxCodeRequiredError,
    UnsupportedOfferError,
    WrongTxCodeError,
)
from wallet.receiving.issuer_client import AccessToken
from wallet.receiving.pending_offer import Grant, OfferState, PendingOffer
from wallet.receiving.refusal import OAuthRefusal, RefusedByIssuer
from wallet.receiving.request_copies import odd_answer, request_copies
from wallet.receiving.store import Arrival
from wallet.showing.receive_compact import Wanted, fetch_compact

BATCH: Final = 5
"""Copies asked for where the issuer makes batches: each window sees a fresh one before one must be shown twice."""

_DEFAULT_TOKEN_LIFETIME: Final = timedelta(minutes=5)
_LAST_MOMENT: Final = timedelta(seconds=5)
"""A token that ends sooner than this is not used any more."""


@dataclass(frozen=True, slots=True)
class Received:
    """What came of an offer.

    Attributes:
        kept: the licences: into whose wallet each went, opened, and its id there.
        again: whether they had arrived by an earlier attempt already.
    """

    kept: tuple[tuple[Holder, str], ...]
    again: bool = False


def receive_offer(node: WalletNode, holder: Holder, offer_id: str, tx_code: str | None) -> Received:
    """Receive all licences of an offer (six durable writes when all goes well).

    Repeating it is safe: what arrived before is answered again, and two requests at once end in one receipt.

    Args:
        node: stores, feeds and the issuer client.
        holder: who received the offer, in the person's own wallet; each licence goes into its holder's.
        offer_id: of an offer of this wallet.
        tx_code: what the person typed, or ``None``.

    Raises:
        OfferNotFoundError, OfferGoneError, OfferBusyError: the offer cannot be taken (any more, or now).
        TxCodeRequiredError, WrongTxCodeError: the transaction code.
        CredentialRejectedError, AnotherPersonsLicenceError, NotRepresentedError: what came was not kept.
        IssuerUnreachableError, IssuerAnswerError, IssuerAddressError, TrustUnavailableError: try again later.
    """
    pending = node.offers.get(holder, offer_id)
    if pending.state is OfferState.RECEIVED:
        return Received(where_kept(node, holder, pending.holding_ids), again=True)
    if pending.state is OfferState.ENDED or pending.expires_at <= node.clock.now():
        raise OfferGoneError
    tx_code = (tx_code or "").strip() or None
    if pending.grant is None and pending.offer.tx_code is not None and tx_code is None:
        raise TxCodeRequiredError(pending.offer.tx_code.description)
    claim = node.offers.claim(holder, offer_id, node.clock.now())
    try:
        return _receive_claimed(node, holder, node.offers.get(holder, offer_id), claim, tx_code)
    except (OfferGoneError, AnotherPersonsLicenceError, NotRepresentedError):
        node.offers.end(holder, offer_id, claim)
        raise
    except BaseException:
        node.offers.release(holder, offer_id, claim)
        raise


def _receive_claimed(
    node: WalletNode, holder: Holder, pending: PendingOffer, claim: str, tx_code: str | None
) -> Received:
    trust = node.trust()
    metadata = node.issuer_client.fetch_metadata(pending.offer.credential_issuer)
    token, grant = _access_token(node, holder, pending, metadata, claim=claim, tx_code=tx_code)
    keeper_of = keeper_for(node, holder)
    checked: list[CheckedLicence] = []
    notification_ids: list[str] = []
    for offered in pending.licences:
        keys = [new_holder_key() for _ in range(min(BATCH, metadata.batch_size))]
        response = request_copies(node, metadata, token, offered, keys)
        if response.notification_id is not None:
            notification_ids.append(response.notification_id)
        try:
            if len(response.unverified_credentials) > len(keys):
                raise CredentialRejectedError("收到的副本多于请求。", "more copies came than were asked for.")
            if pending.issuer.foreign:
                licence = check_foreign(
                    response.unverified_credentials,
                    keys,
                    holder=holder,
                    credential_issuer=metadata.credential_issuer,
                    offered=offered,
                    foreign=node.foreign,
                    at=node.clock.now(),
                )
            else:
                licence = check_received(
                    response.unverified_credentials,
                    keys,
                    keeper_of=keeper_of,
                    credential_issuer=metadata.credential_issuer,
                    offered=offered,
                    trust=trust,
                    at=node.clock.now(),
                )
        except ElicenceError:
            _notify(node, metadata, token, notification_ids, NotificationEvent.FAILURE)
            raise
        face = with_description(node, licence.face, metadata, offered.configuration_id)
        checked.append(replace(licence, face=face))
    arrived = [(licence, _renewal(holder, licence.keeper, pending, metadata, grant)) for licence in checked]
    received = _keep(node, holder, pending, claim, arrived)
    for (keeper, holding_id), licence, offered in zip(received.kept, checked, pending.licences, strict=True):
        fetch_compact(
            node,
            keeper,
            metadata,
            token,
            Wanted(offered.configuration_id, holding_id, licence.face),
        )
    _notify(node, metadata, token, notification_ids, NotificationEvent.ACCEPTED)
    return received


def _access_token(
    node: WalletNode,
    holder: Holder,
    pending: PendingOffer,
    metadata: CredentialIssuerMetadata,
    *,
    claim: str,
    tx_code: str | None,
) -> tuple[AccessToken, Grant]:
    """The token that an earlier attempt got, while it lasts; else a new one for the pre-authorised code."""
    context = _dpop_context(pending)
    grant, at = pending.grant, node.clock.now()
    if grant is not None:
        if grant.expires_at - _LAST_MOMENT <= at:
            raise OfferGoneError
        signer = open_sealed_key("dpop", grant.sealed_dpop_key, holder.envelope, context)
        return AccessToken(grant.access_token, grant.token_type, signer), grant
    offer = pending.offer
    if offer.pre_authorized_code is None:
        raise OfferGoneError
    server = node.issuer_client.fetch_authorization_server(_authorization_server(pending, metadata))
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


def _dpop_context(pending: PendingOffer) -> str:
    return f"offer {pending.offer_id} dpop"


def _renewal(
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
            sealed_dpop_key=move_sealed_key(grant.sealed_dpop_key, _dpop_context(pending), holder, keeper),
            key_context=_dpop_context(pending),
            server=_authorization_server(pending, metadata),
            configuration_id=pending.licences[0].configuration_id,
        )
    )


def _authorization_server(pending: PendingOffer, metadata: CredentialIssuerMetadata) -> str:
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


def _keep(
    node: WalletNode,
    holder: Holder,
    pending: PendingOffer,
    claim: str,
    arrived: Sequence[tuple[CheckedLicence, Renewal]],
) -> Received:
    at = node.clock.now()
    arrivals = []
    for licence, renewal in arrived:
        keeper = licence.keeper
        reference = node.references.of("licence", keeper.account_id, licence.face.reference)
        holding = Holding(new_id(), licence.face, at, licence.copies, renewal=renewal)
        arrivals.append(Arrival(keeper, holding, reference))
    keepers = {arrival.keeper.account_id: arrival.keeper for arrival in arrivals}
    entries = [
        (
            keeper,
            Entry(
                entry_id=new_entry_id(),
                at=at,
                kind=EntryKind.RECEIVED,
                about=pending.offer_id,
                party=arrived[0][0].face.issuer_name,
                region=pending.issuer.region,
                licences=tuple(
                    arrival.holding.face.type_name
                    for arrival in arrivals
                    if arrival.keeper.account_id == keeper.account_id
                ),
            ),
        )
        for keeper in keepers.values()
    ]
    node.offers.complete(holder, pending.offer_id, claim, arrivals, entries)
    return Received(tuple((arrival.keeper, arrival.holding.holding_id) for arrival in arrivals))


def _notify(
    node: WalletNode,
    metadata: CredentialIssuerMetadata,
    token: AccessToken,
    notification_ids: Sequence[str],
    event: NotificationEvent,
) -> None:
    for notification_id in notification_ids:
        node.issuer_client.notify(metadata, token, Notification(notification_id, event))


def _token_refused(refusal: OAuthRefusal, *, asked_for_tx_code: bool) -> ElicenceError:
    """What a refusal of the token endpoint means to the person (section 6.3)."""
    if refusal.error == "invalid_grant" and asked_for_tx_code and refusal.tx_code_tries_left != 0:
        # The standard has one code for a wrong transaction code and for a dead offer; only our issuers tell more.
        return WrongTxCodeError(refusal.tx_code_tries_left)
    if refusal.error in ("invalid_grant", "access_denied"):
        return OfferGoneError()
    return odd_answer(refusal)
