"""Use case: seal what happened into the chain of its authority, block after block.

Every event is durable in its licence before it gets here, with a note that no block holds it. A block is written first,
then the licences are noted. Whoever continues a chain first notes what its newest block holds, unless it did so itself:
so a process that was killed in between leaves nothing out and nothing twice. Two at once may try; the place in the
chain goes to one of them, and the other begins again.
"""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any, Final

import structlog

from issuer.chain.block import Entry, build_block
from issuer.chain.digest import event_digest
from issuer.chain.errors import ChainBrokenError
from issuer.chain.store import ChainStore
from issuer.library.record_document import UNSEALED, RecordSeal
from keys.errors import SealedDataError

LICENCES_OF_A_BLOCK: Final = 2000
"""At most; a block of that size is about 150 KB in the store."""

_BLOCKS_IN_A_ROW: Final = 50
"""After so many, another authority has its turn."""

_LOG = structlog.get_logger(__name__)


class ChainSealer:
    """Seals; may be used by several threads, processes and machines at once."""

    def __init__(self, store: ChainStore, seal: RecordSeal) -> None:
        self._store = store
        self._seal = seal
        self._noted: dict[str, int] = {}
        self._lock = threading.Lock()

    def seal_waiting(self, at: datetime) -> int:
        """Seal what waits, of every authority. Answers how many events."""
        sealed = 0
        for authority in self._store.waiting_authorities():
            try:
                sealed += self.seal_authority(authority, at, most=_BLOCKS_IN_A_ROW)
            except ChainBrokenError as error:
                _LOG.error("chain-broken", authority=authority, reason=error.message.en)
        return sealed

    def seal_authority(self, authority: str, at: datetime, *, most: int | None = None) -> int:
        """Seal what waits, of one authority: three durable writes for some thousand events. Answers how many.

        Raises:
            ChainBrokenError: the end of the chain does not open.
        """
        sealed, blocks = 0, 0
        with self._lock:
            while most is None or blocks < most:
                made = self._next_block(authority, at)
                if made is None:
                    break
                sealed += made
                blocks += 1
        return sealed

    def _next_block(self, authority: str, at: datetime) -> int | None:
        head = self._store.head(authority)
        if head.sequence == 0:
            self._store.adopt(authority)
        elif self._noted.get(authority) != head.sequence:
            self._note_newest(authority, head.sequence)
            self._noted[authority] = head.sequence
        waiting = self._store.waiting(authority, LICENCES_OF_A_BLOCK)
        if not waiting:
            return None
        entries = tuple(entry for document in waiting for entry in self._entries(document))
        if not entries:
            return None
        block = build_block(
            authority, head.sequence + 1, head.hash, entries, at if head.at is None else max(at, head.at)
        )
        if not self._store.append(block):
            return 0
        self._store.note(block)
        self._noted[authority] = block.sequence
        return len(entries)

    def _note_newest(self, authority: str, sequence: int) -> None:
        try:
            for block in self._store.blocks(authority, after=sequence - 1):
                self._store.note(block)
        except (SealedDataError, ValueError, KeyError) as error:
            raise ChainBrokenError(authority, sequence) from error

    def _entries(self, document: dict[str, Any]) -> list[Entry]:
        first = document[UNSEALED]
        return [
            Entry(document["_id"], event["number"], event_digest(document, event, self._seal))
            for event in document["events"]
            if event["number"] >= first
        ]
