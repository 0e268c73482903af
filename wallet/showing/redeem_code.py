"""Use case: a window redeems a code, once, and gets what its item needs; the phone and the log tell of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from standards.errors import ElicenceError
from standards.jose import b64url_encode
from standards.show_code import UnverifiedShowCode, parse_show_code, verify_show_code
from standards.show_code.errors import CodeTimeError, DelegationTimeError, ShowCodeError
from standards.show_code.redemption import RedemptionAnswer, UnverifiedRedemption
from standards.show_code.wallet_place import redeem_url
from standards.text import Text
from wallet.accounts.account import Holder
from wallet.accounts.open_account import open_unattended
from wallet.history.entry import Entry, EntryKind, SeenField, new_entry_id
from wallet.holdings.errors import LicenceNotFoundError
from wallet.holdings.list_licences import Card, show_licence
from wallet.node import WalletNode
from wallet.showing.compact_copy import open_compact
from wallet.showing.delegated import CodeUse, Delegated
from wallet.showing.disclosed import Disclosure, disclosures_for, identity_disclosure, present
from wallet.showing.errors import (
    CodeExpiredError,
    CodeNotKnownError,
    CodeOfEndedLicenceError,
    CodeUsedError,
    CodeWithdrawnError,
    RedemptionRejectedError,
)
from wallet.showing.trusted_window import TrustedWindow, trust_window

CLOCK_SKEW: Final = timedelta(seconds=30)
"""How far a phone's clock may differ from ours; it heard ours when it asked for its delegation."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """A code with whom it belongs to."""

    code: UnverifiedShowCode
    delegated: Delegated
    holder: Holder
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
    shown = _Shown(code, delegated, _open(node, delegated.account_id), window)
    try:
        card = _check(node, shown)
    except ElicenceError as error:
        _refused(node, shown, error)
        raise
    return _redeem(node, shown, card)


def _open(node: WalletNode, account_id: str) -> Holder:
    account = node.accounts.get_many([account_id]).get(account_id)
    if account is None:
        raise CodeNotKnownError
    return open_unattended(account, node.account_envelope)


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
    at, window = node.clock.now(), shown.window
    disclosures = disclosures_for(window, card.holding)
    person, identity = _identity(node, shown)
    told = _told("used", window, card, None)
    if not node.code_uses.use(shown.holder, CodeUse(shown.code_id, at, told)):
        error = CodeUsedError()
        _refused(node, shown, error)
        raise error
    seen = [field for one in (*disclosures, *([identity] if identity else [])) for field in one.seen()]
    node.use_log.append(shown.holder, _entry(node, shown, card, seen))
    presentations = {
        one.query_id: present(node, shown.holder, one, window, _extra(shown))
        for one in disclosures
        if one.query_id is not None
    }
    face = None if identity is None else present(node, person, identity, window, None)
    return RedemptionAnswer(at, presentations, face)


def _identity(node: WalletNode, shown: _Shown) -> tuple[Holder, Disclosure | None]:
    """The face of who holds the phone: from their own wallet, whomever they act for."""
    delegated = shown.delegated
    same = delegated.person_account_id == delegated.account_id
    person = shown.holder if same else _open(node, delegated.person_account_id)
    return person, identity_disclosure(node.holdings.all_of(person))


def _extra(_shown: _Shown) -> Mapping[str, Any] | None:
    """Who acts, in the key binding."""
    return None


def _refused(node: WalletNode, shown: _Shown, error: ElicenceError) -> None:
    told = _told("refused", shown.window, None, error.message)
    node.code_uses.note_refusal(shown.holder, CodeUse(shown.code_id, node.clock.now(), told))
    node.use_log.append(shown.holder, _entry(node, shown, None, [], reason=error.message))


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
