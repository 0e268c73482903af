"""Use case: a window redeems a code, once, and gets what its item needs; the phone and the log tell of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from standards.errors import ElicenceError
from standards.jose import b64url_encode
from standards.licence_types.licence_type import type_code_of
from standards.mandate import GrantRefusal, acting_extra
from standards.show_code import UnverifiedShowCode, parse_show_code, verify_show_code
from standards.show_code.errors import CodeTimeError, DelegationTimeError, ShowCodeError
from standards.show_code.redemption import RedemptionAnswer, UnverifiedRedemption
from standards.show_code.wallet_place import redeem_url
from standards.text import Text
from wallet.accounts.account import Holder
from wallet.accounts.acting import Deed
from wallet.accounts.errors import RightEndedError
from wallet.accounts.open_account import open_unattended
from wallet.accounts.subject import subject_of
from wallet.history.entry import Entry, EntryKind, SeenField, new_entry_id
from wallet.holdings.errors import LicenceNotFoundError
from wallet.holdings.list_licences import Card, show_licence
from wallet.mandates.errors import GrantRefusedError
from wallet.mandates.open_right import act_for
from wallet.mandates.show_as import Occasion, acting_of, give_back_use, refusal, take_use
from wallet.node import WalletNode
from wallet.showing.compact_copy import open_compact
from wallet.showing.delegated import CodeUse, Delegated
from wallet.showing.disclosed import disclosures_for, identity_disclosure, present
from wallet.showing.errors import (
    CodeExpiredError,
    CodeNotCoveredError,
    CodeNotKnownError,
    CodeOfEndedLicenceError,
    CodeUsedError,
    CodeWithdrawnError,
    RedemptionRejectedError,
)
from wallet.showing.make_delegations import name_context
from wallet.showing.trusted_window import TrustedWindow, trust_window

_BEYOND: Final = frozenset({GrantRefusal.LICENCE_TYPE, GrantRefusal.SERVICE_ITEM, GrantRefusal.DIVISION})
"""What another window, or the same one for another item, may well be shown."""

CLOCK_SKEW: Final = timedelta(seconds=10)
"""How far a phone's clock may differ from ours; it heard ours when it asked for its delegation."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """A code with whom it belongs to: the holder's wallet as opened for whoever holds the phone, and that person's."""

    code: UnverifiedShowCode
    delegated: Delegated
    holder: Holder
    own: Holder
    window: TrustedWindow

    @property
    def code_id(self) -> str:
        return self.code.code_id


def redeem_code(node: WalletNode, text: str, redemption: UnverifiedRedemption) -> RedemptionAnswer:
    """Redeem a code (three durable writes, and one for each copy that is shown).

    The order matters: who asks and for which code; whether the code holds; used once (compare-and-set); the line in the
    log; only then is anything presented. An attempt in vain is a line in the log and told to the phone too.

    Args:
        node: stores and trust.
        text: the code as scanned.
        redemption: the window's request, parsed.

    Raises:
        RedemptionRejectedError, VerifierNotTrustedError, TrustUnavailableError: the request, or who asks; nothing of
            the code was looked at.
        CodeNotKnownError, CodeExpiredError, CodeUsedError, CodeWithdrawnError, CodeOfEndedLicenceError: the code.
    """
    try:
        code = parse_show_code(text)
    except ShowCodeError as error:
        raise RedemptionRejectedError(error.message.zh, error.message.en, where="/code") from error
    window = trust_window(
        redemption,
        audience=redeem_url(node.settings.wallet_url.rstrip("/")),
        code_id=code.code_id,
        trust=node.trust(),
        at=node.clock.now(),
    )
    delegated = node.delegations.find(b64url_encode(code.delegation.digest))
    if delegated is None:
        raise CodeNotKnownError
    shown = _shown(node, code, delegated, window)
    try:
        card = _check(node, shown)
        _check_right(node, shown, card)
        return _redeem(node, shown, card)
    except ElicenceError as error:
        _refused(node, shown.holder, shown, error.message)
        raise


def _shown(node: WalletNode, code: UnverifiedShowCode, delegated: Delegated, window: TrustedWindow) -> _Shown:
    try:
        holder, own = _open(node, delegated)
    except RightEndedError as error:
        holder = _unattended(node, delegated.account_id)
        _refused(node, holder, _Shown(code, delegated, holder, holder, window), error.message)
        raise CodeWithdrawnError(error.message) from error
    return _Shown(code, delegated, holder, own, window)


def _check_right(node: WalletNode, shown: _Shown, card: Card) -> None:
    """The limits of a grant, against this window and its item: the rule that the window applies too."""
    window = shown.window
    occasion = Occasion(window.request.item, window.division, node.clock.now())
    refused = refusal(shown.holder, type_code_of(card.holding.face.vct), occasion)
    if refused in _BEYOND:
        raise CodeNotCoveredError(refused.message)
    if refused is not None:
        raise CodeWithdrawnError(refused.message)


def _unattended(node: WalletNode, account_id: str) -> Holder:
    account = node.accounts.get_many([account_id]).get(account_id)
    if account is None:
        raise CodeNotKnownError
    return open_unattended(account, node.account_envelope)


def _open(node: WalletNode, delegated: Delegated) -> tuple[Holder, Holder]:
    """Whose licence it is as whoever holds the phone acts for them, and that person: the right is looked up now.

    Raises:
        RightEndedError: the person acted for the holder and may not any more.
    """
    own = _unattended(node, delegated.person_account_id)
    name = own.envelope.open(delegated.sealed_name, name_context(delegated.digest)).decode()
    own = replace(own, person=replace(own.person, name=name))
    own = replace(own, subject=subject_of(own.person))
    if delegated.right_id is None:
        return own, own
    holder = act_for(node, own, delegated.account_id, delegated.right_id)
    if not holder.acting.may(Deed.SHOW):
        raise RightEndedError
    return holder, own


def _check(node: WalletNode, shown: _Shown) -> Card:
    """The licence, once the code holds: made by the delegated phone, fresh, of a licence still in the wallet and good."""
    at, delegated = node.clock.now(), shown.delegated
    copy = node.compact_copies.get(shown.holder, delegated.copy_id)
    if copy is None:
        raise CodeWithdrawnError
    opened = open_compact(shown.holder, copy)
    if opened.data != shown.code.licence.message.data:
        raise CodeNotKnownError
    holder_key = opened.licence.unverified.holder_key
    try:
        verify_show_code(shown.code, holder_key=holder_key, at=at, clock_skew=CLOCK_SKEW)
    except (CodeTimeError, DelegationTimeError) as error:
        raise CodeExpiredError from error
    except ShowCodeError as error:
        raise CodeNotKnownError from error
    # Whoever cannot make a code learns nothing of its delegation or licence: those are looked at last.
    if delegated.refuses(at):
        raise CodeWithdrawnError
    try:
        card = show_licence(node, shown.holder, delegated.holding_id)
    except LicenceNotFoundError as error:
        raise CodeWithdrawnError from error
    if card.holding.removed_at is not None:
        raise CodeWithdrawnError
    if not card.state.usable:
        raise CodeOfEndedLicenceError(card.state.word)
    return card


def _redeem(node: WalletNode, shown: _Shown, card: Card) -> RedemptionAnswer:
    at, window, holder = node.clock.now(), shown.window, shown.holder
    disclosures = disclosures_for(window, card.holding)
    identity = identity_disclosure(node.holdings.all_of(shown.own))
    acting = acting_of(node, holder)
    try:
        counted = take_use(node, holder)
    except GrantRefusedError as error:
        raise CodeWithdrawnError(error.message) from error
    told = _told("used", window, card, None)
    if not node.code_uses.use(holder, CodeUse(shown.code_id, at, told)):
        if counted:
            give_back_use(node, holder)
        raise CodeUsedError
    seen = [field for one in (*disclosures, *([identity] if identity else [])) for field in one.seen()]
    node.use_log.append(holder, _entry(node, shown, card, seen))
    extra = None if acting is None else acting_extra(acting)
    presentations = {
        one.query_id: present(node, holder, one, window, extra)
        for one in disclosures
        if one.query_id is not None
    }
    face = None if identity is None else present(node, shown.own, identity, window, None)
    return RedemptionAnswer(at, presentations, face)


def _refused(node: WalletNode, holder: Holder, shown: _Shown, reason: Text) -> None:
    told = _told("refused", shown.window, None, reason)
    node.code_uses.note_refusal(holder, CodeUse(shown.code_id, node.clock.now(), told))
    node.use_log.append(holder, _entry(node, shown, None, [], reason=reason))


def _told(outcome: str, window: TrustedWindow, card: Card | None, reason: Text | None) -> dict[str, object]:
    return {
        "outcome": outcome,
        "party": window.name.to_json(),
        "item": None if window.item is None else window.item.to_json(),
        "licence": None if card is None else card.holding.holding_id,
        "reason": None if reason is None else reason.to_json(),
    }


def _entry(
    node: WalletNode,
    shown: _Shown,
    card: Card | None,
    seen: list[SeenField],
    *,
    reason: Text | None = None,
) -> Entry:
    window = shown.window
    party = window.name
    told = (
        Text(f"亮证码由{party.zh}核验使用。", f"A code was used by {party.en}.")
        if reason is None
        else Text(f"{party.zh}想使用一个亮证码，没有成功。", f"{party.en} tried to use a code, in vain.")
    )
    return Entry(
        entry_id=new_entry_id(),
        at=node.clock.now(),
        kind=EntryKind.CODE_USED if reason is None else EntryKind.CODE_REFUSED,
        about=shown.code_id,
        party=party,
        party_code=window.uscc,
        region=window.region,
        item=window.item,
        licences=() if card is None else (card.title,),
        holdings=(shown.delegated.holding_id,),
        seen=tuple(seen),
        reason=reason,
        told=told,
    )
