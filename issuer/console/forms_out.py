"""Where the copies of a licence went: each offer with what came of it, and what the wallet told.

Which wallet it was is not known here: a wallet's keys are in its copies only, so that nobody can follow a person by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from issuer.issuance.made_offers_store import MadeOfferRecord
from issuer.library.licence import Licence
from issuer.status.store import IssuedCopies
from keys.lookup import LookupKey
from standards.openid4vci import NotificationEvent
from standards.status_list import StatusValue
from standards.text import Text

_GRANT: Final = "grant:"
_REFRESHED: Final = "~"

_TOLD: Final = {
    NotificationEvent.ACCEPTED: Text("钱包确认已保存", "The wallet keeps it"),
    NotificationEvent.DELETED: Text("持证人已从钱包删除", "Deleted by the holder"),
    NotificationEvent.FAILURE: Text("钱包报告未能保存", "The wallet could not keep it"),
}
_VALUES: Final = {
    StatusValue.VALID: (Text("有效", "Valid"), "success"),
    StatusValue.INVALID: (Text("失效", "Invalid"), "danger"),
    StatusValue.SUSPENDED: (Text("暂停", "Suspended"), "warning"),
    StatusValue.INSPECTION_OVERDUE: (Text("逾期未检", "Inspection overdue"), "warning"),
}


@dataclass(frozen=True, slots=True)
class Issuance:
    """Copies that were given out at once.

    Attributes:
        at: when.
        copies: how many.
        is_refresh: whether the wallet asked by itself, after the first time.
        state, kind: what their status entries say, and the kind of the tag for it.
    """

    at: datetime
    copies: int
    is_refresh: bool
    state: Text
    kind: str


@dataclass(frozen=True, slots=True)
class FormOut:
    """One way on which copies left, or could have.

    Attributes:
        title: what it is.
        state, kind: what became of it, and the kind of the tag for it.
        holder: name of the holder for whom, or ``None`` where that is not known any more.
        has_tx_code: whether a transaction code was told, as far as it is known.
        expires_at: end of an offer that nobody has taken up.
        told, told_at: the last word of the wallet, or ``None``.
        issuances: the newest first.
    """

    title: Text
    state: Text
    kind: str
    holder: str | None
    has_tx_code: bool
    expires_at: datetime | None
    told: Text | None
    told_at: datetime | None
    issuances: tuple[Issuance, ...]


def offers_named(copies: Iterable[IssuedCopies]) -> frozenset[str]:
    """References of the offers of which copies came."""
    return frozenset(_source(one)[0] for one in copies if one.use.startswith(_GRANT))


def forms_out(
    licence: Licence,
    offers: Sequence[MadeOfferRecord],
    copies: Sequence[IssuedCopies],
    lookup: LookupKey,
    at: datetime,
) -> tuple[FormOut, ...]:
    """The forms of a licence version, the newest first, offers that still wait before all others.

    Args:
        licence: the version.
        offers: those of it, and those that its copies name (``offers_named``).
        copies: its copies, the newest first.
        lookup: knows the holders by their hashes.
        at: now.
    """
    issued: dict[str, list[Issuance]] = {}
    for one in copies:
        reference, is_refresh = _source(one)
        state, kind = _VALUES[one.value]
        issuance = Issuance(one.issued_at, len(one.entries.indexes), is_refresh, state, kind)
        issued.setdefault(reference, []).append(issuance)
    names = {
        candidate: holder.name
        for holder in licence.holders
        for candidate in lookup.candidates(holder.code_type, holder.number)
    }
    known = {offer.reference: offer for offer in offers}
    open_ones = sorted(known.keys() - issued.keys(), key=lambda one: known[one].expires_at, reverse=True)
    return (
        *(_form(known[one], (), names.get(known[one].holder), at) for one in open_ones),
        *(_issued_form(known.get(one), tuple(issued[one]), names, at) for one in issued),
    )


def _issued_form(
    offer: MadeOfferRecord | None, issuances: tuple[Issuance, ...], names: dict[str, str], at: datetime
) -> FormOut:
    if offer is not None:
        return _form(offer, issuances, names.get(offer.holder), at)
    title, state = Text("电子副本", "Copies"), Text("已发出", "Given out")
    return FormOut(title, state, "success", None, False, None, None, None, issuances)


def _form(
    offer: MadeOfferRecord, issuances: tuple[Issuance, ...], holder: str | None, at: datetime
) -> FormOut:
    waits = not offer.is_redeemed and at < offer.expires_at
    if issuances:
        state, kind = Text("已领取", "Taken"), "success"
    elif offer.is_redeemed:
        state, kind = Text("已打开，未取走副本", "Opened, no copies taken"), "info"
    elif waits:
        state, kind = Text("待领取", "Waits to be taken"), "warning"
    else:
        state, kind = Text("过期未领取", "Not taken in time"), "info"
    if offer.refresh_ended:
        state, kind = Text("已领取，不再更新", "Taken, refreshed no more"), "info"
    return FormOut(
        title=Text("发给持证人的领取", "Offer to the holder"),
        state=state,
        kind=kind,
        holder=holder,
        has_tx_code=offer.has_tx_code,
        expires_at=None if offer.is_redeemed else offer.expires_at,
        told=None if offer.told is None else _TOLD[offer.told.event],
        told_at=None if offer.told is None else offer.told.at,
        issuances=issuances,
    )


def _source(copies: IssuedCopies) -> tuple[str, bool]:
    """Reference of the offer, or what else the copies came of; and whether it was a refresh of it.

    Copies are kept under ``grant:{reference}[~{generation}]:{number}``; those of a batch under a name of their own.
    """
    if not copies.use.startswith(_GRANT):
        return copies.use, False
    grant = copies.use.removeprefix(_GRANT).rpartition(":")[0]
    reference, refreshed, _ = grant.partition(_REFRESHED)
    return reference, bool(refreshed)
