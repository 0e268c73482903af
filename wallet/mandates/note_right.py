"""What happens to rights, as lines of the use logs: of the subject, and of the person."""

from __future__ import annotations

from standards.text import Text
from wallet.accounts.account import Holder
from wallet.history.entry import Entry, EntryKind, new_entry_id
from wallet.mandates.right import Right
from wallet.node import WalletNode


def note_right(
    node: WalletNode,
    holder: Holder,
    right: Right,
    kind: EntryKind,
    *,
    to_person: bool = False,
    reason: Text | None = None,
) -> None:
    """Add a line about ``right`` to the log of ``holder`` (one durable write).

    Args:
        node: the log.
        holder: whose log: the subject's, or with ``to_person`` the one of who acts.
        right: what it is about.
        kind: what happened.
        to_person: the line is read by the person who was given the right.
        reason: why.
    """
    node.use_log.append(
        holder,
        Entry(
            entry_id=new_entry_id(),
            at=node.clock.now(),
            kind=kind,
            about=right.right_id,
            told=_sentence(right, kind, to_person=to_person),
            grant=right.right_id,
            reason=reason,
        ),
    )


def note_refused(node: WalletNode, own: Holder, right_id: str, reason: Text) -> None:
    """Somebody tried to act under a right that does not hold any more: a line in that person's own log."""
    node.use_log.append(
        own,
        Entry(
            entry_id=new_entry_id(),
            at=node.clock.now(),
            kind=EntryKind.ATTEMPT_REFUSED,
            about=right_id,
            grant=right_id,
            reason=reason,
        ),
    )


def _sentence(right: Right, kind: EntryKind, *, to_person: bool) -> Text:
    capacity, subject, person = right.capacity.word, right.subject.name, right.person.name
    zh_whom, en_whom = (f"{subject}把", f"{subject}") if to_person else ("把", "The holder")
    whom_zh, whom_en = ("您", "you") if to_person else (person, person)
    if kind is EntryKind.GRANT_GIVEN:
        return Text(
            f"{zh_whom}{whom_zh}设为{capacity.zh}（等待接受）。",
            f"{en_whom} made {whom_en} {capacity.en} (to be accepted).",
        )
    if kind is EntryKind.GRANT_ACCEPTED:
        return Text(
            f"{whom_zh}接受了{subject}的授权（{capacity.zh}）。",
            f"{whom_en.capitalize()} accepted the right to act for {subject} ({capacity.en}).",
        )
    if kind is EntryKind.GRANT_WITHDRAWN:
        return Text(
            f"{subject}对{whom_zh}的授权（{capacity.zh}）已撤回。",
            f"The right of {whom_en} to act for {subject} ({capacity.en}) was withdrawn.",
        )
    if kind is EntryKind.WALLET_OPENED:
        return Text(
            f"{person}以{capacity.zh}身份开通了{subject}的钱包。",
            f"{person} opened the wallet of {subject} as {capacity.en}.",
        )
    if kind is EntryKind.HANDED_OVER:
        return Text(
            f"{subject}的钱包已移交给{person}本人。", f"The wallet of {subject} was handed over to {person}."
        )
    return Text(
        f"{whom_zh}为{subject}办理的授权（{capacity.zh}）已结束。",
        f"The right of {whom_en} to act for {subject} ({capacity.en}) has ended.",
    )
