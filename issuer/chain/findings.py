"""What an audit can find, each in a sentence for people."""

from __future__ import annotations

from dataclasses import dataclass

from issuer.library.licence import LicenceState
from standards.text import Text


@dataclass(frozen=True, slots=True)
class Finding:
    """The first broken place of a chain.

    Attributes:
        code: stable.
        message: what is wrong, zh and en.
        block: its sequence number, or ``None``.
        identifier: of the licence, or ``None``.
        event: its number, or ``None``.
    """

    code: str
    message: Text
    block: int | None = None
    identifier: str | None = None
    event: int | None = None


def block_broken(sequence: int) -> Finding:
    """A block does not open, or hash or mark do not fit."""
    return Finding(
        "block-altered",
        Text(
            f"第 {sequence} 块被改动过，或不是本节点所写。",
            f"Block {sequence} was altered, or this node did not write it.",
        ),
        sequence,
    )


def block_out_of_place(sequence: int) -> Finding:
    """A block is missing, or does not follow the one before."""
    return Finding(
        "block-missing",
        Text(
            f"第 {sequence} 块缺失，或与前一块不衔接。",
            f"Block {sequence} is missing, or does not follow the one before.",
        ),
        sequence,
    )


def cut_short(sequence: int) -> Finding:
    """A block that was noted elsewhere is not there, or is another one."""
    return Finding(
        "block-replaced",
        Text(
            f"第 {sequence} 块与先前记下的不同，或已不存在：链被截断或重写。",
            f"Block {sequence} is not the one that was noted earlier, or is gone: the chain was cut or written anew.",
        ),
        sequence,
    )


def licence_missing(block: int, identifier: str, event: int) -> Finding:
    """A licence in the chain is not in the library."""
    return Finding(
        "licence-missing",
        Text(
            f"证照 {identifier} 的第 {event} 项经过在第 {block} 块中，证照库却没有此证照。",
            f"Event {event} of licence {identifier} is in block {block}, but the library has no such licence.",
        ),
        block,
        identifier,
        event,
    )


def event_missing(block: int, identifier: str, event: int) -> Finding:
    """An event in the chain is not in its licence."""
    return Finding(
        "event-missing",
        Text(
            f"证照 {identifier} 的第 {event} 项经过在第 {block} 块中，证照库中却没有。",
            f"Event {event} of licence {identifier} is in block {block}, but not in the library.",
        ),
        block,
        identifier,
        event,
    )


def event_altered(block: int, identifier: str, event: int) -> Finding:
    """An event, or the record that it made, says something else than when it was sealed."""
    return Finding(
        "event-altered",
        Text(
            f"证照 {identifier} 的第 {event} 项经过（或其证照内容）与第 {block} 块封存时不同。",
            f"Event {event} of licence {identifier}, or what the licence says, is not what was sealed in block {block}.",
        ),
        block,
        identifier,
        event,
    )


def unreadable_when_sealed(block: int, identifier: str, event: int) -> Finding:
    """An event had been altered before it was sealed."""
    return Finding(
        "event-unreadable",
        Text(
            f"证照 {identifier} 的第 {event} 项经过在封入第 {block} 块时已无法读出。",
            f"Event {event} of licence {identifier} could not be read when block {block} was made.",
        ),
        block,
        identifier,
        event,
    )


def state_wrong(identifier: str, stored: str, expected: LicenceState) -> Finding:
    """A state that the history does not lead to."""
    return Finding(
        "state-altered",
        Text(
            f"证照 {identifier} 的状态记为“{stored}”，按其经过应为“{expected.label.zh}”。",
            f"Licence {identifier} stands as “{stored}”; its history leads to “{expected}”.",
        ),
        identifier=identifier,
    )


def standing_wrong(identifier: str, member: Text) -> Finding:
    """Another member that follows from the history does not."""
    return Finding(
        "standing-altered",
        Text(
            f"证照 {identifier} 的{member.zh}与其经过不符。",
            f"Of licence {identifier}, the {member.en} does not follow from its history.",
        ),
        identifier=identifier,
    )


def not_sealed(identifier: str, event: int) -> Finding:
    """An event that is in no block, and waits for none."""
    return Finding(
        "event-not-sealed",
        Text(
            f"证照 {identifier} 的第 {event} 项经过不在链中，也未在等待封存。",
            f"Event {event} of licence {identifier} is in no block and does not wait for one.",
        ),
        identifier=identifier,
        event=event,
    )


def sealed_twice(block: int, identifier: str, event: int) -> Finding:
    """An event that is in the chain a second time."""
    return Finding(
        "event-sealed-twice",
        Text(
            f"证照 {identifier} 的第 {event} 项经过在第 {block} 块中再次出现。",
            f"Event {event} of licence {identifier} is in the chain a second time, in block {block}.",
        ),
        block,
        identifier,
        event,
    )


def waits_again(identifier: str, event: int) -> Finding:
    """An event that is in the chain is put down for sealing once more."""
    return Finding(
        "event-waits-again",
        Text(
            f"证照 {identifier} 的第 {event} 项经过已在链中，却又被标为等待封存。",
            f"Event {event} of licence {identifier} is in the chain and put down for sealing once more.",
        ),
        identifier=identifier,
        event=event,
    )
