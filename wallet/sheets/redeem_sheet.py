"""Use case: a window has the use of a sheet noted, and gets what its item needs."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from standards.errors import ElicenceError
from standards.show_code import UnverifiedSheet, parse_sheet, verify_sheet
from standards.show_code.errors import PermissionTimeError, ShowCodeError
from standards.show_code.redemption import RedemptionAnswer, UnverifiedRedemption, sheet_name
from standards.show_code.wallet_place import redeem_url
from standards.text import Text
from wallet.accounts.account import Holder
from wallet.accounts.acting import Deed
from wallet.accounts.errors import RightEndedError
from wallet.accounts.open_account import open_unattended
from wallet.history.entry import Entry, EntryKind, SeenField, new_entry_id
from wallet.holdings.errors import LicenceNotFoundError
from wallet.holdings.list_licences import Card, show_licence
from wallet.mandates.open_right import act_for
from wallet.node import WalletNode
from wallet.sheets.errors import SheetRefusedError
from wallet.sheets.sheet import Sheet
from wallet.showing.disclosed import disclosures_for, identity_disclosure, present
from wallet.showing.errors import (
    CodeExpiredError,
    CodeNotKnownError,
    CodeOfEndedLicenceError,
    CodeWithdrawnError,
    RedemptionRejectedError,
)
from wallet.showing.trusted_window import TrustedWindow, trust_window

CLOCK_SKEW: Final = timedelta(minutes=1)


def redeem_sheet(node: WalletNode, text: str, redemption: UnverifiedRedemption) -> RedemptionAnswer:
    """Honour a sheet at a window (two durable writes, and one for each copy that is shown); as often as it is used.

    Raises:
        RedemptionRejectedError, VerifierNotTrustedError, TrustUnavailableError: the request, or who asks.
        CodeNotKnownError, CodeExpiredError, CodeWithdrawnError, CodeOfEndedLicenceError, SheetRefusedError: the sheet.
    """
    try:
        unverified = parse_sheet(text)
    except ShowCodeError as error:
        raise RedemptionRejectedError(error.message.zh, error.message.en, where="/code") from error
    window = trust_window(
        redemption,
        audience=redeem_url(node.settings.wallet_url.rstrip("/")),
        code_id=sheet_name(unverified),
        trust=node.trust(),
        at=node.clock.now(),
    )
    holder, sheet = _own(node, unverified)
    try:
        card = _check(node, holder, sheet, unverified, window)
    except ElicenceError as error:
        node.use_log.append(holder, _entry(node, sheet, window, [], reason=error.message))
        raise
    return _honour(node, holder, sheet, card, window)


def _own(node: WalletNode, unverified: UnverifiedSheet) -> tuple[Holder, Sheet]:
    """The sheet as this wallet service made it, byte by byte: whoever has only the id learns nothing."""
    sheet_id = unverified.unverified.sheet_id
    account_id = node.sheets.account_of(sheet_id)
    account = None if account_id is None else node.accounts.get_many([account_id]).get(account_id)
    if account is None:
        raise CodeNotKnownError
    holder = open_unattended(account, node.account_envelope)
    sheet = node.sheets.get(holder, sheet_id)
    if sheet is None or sheet_name(parse_sheet(sheet.text)) != sheet_name(unverified):
        raise CodeNotKnownError
    return holder, sheet


def _check(
    node: WalletNode, holder: Holder, sheet: Sheet, unverified: UnverifiedSheet, window: TrustedWindow
) -> Card:
    at = node.clock.now()
    try:
        verified = verify_sheet(
            unverified,
            holder_key=parse_sheet(sheet.text).licence.unverified.holder_key,
            at=at,
            clock_skew=CLOCK_SKEW,
        )
    except PermissionTimeError as error:
        raise CodeExpiredError from error
    except ShowCodeError as error:
        raise CodeNotKnownError from error
    if sheet.withdrawn_at is not None:
        raise CodeWithdrawnError(Text("持证人已撤回这张纸质凭证。", "The holder has withdrawn this sheet."))
    _require_right(node, sheet)
    if not verified.permission.covers(window.request.item):
        raise SheetRefusedError(
            Text("这张纸质凭证不能用于此事项。", "This sheet is not for this service item.")
        )
    try:
        card = show_licence(node, holder, sheet.holding_id)
    except LicenceNotFoundError as error:
        raise CodeWithdrawnError from error
    if card.holding.removed_at is not None:
        raise CodeWithdrawnError
    if not card.state.usable:
        raise CodeOfEndedLicenceError(card.state.word)
    return card


def _require_right(node: WalletNode, sheet: Sheet) -> None:
    """Paper that somebody made for the holder is as good as that person's right is now."""
    if sheet.right_id is None:
        return
    sealed = node.rights.get(sheet.account_id, sheet.right_id)
    person = (
        None if sealed is None else node.accounts.get_many([sealed.person_account]).get(sealed.person_account)
    )
    if person is None:
        raise CodeWithdrawnError
    own = open_unattended(person, node.account_envelope)
    try:
        made_for = act_for(node, own, sheet.account_id, sheet.right_id)
    except RightEndedError as error:
        raise CodeWithdrawnError(error.message) from error
    if not made_for.acting.may(Deed.MANAGE_AGENTS):
        raise CodeWithdrawnError


def _honour(
    node: WalletNode, holder: Holder, sheet: Sheet, card: Card, window: TrustedWindow
) -> RedemptionAnswer:
    at = node.clock.now()
    disclosures = disclosures_for(window, card.holding)
    # A face only when the holder comes in person: of somebody else this wallet has none.
    identity = identity_disclosure(node.holdings.all_of(holder)) if sheet.bearer is None else None
    if not node.sheets.note_use(holder, sheet.sheet_id, at):
        raise CodeWithdrawnError
    seen = [field for one in (*disclosures, *([identity] if identity else [])) for field in one.seen()]
    node.use_log.append(holder, _entry(node, sheet, window, seen))
    presentations = {
        one.query_id: present(node, holder, one, window, None)
        for one in disclosures
        if one.query_id is not None
    }
    face = None if identity is None else present(node, holder, identity, window, None)
    return RedemptionAnswer(at, presentations, face)


def _entry(
    node: WalletNode,
    sheet: Sheet,
    window: TrustedWindow,
    seen: list[SeenField],
    *,
    reason: Text | None = None,
) -> Entry:
    party, name = window.name, sheet.sheet_id
    told = (
        Text(f"{party.zh}核验使用了纸质凭证 {name}。", f"{party.en} used sheet {name}.")
        if reason is None
        else Text(
            f"{party.zh}想使用纸质凭证 {name}，没有成功。", f"{party.en} tried to use sheet {name}, in vain."
        )
    )
    return Entry(
        entry_id=new_entry_id(),
        at=node.clock.now(),
        kind=EntryKind.SHEET_USED if reason is None else EntryKind.CODE_REFUSED,
        about=sheet.sheet_id,
        party=party,
        party_code=window.uscc,
        region=window.region,
        item=window.item,
        licences=(sheet.licence,),
        holdings=(sheet.holding_id,),
        seen=tuple(seen),
        reason=reason,
        told=told,
    )
