"""Use case: make a sheet, and withdraw it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

from standards.show_code import MAX_SHEET_LIFETIME, Bearer, Permission, build_sheet
from standards.show_code.sheet import MAX_ITEMS
from standards.status_list import StatusValue
from standards.text import Text
from wallet.accounts.account import Holder
from wallet.accounts.acting import Deed
from wallet.history.entry import Entry, EntryKind, new_entry_id
from wallet.node import WalletNode
from wallet.sheets.errors import InvalidSheetError, SheetNotFoundError
from wallet.sheets.sheet import Sheet, SheetItem, new_sheet_id
from wallet.showing.compact_copy import open_compact
from wallet.showing.show_state import show_state

_CHINA: Final = timezone(timedelta(hours=8))
_NUMBER_END: Final = 4
_MAX_NAME: Final = 50


@dataclass(frozen=True, slots=True)
class SheetWish:
    """What the person asks for, as read from the form.

    Attributes:
        holding_id: the licence.
        items: codes of service items.
        first, last: days of China Standard Time, both included.
        bearer_name, bearer_end: who else may hand it over; both empty for the holder alone.
    """

    holding_id: str
    items: tuple[str, ...]
    first: date
    last: date
    bearer_name: str = ""
    bearer_end: str = ""


def items_on_lists(node: WalletNode) -> Sequence[SheetItem]:
    """The service items for which some window of the trust lists may ask, each once, by name.

    Raises:
        TrustUnavailableError: there are no lists at the moment.
    """
    found: dict[str, SheetItem] = {}
    for entry in node.trust().listed_verifiers(node.clock.now()):
        for item in entry.service_items:
            found.setdefault(item.code, SheetItem(item.code, item.name))
    return sorted(found.values(), key=lambda item: item.name.zh)


def make_sheet(node: WalletNode, holder: Holder, wish: SheetWish) -> Sheet:
    """Make a sheet: its status entry, the code, a row and a line in the log (four durable writes).

    Raises:
        DeedNotAllowedError: who may not give rights away in this wallet makes no paper of it either.
        InvalidSheetError: the wish.
        TrustUnavailableError: the items cannot be known at the moment.
    """
    holder.require(Deed.MANAGE_AGENTS)
    at = node.clock.now()
    items = _items(node, wish)
    begins, ends = _times(wish, at)
    shown = next((one for one in show_state(node, holder) if one.holding_id == wish.holding_id), None)
    if shown is None or shown.copy is None or not shown.can_show:
        raise InvalidSheetError(
            "这张证照不能制成纸质凭证。", "This licence cannot be put on a sheet.", where="/holding_id"
        )
    if ends > shown.copy.expires_at:
        raise InvalidSheetError(
            "截止日期超过了证照副本的有效期，请选更早的日期。",
            "The last day is later than the copy of the licence is valid; choose an earlier one.",
            where="/last",
        )
    copy = open_compact(holder, shown.copy)
    [status] = node.provider.statuses.allocate(1, ends)
    bearer = _bearer(wish)
    sheet_id = new_sheet_id()
    permission = Permission(
        sheet_id=sheet_id,
        not_before=begins,
        expires_at=ends,
        items=tuple(item.code for item in items),
        wallet_url=node.settings.wallet_url.rstrip("/"),
        status=status,
        bearer=None if bearer is None else Bearer(*bearer),
    )
    sheet = Sheet(
        sheet_id=sheet_id,
        account_id=holder.account_id,
        holding_id=wish.holding_id,
        licence=shown.card.title,
        holder_name=shown.card.holder_name,
        items=items,
        not_before=begins,
        expires_at=ends,
        bearer=bearer,
        text=build_sheet(copy.data, permission, copy.signer.sign),
        status=status,
        made_at=at,
        right_id=holder.acting.right_id,
    )
    node.sheets.add(holder, sheet)
    node.use_log.append(holder, _entry(node, sheet, EntryKind.SHEET_MADE))
    return sheet


def withdraw_sheet(node: WalletNode, holder: Holder, sheet_id: str) -> None:
    """Withdraw a sheet: the list that offline windows fetch says so at once (three durable writes); a repeat is fine.

    Raises:
        SheetNotFoundError: this wallet has no such sheet.
        DeedNotAllowedError: not in this capacity.
    """
    holder.require(Deed.MANAGE_AGENTS)
    sheet = node.sheets.get(holder, sheet_id)
    if sheet is None:
        raise SheetNotFoundError
    _withdraw(node, holder, sheet)


def withdraw_sheets_made_under(node: WalletNode, holder: Holder, right_id: str) -> None:
    """What a manager put on paper falls with the manager's right (three durable writes a sheet)."""
    for sheet in node.sheets.made_under(holder, right_id):
        _withdraw(node, holder, sheet)


def _withdraw(node: WalletNode, holder: Holder, sheet: Sheet) -> None:
    if node.sheets.withdraw(holder, sheet.sheet_id, node.clock.now()):
        node.provider.statuses.set(sheet.status, StatusValue.INVALID)
        node.use_log.append(holder, _entry(node, sheet, EntryKind.SHEET_WITHDRAWN))


def _items(node: WalletNode, wish: SheetWish) -> tuple[SheetItem, ...]:
    known = {item.code: item for item in items_on_lists(node)}
    chosen = tuple(known[code] for code in dict.fromkeys(wish.items) if code in known)
    if not 0 < len(chosen) <= MAX_ITEMS:
        raise InvalidSheetError(
            f"请选择 1 至 {MAX_ITEMS} 个办事事项。", f"Choose one to {MAX_ITEMS} items.", where="/items"
        )
    return chosen


def _times(wish: SheetWish, at: datetime) -> tuple[datetime, datetime]:
    begins = datetime.combine(wish.first, time.min, _CHINA).astimezone(UTC)
    ends = datetime.combine(wish.last + timedelta(days=1), time.min, _CHINA).astimezone(UTC)
    if ends <= max(at, begins):
        raise InvalidSheetError(
            "截止日期不能早于起始日期或今天。", "The last day is before the first, or over.", where="/last"
        )
    begins = max(begins, at.replace(microsecond=0))
    if ends - begins > MAX_SHEET_LIFETIME:
        raise InvalidSheetError(
            f"纸质凭证最长 {MAX_SHEET_LIFETIME.days} 天。",
            f"A sheet lasts at most {MAX_SHEET_LIFETIME.days} days.",
            where="/last",
        )
    return begins, ends


def _bearer(wish: SheetWish) -> tuple[str, str] | None:
    name, end = wish.bearer_name.strip(), wish.bearer_end.strip().upper()
    if not name and not end:
        return None
    if not name or len(name) > _MAX_NAME or len(end) != _NUMBER_END or not end.isalnum() or not end.isascii():
        raise InvalidSheetError(
            "请填写代交人的姓名和证件号码末四位，或都留空。",
            "Give the name and the last four of the number of who hands it over, or neither.",
            where="/bearer",
        )
    return name, end


def _entry(node: WalletNode, sheet: Sheet, kind: EntryKind) -> Entry:
    made = kind is EntryKind.SHEET_MADE
    names = "、".join(item.name.zh for item in sheet.items), ", ".join(item.name.en for item in sheet.items)
    told = (
        Text(
            f"制作了纸质凭证 {sheet.sheet_id}，用于：{names[0]}。",
            f"Sheet {sheet.sheet_id} was made, for: {names[1]}.",
        )
        if made
        else Text(f"撤回了纸质凭证 {sheet.sheet_id}。", f"Sheet {sheet.sheet_id} was withdrawn.")
    )
    return Entry(
        entry_id=new_entry_id(),
        at=node.clock.now(),
        kind=kind,
        about=sheet.sheet_id,
        licences=(sheet.licence,),
        holdings=(sheet.holding_id,),
        told=told,
    )
