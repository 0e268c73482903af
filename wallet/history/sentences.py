"""Each line of the log as one plain sentence, in both languages: for the timeline, the printed log and the export."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from standards.text import Text
from wallet.accounts.acting import Capacity
from wallet.history.entry import Entry, EntryKind, Use

_UNKNOWN: Final = Text("身份不明的请求方", "an unknown party")
_NO_LICENCE: Final = Text("证照", "a licence")


def sentence_of(use: Use) -> Text:
    """What happened."""
    entry = use.entry
    if entry.told is not None:
        return entry.told
    if entry.kind is EntryKind.SHARING:
        arrived = use.outcome is not None and use.outcome.kind is EntryKind.SHARED
        return (_shared if arrived else _agreed)(entry)
    return _SENTENCES.get(entry.kind, _exchanged)(entry)


def actor_words(entry: Entry) -> Text | None:
    """Who acted in the holder's name; ``None`` for the holder in person."""
    actor = entry.actor
    if actor is None:
        return None
    try:
        word = Capacity(actor.capacity).word
    except ValueError:
        word = Text(actor.capacity, actor.capacity)
    return Text(f"由{word.zh}{actor.name}办理", f"by {actor.name}, {word.en}")


def _names(entry: Entry) -> Text:
    if not entry.licences:
        return _NO_LICENCE
    return Text("、".join(one.zh for one in entry.licences), ", ".join(one.en for one in entry.licences))


def _party(entry: Entry) -> Text:
    party = entry.party or _UNKNOWN
    if entry.region is None:
        return party
    return Text(f"{party.zh}（{entry.region.zh}）", f"{party.en} ({entry.region.en})")


def _for_item(entry: Entry) -> Text:
    if entry.item is None:
        return Text("", "")
    return Text(f"，用于{entry.item.zh}", f", for {entry.item.en}")


def _told(zh: str, en: str) -> Callable[[Entry], Text]:
    """A sentence with ``{names}``, ``{party}`` and ``{item}`` in it."""

    def tell(entry: Entry) -> Text:
        names, party, item = _names(entry), _party(entry), _for_item(entry)
        return Text(
            zh.format(names=names.zh, party=party.zh, item=item.zh),
            en.format(names=names.en, party=party.en, item=item.en),
        )

    return tell


_shared = _told("向{party}出示了{names}{item}。", "You showed {names} to {party}{item}.")
_agreed = _told(
    "同意向{party}出示{names}{item}，但没有确认送达。",
    "You agreed to show {names} to {party}{item}, but it is not confirmed that it arrived.",
)
_exchanged = _told("与{party}的一次出示已结束。", "An exchange with {party} ended.")

_SENTENCES: Final[Mapping[EntryKind, Callable[[Entry], Text]]] = {
    EntryKind.RECEIVED: _told("领取了{names}，由{party}签发。", "You received {names}, issued by {party}."),
    EntryKind.FOUND: _told("找到并领取了{names}，由{party}签发。", "You found {names}, issued by {party}."),
    EntryKind.UPDATED: _told(
        "{party}变更了{names}，新版本已自动放入钱包。",
        "{party} issued a new version of {names}; it is in your wallet.",
    ),
    EntryKind.ENDED: _told("{party}签发的{names}已失效。", "{names} of {party} has ended."),
    EntryKind.REMOVED: _told("把{names}移出了钱包。", "You took out {names}."),
    EntryKind.RESTORED: _told("把{names}放回了钱包。", "You put back {names}."),
    EntryKind.REFUSED: _told(
        "拒绝了{party}的请求{item}。对方没有看到任何信息。", "You refused {party}{item}. They saw nothing."
    ),
    EntryKind.UNANSWERABLE: _told(
        "拦下了一项不可信的请求，没有出示任何信息。",
        "A request that cannot be trusted was turned away; nothing was shown.",
    ),
    EntryKind.CODE_USED: _told(
        "{party}核验了您的亮证码（{names}）{item}。", "{party} used your code ({names}){item}."
    ),
    EntryKind.SHEET_USED: _told(
        "{party}核验了您的纸质码（{names}）{item}。", "{party} used your sheet ({names}){item}."
    ),
    EntryKind.CONSULTED: _told(
        "{party}未经您出示，依法查阅了{names}{item}。", "{party} looked at {names} without you{item}."
    ),
}
