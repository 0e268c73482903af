"""Use case: ask the issuer of a licence for its current version or for further copies, without its holder's doing.

The card keeps what it has until everything that came has passed the same checks as on receipt; then face, copies,
history and the line in the log change in one transaction. The exchanged token is kept before anything is asked with
it: a process that dies in between loses an attempt, not the means.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from standards.codes.licence_identifier import parse_licence_identifier
from standards.errors import ElicenceError, InvalidInputError
from standards.licence_types.licence_type import type_code_of
from standards.openid4vci import (
    CredentialIssuerMetadata,
    LicenceNews,
    Notification,
    NotificationEvent,
)
from standards.openid4vci.refresh import VALID
from standards.text import Text
from wallet.accounts.account import Holder
from wallet.history.entry import Entry, EntryKind, new_entry_id
from wallet.holdings.errors import LicenceNotFoundError
from wallet.holdings.holding import Face, Holding
from wallet.holdings.licence_state import LicenceState, reason_word
from wallet.holdings.renewal import MAX_PAST, IssuersWord, PastVersion, RefreshMeans, Renewal
from wallet.holdings.sealing import new_holder_key
from wallet.mandates.find_keeper import only_into
from wallet.node import WalletNode
from wallet.receiving.check_received import CheckedLicence, check_received
from wallet.receiving.describe_licence import with_description
from wallet.receiving.errors import CredentialRejectedError
from wallet.receiving.issuer_client import AccessToken
from wallet.receiving.pending_offer import OfferedLicence
from wallet.receiving.receive_offer import BATCH
from wallet.receiving.refusal import RefusedByIssuer
from wallet.receiving.request_copies import request_copies
from wallet.refreshing.changes import changes_between
from wallet.refreshing.exchange_token import Exchanged, exchange_token
from wallet.refreshing.need import FOR_GOOD, LOOK_EVERY, LOOK_JITTER, retry_after
from wallet.refreshing.store import ClaimLostError
from wallet.showing.receive_compact import Wanted, fetch_compact

_LOG = structlog.get_logger(__name__)


class Outcome(StrEnum):
    """What came of an attempt."""

    UPDATED = "updated"
    """A new version took the place of the one before."""
    RENEWED = "renewed"
    """Fresh copies of the same version."""
    TOLD = "told"
    """No copies, but the issuer said where the licence stands."""
    FAILED = "failed"
    """No answer that could be used; tried again later."""
    BUSY = "busy"
    """Another request or worker is at it."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One attempt: whose licence, under which claim, and the state that its card showed."""

    node: WalletNode
    holder: Holder
    holding: Holding
    claim: str
    shown: LicenceState


def refresh_licence(node: WalletNode, holder: Holder, holding_id: str, shown: LicenceState) -> Outcome:
    """Refresh one licence; it is safe to repeat, and two at once end in one.

    Three durable writes; never raises for what an issuer does.

    Args:
        node: stores, feeds and the issuer client.
        holder: whose wallet.
        holding_id: of a licence of this wallet.
        shown: the state that its card shows.
    """
    at = node.clock.now()
    claim = node.refreshes.claim(holder.account_id, holding_id, at)
    if claim is None:
        return Outcome.BUSY
    try:
        holding = node.holdings.get(holder, holding_id, at=at)
        return _attempt(_Attempt(node, holder, holding, claim, shown))
    except (ClaimLostError, LicenceNotFoundError):
        return Outcome.BUSY


def next_look(at: datetime) -> datetime:
    """When a licence about which nothing is to be done is looked at again."""
    return at + LOOK_EVERY + LOOK_JITTER * random.random()  # noqa: S311 -- spreads load, guards nothing


def _attempt(attempt: _Attempt) -> Outcome:
    try:
        return _refresh(attempt)
    except RefusedByIssuer as error:
        _put_off(attempt, error.refusal.retry_after, error.refusal.error)
    except ElicenceError as error:
        _put_off(attempt, None, error.code)
    return Outcome.FAILED


def _refresh(attempt: _Attempt) -> Outcome:
    node, holder, face = attempt.node, attempt.holder, attempt.holding.face
    means = attempt.holding.renewal.means
    if means is None:
        _finish(attempt, attempt.holding.renewal, None)
        return Outcome.TOLD
    trust = node.trust()
    metadata = node.issuer_client.fetch_metadata(face.credential_issuer)
    answer = exchange_token(node, holder, (attempt.holding, attempt.claim), metadata)
    news = answer.news
    if answer.token is None or (news is not None and news.state != VALID):
        return _note_word(attempt, answer)
    offered = _offered(face, means, metadata, news)
    keys = [new_holder_key() for _ in range(min(BATCH, metadata.batch_size))]
    response = request_copies(node, metadata, answer.token, offered, keys)
    notify = _notifier(node, metadata, answer.token, response.notification_id)
    try:
        if len(response.unverified_credentials) > len(keys):
            raise CredentialRejectedError("收到的副本多于请求。", "more copies came than were asked for.")
        checked = check_received(
            response.unverified_credentials,
            keys,
            keeper_of=only_into(holder),
            credential_issuer=metadata.credential_issuer,
            offered=offered,
            trust=trust,
            at=node.clock.now(),
        )
        _check_same_licence(face, checked.face)
    except ElicenceError:
        notify(NotificationEvent.FAILURE)
        raise
    checked = replace(checked, face=with_description(node, checked.face, metadata, offered.configuration_id))
    means = replace(answer.renewal.means or means, configuration_id=offered.configuration_id)
    outcome = _keep(attempt, replace(answer.renewal, means=means), checked)
    wanted = Wanted(offered.configuration_id, attempt.holding.holding_id, checked.face)
    fetch_compact(node, holder, metadata, answer.token, wanted)
    notify(NotificationEvent.ACCEPTED)
    return outcome


def _note_word(attempt: _Attempt, answer: Exchanged) -> Outcome:
    """Keep what the issuer said of a licence of which it gives no copies; an end is a line in the log."""
    at = attempt.node.clock.now()
    renewal, entry = answer.renewal, None
    if answer.news is not None:
        word = IssuersWord(answer.news.state, attempt.shown.value, at)
        renewal = replace(renewal, word=word)
        if word.state in FOR_GOOD:
            entry = _entry(attempt, attempt.holding.face, EntryKind.ENDED, at, reason_word(word.state))
    _finish(attempt, renewal, entry)
    return Outcome.TOLD


def _finish(attempt: _Attempt, renewal: Renewal, entry: Entry | None) -> None:
    attempt.node.refreshes.finish(
        attempt.holder,
        replace(attempt.holding, renewal=renewal),
        attempt.claim,
        reference=None,
        entry=entry,
        look_at=None if renewal.means is None else next_look(attempt.node.clock.now()),
    )


def _offered(
    face: Face, means: RefreshMeans, metadata: CredentialIssuerMetadata, news: LicenceNews | None
) -> OfferedLicence:
    named = None if news is None else news.configuration_id
    configuration = metadata.configurations.get(named or means.configuration_id)
    if configuration is None or type_code_of(configuration.vct) != type_code_of(face.vct):
        raise CredentialRejectedError("证照类型不同。", "it is of another type than the licence.")
    return OfferedLicence(configuration.id, configuration.vct, face.type_name)


def _check_same_licence(before: Face, after: Face) -> None:
    """A refresh brings the same licence to the same holder, in the same version or a later one; nothing else."""
    for name in ("holder_code_type", "holder_number"):
        if before.claim_text(name) != after.claim_text(name):
            raise CredentialRejectedError("持证主体不同。", "it has another holder than the licence.")
    if before.claim_text("licence_identifier") == after.claim_text("licence_identifier"):
        return
    try:
        old = parse_licence_identifier(before.claim_text("licence_identifier"))
        new = parse_licence_identifier(after.claim_text("licence_identifier"))
    except InvalidInputError as error:
        raise CredentialRejectedError("证照标识无效。", "its licence identifier is malformed.") from error
    if (old.type_code, old.authority, old.serial) != (new.type_code, new.authority, new.serial):
        raise CredentialRejectedError("是另一张证照。", "it is another licence.")
    if new.version < old.version:
        raise CredentialRejectedError("是更早的版本。", "it is an earlier version.")


def _keep(attempt: _Attempt, renewal: Renewal, checked: CheckedLicence) -> Outcome:
    node, holder, before = attempt.node, attempt.holder, attempt.holding
    at = node.clock.now()
    changes = changes_between(before.face, checked.face)
    old, new = (face.claim_text("licence_identifier") for face in (before.face, checked.face))
    is_new = bool(changes) or old != new
    past = (PastVersion(old, at, changes), *renewal.past)[:MAX_PAST] if is_new else renewal.past
    after = replace(
        before,
        face=checked.face,
        copies=checked.copies,
        renewal=replace(renewal, word=None, past=past, refreshed_at=at),
    )
    node.refreshes.finish(
        holder,
        after,
        attempt.claim,
        reference=node.references.of("licence", holder.account_id, checked.face.reference),
        entry=_entry(attempt, checked.face, EntryKind.UPDATED, at) if is_new else None,
        look_at=next_look(at),
    )
    return Outcome.UPDATED if is_new else Outcome.RENEWED


def _entry(attempt: _Attempt, face: Face, kind: EntryKind, at: datetime, reason: Text | None = None) -> Entry:
    return Entry(
        entry_id=new_entry_id(),
        at=at,
        kind=kind,
        about=attempt.holding.holding_id,
        party=face.issuer_name,
        licences=(face.type_name,),
        reason=reason,
    )


def _notifier(
    node: WalletNode, metadata: CredentialIssuerMetadata, token: AccessToken, notification_id: str | None
) -> Callable[[NotificationEvent], None]:
    def notify(event: NotificationEvent) -> None:
        if notification_id is not None:
            node.issuer_client.notify(metadata, token, Notification(notification_id, event))

    return notify


def _put_off(attempt: _Attempt, asked: timedelta | None, why: str) -> None:
    """Leave the issuer alone for a while; the card stays as it was."""
    node, holder, holding_id = attempt.node, attempt.holder, attempt.holding.holding_id
    # Read again: a token that was kept in the middle must not be lost.
    current = node.holdings.get(holder, holding_id, at=node.clock.now()).renewal
    failures = current.failures + 1
    node.refreshes.keep(holder, holding_id, attempt.claim, replace(current, failures=failures))
    wait = retry_after(failures, asked)
    look_at = next_look(node.clock.now() + wait - LOOK_EVERY)
    node.refreshes.release(holder.account_id, holding_id, attempt.claim, look_at)
    _LOG.info("refresh-put-off", why=why, failures=failures, seconds=wait.total_seconds())
