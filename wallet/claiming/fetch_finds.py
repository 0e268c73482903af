"""Fetch what a library granted, licence by licence: each is checked like any other and kept, or its refusal told.

One licence that fails holds up no other. A step ends after :data:`STEP_TIME`; the page asks for the next.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from keys.sealed_key import open_sealed_key
from standards.errors import ElicenceError
from standards.licence_types import load_catalogue
from standards.openid4vci import (
    CredentialIssuerMetadata,
    CredentialResponse,
    DeferredResponse,
    Notification,
    NotificationEvent,
)
from standards.text import Text
from wallet.accounts.account import Holder
from wallet.claiming.renew_access import with_access
from wallet.claiming.search import PREPARING, Fate, Find, Search, SearchState
from wallet.foreign.check_foreign import check_foreign
from wallet.history.entry import Entry, EntryKind, new_entry_id
from wallet.holdings.holding import Holding, new_id
from wallet.holdings.renewal import RefreshMeans, Renewal
from wallet.holdings.sealing import HolderKey, move_sealed_key, new_holder_key, reopen_key
from wallet.mandates.find_keeper import keeper_for
from wallet.node import WalletNode
from wallet.receiving.check_received import CheckedLicence, check_received
from wallet.receiving.describe_licence import with_description
from wallet.receiving.errors import (
    CredentialRejectedError,
    IssuerAddressError,
    IssuerAnswerError,
    IssuerUnreachableError,
)
from wallet.receiving.issuer_client import AccessToken
from wallet.receiving.pending_offer import OfferedLicence
from wallet.receiving.receive_offer import BATCH
from wallet.receiving.request_copies import ask_for_copies, ask_for_deferred
from wallet.receiving.store import Arrival
from wallet.showing.receive_compact import Wanted, fetch_compact
from wallet.trust import TrustUnavailableError

STEP_TIME: Final = timedelta(seconds=5)
"""How long one step goes on asking."""

_LONGEST_WAIT: Final = timedelta(days=1)
_TRY_AGAIN: Final = timedelta(minutes=5)
_RETRIED: Final = (IssuerUnreachableError, IssuerAnswerError, IssuerAddressError, TrustUnavailableError)
"""Also a redirect or an address that is not fetched from: a gateway that is being repaired must not end a promise."""


@dataclass(frozen=True, slots=True)
class _Step:
    node: WalletNode
    holder: Holder
    search: Search
    token: AccessToken
    metadata: dict[str, CredentialIssuerMetadata]


def fetch_finds(node: WalletNode, holder: Holder, search_id: str, *, again: bool = False) -> Search:
    """One step (a durable write and a transaction for each licence, one more to begin).

    Args:
        node: stores, feeds, the guarded clients.
        holder: the person's own wallet.
        search_id: of a search of this wallet.
        again: whether what failed is asked for once more.

    Raises:
        SearchNotFoundError: this wallet has none.
        SearchBusyError: another request is at it.
    """
    at = node.clock.now()
    search = node.searches.get(holder, search_id, at)
    if search.state is not SearchState.FETCHING:
        return search
    claim = node.searches.claim(holder, search_id, SearchState.FETCHING, at)
    search = node.searches.get(holder, search_id, at)
    if again:
        finds = tuple(
            replace(one, fate=Fate.WAITING, told=None) if one.fate is Fate.FAILED else one
            for one in search.finds
        )
        search = replace(search, finds=finds)
    try:
        search = _go_on(node, holder, search, claim)
    finally:
        node.searches.save(holder, search, claim, release=True)
    return search


def _go_on(node: WalletNode, holder: Holder, search: Search, claim: str) -> Search:
    began = node.clock.now()
    try:
        search = with_access(node, holder, search, claim)
    except _RETRIED as error:
        return _postponed(search, began, error.message)
    connection = search.connection
    if connection.access_token is None or (connection.expires_at or began) <= began:
        return _without_access(search)
    signer = open_sealed_key("search", connection.sealed_key, holder.envelope, search.key_context)
    token = AccessToken(connection.access_token, connection.token_type, signer)
    described: dict[str, CredentialIssuerMetadata] = {}
    for place in search.open_finds(began):
        if node.clock.now() - began > STEP_TIME:
            break
        step = _Step(node, holder, search, token, described)
        search = search.with_find(place, _fetched(step, search.finds[place]))
        node.searches.save(holder, search, claim)
    if not search.count(Fate.WAITING, Fate.LATER, Fate.FAILED):
        search = replace(search, state=SearchState.DONE)
    return search


def _without_access(search: Search) -> Search:
    """The token has run out: what did not come needs another sign-in at the library."""
    told = Text("授权已过期，请重新查找。", "The access has run out; search again.")
    finds = tuple(
        replace(one, fate=Fate.FAILED, told=told)
        if one.fate in (Fate.WAITING, Fate.LATER, Fate.FAILED)
        else one
        for one in search.finds
    )
    return replace(search, finds=finds, state=SearchState.DONE)


def _postponed(search: Search, at: datetime, told: Text) -> Search:
    """The issuer cannot be reached: what it promised is asked for again in a while."""
    finds = tuple(
        replace(one, not_before=at + _TRY_AGAIN, told=told) if one.fate is Fate.LATER else one
        for one in search.finds
    )
    return replace(search, finds=finds)


def _fetched(step: _Step, find: Find) -> Find:
    try:
        return _fetch(step, find)
    except _RETRIED as error:
        if find.transaction_id is not None:
            # It was promised; nobody has to press a button for it.
            return replace(find, not_before=step.node.clock.now() + _TRY_AGAIN, told=error.message)
        return replace(find, fate=Fate.FAILED, told=error.message)
    except ElicenceError as error:
        return replace(find, fate=Fate.REFUSED, told=error.message)


def _fetch(step: _Step, find: Find) -> Find:
    node, holder = step.node, step.holder
    if find.issuer not in step.metadata:
        step.metadata[find.issuer] = node.issuer_client.fetch_metadata(find.issuer)
    metadata = step.metadata[find.issuer]
    configuration = metadata.configurations.get(find.configuration_id)
    if configuration is None:
        raise CredentialRejectedError("本钱包不认识这种证照格式。", "this wallet does not know its format.")
    known = load_catalogue().find_vct(configuration.vct)
    offered = OfferedLicence(
        configuration.id, configuration.vct, known.name if known is not None else find.name
    )
    keys: list[HolderKey]
    if find.transaction_id is None:
        keys = [new_holder_key() for _ in range(min(BATCH, metadata.batch_size))]
        answer = ask_for_copies(
            node, metadata, step.token, keys, configuration_id=configuration.id, identifier=find.identifier
        )
    else:
        keys = [reopen_key(holder, sealed) for sealed in find.sealed_keys]
        answer = ask_for_deferred(node, metadata, step.token, find.transaction_id)
    if isinstance(answer, DeferredResponse):
        return _later(step, replace(find, name=offered.name), answer, keys)
    return _arrived(step, find, offered, answer, keys)


def _later(step: _Step, find: Find, answer: DeferredResponse, keys: list[HolderKey]) -> Find:
    wait = min(timedelta(seconds=answer.interval), _LONGEST_WAIT)
    return replace(
        find,
        fate=Fate.LATER,
        transaction_id=answer.transaction_id,
        sealed_keys=tuple(key.sealed_under(step.holder) for key in keys),
        not_before=step.node.clock.now() + wait,
        told=PREPARING,
    )


def _arrived(
    step: _Step, find: Find, offered: OfferedLicence, answer: CredentialResponse, keys: list[HolderKey]
) -> Find:
    node, metadata = step.node, step.metadata[find.issuer]
    try:
        if len(answer.unverified_credentials) > len(keys):
            raise CredentialRejectedError("收到的副本多于请求。", "more copies came than were asked for.")
        licence = _check(step, answer, keys, offered, metadata)
    except ElicenceError:
        _notify(step, metadata, answer, NotificationEvent.FAILURE)
        raise
    face = with_description(node, licence.face, metadata, offered.configuration_id)
    found = _keep(step, find, replace(licence, face=face), answer)
    _notify(step, metadata, answer, NotificationEvent.ACCEPTED)
    return found


def _check(
    step: _Step,
    answer: CredentialResponse,
    keys: list[HolderKey],
    offered: OfferedLicence,
    metadata: CredentialIssuerMetadata,
) -> CheckedLicence:
    node = step.node
    if step.search.connection.foreign:
        return check_foreign(
            answer.unverified_credentials,
            keys,
            holder=step.holder,
            credential_issuer=metadata.credential_issuer,
            offered=offered,
            foreign=node.foreign,
            at=node.clock.now(),
        )
    return check_received(
        answer.unverified_credentials,
        keys,
        keeper_of=keeper_for(node, step.holder),
        credential_issuer=metadata.credential_issuer,
        offered=offered,
        trust=node.trust(),
        at=node.clock.now(),
    )


def _keep(step: _Step, find: Find, licence: CheckedLicence, answer: CredentialResponse) -> Find:
    node, keeper, face = step.node, licence.keeper, licence.face
    at = node.clock.now()
    holding_id = new_id()
    renewal = _renewal(step, find, keeper, answer)
    holding = Holding(holding_id, face, at, licence.copies, renewal=renewal)
    reference = node.references.of("licence", keeper.account_id, face.reference)
    known = node.searches.has(keeper, reference)
    entry = Entry(
        entry_id=new_entry_id(),
        at=at,
        kind=EntryKind.RECEIVED,
        about=holding_id,
        party=face.issuer_name,
        region=step.search.library_name,
        licences=(face.type_name,),
        holdings=(holding_id,),
    )
    node.searches.keep(Arrival(keeper, holding, reference), entry)
    wanted = Wanted(find.configuration_id, holding_id, face, find.identifier)
    fetch_compact(node, keeper, step.metadata[find.issuer], step.token, wanted)
    return replace(
        find,
        fate=Fate.RENEWED if known else Fate.RECEIVED,
        name=face.type_name,
        whose=keeper.subject.name or face.claim_text("holder_name"),
        holding_id=holding_id if keeper.account_id == step.holder.account_id else None,
        told=None,
        transaction_id=None,
        sealed_keys=(),
        not_before=None,
    )


def _renewal(step: _Step, find: Find, keeper: Holder, answer: CredentialResponse) -> Renewal:
    """Our issuers give each licence a refresh token of its own: one for all would end with its first use."""
    connection, context = step.search.connection, step.search.key_context
    own = answer.refresh_token or (connection.refresh_token if len(step.search.finds) == 1 else None)
    if own is None or step.token.token_type != "DPoP":
        return Renewal()
    return Renewal(
        RefreshMeans(
            token=own,
            sealed_dpop_key=move_sealed_key(connection.sealed_key, context, step.holder, keeper),
            key_context=context,
            # An issuer refreshes what it issued at its own server, whoever gave access to it; an offer's token is of
            # the server that gave it.
            server=find.issuer if answer.refresh_token is not None else connection.server,
            configuration_id=find.configuration_id,
        )
    )


def _notify(
    step: _Step, metadata: CredentialIssuerMetadata, answer: CredentialResponse, event: NotificationEvent
) -> None:
    if answer.notification_id is not None:
        notification = Notification(answer.notification_id, event)
        step.node.issuer_client.notify(metadata, step.token, notification)
