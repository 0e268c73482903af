"""Chains of records: each holds the hash of the one before, so nothing is changed, taken out or put in between unseen.

Hashes alone can be made anew by whoever writes into the store. So each is marked as well: sealed under a key of the
node for its place. What cannot be seen from inside is a chain that was cut at its end together with all it speaks of;
against that, somebody notes the newest hash elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final, Protocol

from keys.envelope import Envelope
from keys.errors import SealedDataError

FIRST_PREVIOUS: Final = "0" * 64
"""``previous`` of the first link of a chain."""


class Link(Protocol):
    """A record in its place."""

    @property
    def sequence(self) -> int:
        """From 1, without gaps."""
        ...

    @property
    def previous(self) -> str:
        """Hash of the link before, or :data:`FIRST_PREVIOUS`."""
        ...

    @property
    def hash(self) -> str:
        """Of this link: :func:`link_hash`."""
        ...

    @property
    def is_whole(self) -> bool:
        """Whether hash and mark fit what the record says."""
        ...


def link_hash(body: bytes, sequence: int, previous: str) -> str:
    """SHA-256 over sequence, the hash before, and the body; 64 hexadecimal digits."""
    return hashlib.sha256(b"%d\n%s\n%s" % (sequence, previous.encode(), body)).hexdigest()


def follows(link: Link, sequence: int, previous: str) -> bool:
    """Whether a link stands where it should: right after the link before."""
    return link.sequence == sequence and link.previous == previous and link.is_whole


def first_break(links: Iterable[Link]) -> int | None:
    """Sequence number of the first link that does not fit the chain, or ``None``.

    Args:
        links: all of one chain, in order.
    """
    previous = FIRST_PREVIOUS
    for sequence, link in enumerate(links, start=1):
        if not follows(link, sequence, previous):
            return sequence
        previous = link.hash
    return None


def seal_mark(envelope: Envelope, link: str, place: str) -> bytes:
    """The mark of a hash for its place: only who has the node's key makes one."""
    return envelope.seal(link.encode(), place)


def has_mark(envelope: Envelope, mark: bytes | None, link: str, place: str) -> bool:
    """Whether this node marked the hash for this place."""
    try:
        return mark is not None and envelope.open(bytes(mark), place) == link.encode()
    except SealedDataError:
        return False
