"""Use case: hold an authority's library against its chain, in memory that does not grow with it.

Forward, every event in a block must be in the library as it was sealed, and every licence must stand where its events
lead. Backward, every event of the library must be in exactly one block, or wait for one. The way back compares sums of
keyed hashes over both sides instead of remembering millions of events; the key is new for each audit. Licences that
change meanwhile are told apart by the number of the last block that the sealer noted in them.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from issuer.chain import findings
from issuer.chain.block import Block
from issuer.chain.check_licence import check_licence
from issuer.chain.digest import UNREADABLE, event_digest
from issuer.chain.findings import Finding
from issuer.chain.store import ChainStore, Head, entries_by_licence
from issuer.library.record_document import UNSEALED, RecordSeal
from keys.errors import SealedDataError
from service.record_chain import FIRST_PREVIOUS

Told = Callable[[int], None]
"""Called after each step with the events that it checked; may raise to stop."""

_MODULUS = 1 << 128


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What an audit of one authority came to.

    Attributes:
        authority: USCC.
        blocks: how many were read.
        events: how many events in them were compared with the library.
        licences: how many licences the library has.
        waiting: licences with events that no block holds yet; sealed within a second while a worker runs.
        head: the newest block that was checked; note it elsewhere to see later that the chain was not cut.
        finding: the first broken place, or ``None``.
    """

    authority: str
    blocks: int
    events: int
    licences: int
    waiting: int
    head: Head
    finding: Finding | None

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found."""
        return self.finding is None


class _BrokenError(Exception):
    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


def audit_authority(
    store: ChainStore,
    seal: RecordSeal,
    authority: str,
    *,
    noted: Mapping[int, str] | None = None,
    told: Told = lambda _: None,
) -> AuditReport:
    """Audit one authority; safe while it works.

    Args:
        store: blocks and licences.
        seal: opens what licences hold.
        authority: USCC.
        noted: sequence → hash of blocks that were noted elsewhere at earlier times.
        told: for progress.
    """
    audit = _Audit(store, seal, authority, noted or {}, told)
    finding = None
    try:
        audit.run()
    except _BrokenError as broken:
        finding = broken.finding
    return AuditReport(
        authority,
        audit.blocks,
        audit.events,
        audit.licences,
        store.count_waiting(authority),
        audit.head,
        finding,
    )


class _Audit:
    def __init__(
        self, store: ChainStore, seal: RecordSeal, authority: str, noted: Mapping[int, str], told: Told
    ) -> None:
        self._store, self._seal, self._authority = store, seal, authority
        self._noted, self._told = noted, told
        self._key = secrets.token_bytes(32)
        self.head = Head()
        self.blocks = self.events = self.licences = 0

    def run(self) -> None:
        end = self._store.head(self._authority).sequence
        sealed = self._walk(end)
        if self.head.sequence < max(self._noted, default=0):
            raise _BrokenError(findings.cut_short(self.head.sequence + 1))
        kept, late = self._scan(end)
        # Licences that were sealed further while this audit ran: what they had in the blocks up to `end` comes before.
        first_late: dict[str, int] = {}
        for block in self._store.blocks(self._authority, after=end):
            for entry in block.entries:
                first_late.setdefault(entry.identifier, entry.number)
        for identifier in late:
            kept += sum(self._hash(identifier, number) for number in range(1, first_late.get(identifier, 1)))
        if (sealed - kept) % _MODULUS:
            raise _BrokenError(self._name_the_difference())

    def _walk(self, end: int) -> int:
        """Check the blocks up to ``end`` and what they say; answers the sum over their events."""
        total, previous = 0, FIRST_PREVIOUS
        blocks = self._store.blocks(self._authority, up_to=end)
        for sequence in range(1, end + 1):
            try:
                block = next(blocks, None)
            except (SealedDataError, ValueError, KeyError):
                raise _BrokenError(findings.block_broken(sequence)) from None
            if block is None or block.sequence != sequence:
                raise _BrokenError(findings.block_out_of_place(sequence))
            if not block.is_whole or block.authority != self._authority:
                raise _BrokenError(findings.block_broken(sequence))
            if block.previous != previous:
                raise _BrokenError(findings.block_out_of_place(sequence))
            if self._noted.get(sequence, block.hash) != block.hash:
                raise _BrokenError(findings.cut_short(sequence))
            if sequence == end:
                # Whoever made it may have been killed before its events were noted; all blocks before it are noted.
                self._store.note(block)
            total += self._compare(block)
            previous = block.hash
            self.head = Head(sequence, block.hash, block.at, len(block.entries))
            self.blocks += 1
            self.events += len(block.entries)
            self._told(len(block.entries))
        return total

    def _compare(self, block: Block) -> int:
        total = 0
        by_licence = entries_by_licence(block.entries)
        documents = self._store.documents(self._authority, by_licence)
        for identifier, entries in by_licence.items():
            document = documents.get(identifier)
            if document is None:
                raise _BrokenError(findings.licence_missing(block.sequence, identifier, entries[0].number))
            events = {event["number"]: event for event in document["events"]}
            for entry in entries:
                place = (block.sequence, identifier, entry.number)
                event = events.get(entry.number)
                if event is None:
                    raise _BrokenError(findings.event_missing(*place))
                if entry.digest == UNREADABLE:
                    raise _BrokenError(findings.unreadable_when_sealed(*place))
                if event_digest(document, event, self._seal) != entry.digest:
                    raise _BrokenError(findings.event_altered(*place))
                total += self._hash(identifier, entry.number)
            if entries[0].number == 1 and (wrong := check_licence(document)) is not None:
                raise _BrokenError(wrong)
        return total

    def _scan(self, end: int) -> tuple[int, list[str]]:
        """The sum over the library's events that are said to be in blocks up to ``end``; and the licences that later
        blocks hold something of.
        """
        total, late = 0, []
        for outline in self._store.outlines(self._authority):
            self.licences += 1
            numbers = [event["number"] for event in outline["events"]]
            first_waiting = outline.get(UNSEALED, len(numbers) + 1)
            if outline.get("block", 0) > end:
                late.append(outline["_id"])
                continue
            if numbers != list(range(1, len(numbers) + 1)):
                raise _BrokenError(findings.not_sealed(outline["_id"], len(numbers)))
            total += sum(self._hash(outline["_id"], number) for number in numbers[: first_waiting - 1])
            if self.licences % 2000 == 0:
                self._told(0)
        return total, late

    def _name_the_difference(self) -> Finding:
        """The slow way, once it is known that both sides differ: remembers every event of the chain."""
        seen: set[bytes] = set()
        for block in self._store.blocks(self._authority):
            for entry in block.entries:
                one = f"{entry.identifier}/{entry.number}".encode()
                if one in seen:
                    return findings.sealed_twice(block.sequence, entry.identifier, entry.number)
                seen.add(one)
        for outline in self._store.outlines(self._authority):
            first_waiting = outline.get(UNSEALED, len(outline["events"]) + 1)
            for event in outline["events"]:
                number = event["number"]
                is_in_chain = f"{outline['_id']}/{number}".encode() in seen
                if number < first_waiting and not is_in_chain:
                    return findings.not_sealed(outline["_id"], number)
                if number >= first_waiting and is_in_chain:
                    return findings.waits_again(outline["_id"], number)
        return findings.block_out_of_place(self.head.sequence)

    def _hash(self, identifier: str, number: int) -> int:
        digest = hashlib.blake2b(f"{identifier}/{number}".encode(), key=self._key, digest_size=16).digest()
        return int.from_bytes(digest)
