"""The person says yes: fetch the licences of an offer, check them, and keep all of them or none.

Nothing is stored of a credential before every one has passed. What the issuer delivers later is waited for from then on
(``wallet.receiving.deferred_offer``). What survives a failure in the middle is the access
token, so that a repeat after a lost answer still ends with the licence in the wallet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from pymongo.client_session import ClientSession

from standards.errors import ElicenceError
from standards.openid4vci import (
    CredentialIssuerMetadata,
    DeferredResponse,
    Notification,
    NotificationEvent,
)
from wallet.accounts.account import Holder
from wallet.claiming.search import Find, Search
from wallet.foreign.check_foreign import check_foreign
from wallet.history.entry import Entry, EntryKind, new_entry_id
from wallet.holdings.holding import Holding, new_id
from wallet.holdings.renewal import Renewal
from wallet.holdings.sealing import new_holder_key
from wallet.mandates.find_keeper import keeper_for
from wallet.mandates.where_kept import where_kept
from wallet.node import WalletNode
from wallet.receiving.check_received import CheckedLicence, check_received
from wallet.receiving.deferred_offer import find_of, search_of
from wallet.receiving.describe_licence import with_description
from wallet.receiving.errors import (
    AnotherPersonsLicenceError,
    CredentialRejectedError,
    NotRepresentedError,
    OfferGoneError,
    TxCodeRequiredError,
)
from wallet.receiving.issuer_client import AccessToken
from wallet.receiving.offer_token import access_token_of, renewal_of
from wallet.receiving.pending_offer import OfferedLicence, OfferState, PendingOffer
from wallet.receiving.request_copies import ask_for_copies
from wallet.receiving.store import Arrival
from wallet.showing.receive_compact import Wanted, fetch_compact

BATCH: Final = 5
"""Copies asked for where the issuer makes batches: each window sees a fresh one before one must be shown twice."""


@dataclass(frozen=True, slots=True)
class Received:
    """What came of an offer.

    Attributes:
        kept: the licences: into whose wallet each went, opened, and its id there.
        again: whether they had arrived by an earlier attempt already.
        waiting: id of the search that waits for what the issuer delivers later, or ``None``.
    """

    kept: tuple[tuple[Holder, str], ...]
    again: bool = False
    waiting: str | None = None


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
        later = node.searches.find(holder, offer_id, node.clock.now())
        return Received(
            where_kept(node, holder, pending.holding_ids),
            again=True,
            waiting=None if later is None else later.search_id,
        )
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
    token, grant = access_token_of(node, holder, pending, metadata, claim=claim, tx_code=tx_code)
    keeper_of = keeper_for(node, holder)
    checked: list[CheckedLicence] = []
    came: list[OfferedLicence] = []
    later: list[Find] = []
    notification_ids: list[str] = []
    for offered in pending.licences:
        keys = [new_holder_key() for _ in range(min(BATCH, metadata.batch_size))]
        response = ask_for_copies(node, metadata, token, keys, configuration_id=offered.configuration_id)
        if isinstance(response, DeferredResponse):
            later.append(find_of(holder, pending, offered, response, keys, at=node.clock.now()))
            continue
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
        came.append(offered)
    arrived = [(licence, renewal_of(holder, licence.keeper, pending, metadata, grant)) for licence in checked]
    search = search_of(pending, metadata, grant, later, node.clock.now()) if later else None
    received = _keep(node, holder, pending, claim, arrived, search=search)
    for (keeper, holding_id), licence, offered in zip(received.kept, checked, came, strict=True):
        fetch_compact(
            node,
            keeper,
            metadata,
            token,
            Wanted(offered.configuration_id, holding_id, licence.face),
        )
    _notify(node, metadata, token, notification_ids, NotificationEvent.ACCEPTED)
    return received


def _keep(
    node: WalletNode,
    holder: Holder,
    pending: PendingOffer,
    claim: str,
    arrived: Sequence[tuple[CheckedLicence, Renewal]],
    *,
    search: Search | None,
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

    def wait_for(session: ClientSession) -> None:
        if search is not None:
            reference = node.references.of("deferred offer", search.search_id)
            node.searches.insert(holder, search, reference, session)

    node.offers.complete(holder, pending.offer_id, claim, arrivals, entries, also=wait_for)
    return Received(
        tuple((arrival.keeper, arrival.holding.holding_id) for arrival in arrivals),
        waiting=None if search is None else search.search_id,
    )


def _notify(
    node: WalletNode,
    metadata: CredentialIssuerMetadata,
    token: AccessToken,
    notification_ids: Sequence[str],
    event: NotificationEvent,
) -> None:
    for notification_id in notification_ids:
        node.issuer_client.notify(metadata, token, Notification(notification_id, event))
