"""A block: the digests of some thousand events of one authority, linked to the block before."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, NamedTuple

import orjson

from service.record_chain import link_hash

_SALT_BYTES: Final = 16


class Entry(NamedTuple):
    """One event in a block."""

    identifier: str
    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class Block:
    """A block in its place.

    Attributes:
        authority: USCC; every authority has a chain of its own.
        sequence: from 1, without gaps.
        previous: hash of the block before, or ``FIRST_PREVIOUS``.
        hash: of this block, over its body and its place.
        at: when it was made, UTC; never before the block before it.
        entries: the events, each event of the authority in exactly one block.
        body: the exact bytes that the hash covers, with a salt in them, so that the hash tells nothing.
        is_marked: whether this node made the hash for this place.
    """

    authority: str
    sequence: int
    previous: str
    hash: str
    at: datetime
    entries: tuple[Entry, ...] = field(repr=False)
    body: bytes = field(repr=False)
    is_marked: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether the block is as this node made it."""
        return self.is_marked and self.hash == link_hash(self.body, self.sequence, self.previous)


def build_block(
    authority: str, sequence: int, previous: str, entries: tuple[Entry, ...], at: datetime
) -> Block:
    """A new block at the end of a chain."""
    body = orjson.dumps(
        {
            "authority": authority,
            "at": at.isoformat(),
            "salt": secrets.token_hex(_SALT_BYTES),
            "entries": [tuple(entry) for entry in entries],
        }
    )
    return Block(authority, sequence, previous, link_hash(body, sequence, previous), at, entries, body)


def parse_body(body: bytes) -> tuple[str, datetime, tuple[Entry, ...]]:
    """Authority, time and entries of a body that this node sealed."""
    value = orjson.loads(body)
    return (
        value["authority"],
        datetime.fromisoformat(value["at"]).astimezone(UTC),
        tuple(Entry(*entry) for entry in value["entries"]),
    )
