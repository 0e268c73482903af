"""Publishing a status list of 2^20 entries of which 1 % are set, over the real store: read, compress, sign."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from benchmarks.row import Row
from issuer.status.allocate_entries import EntryAllocator
from issuer.status.change import StatusChanges
from issuer.status.entry import LIST_CAPACITY, Entries
from issuer.status.publish_list import StatusListPublisher
from issuer.status.store import NewCopies, StatusStore
from service.embedded_store.server import EmbeddedStore
from service.settings import Settings
from service.store import connect, disconnect
from standards.status_list import StatusValue
from tests.support.trust_world import new_signer

_AUTHORITY = "11330100000000001X"
_SET = LIST_CAPACITY // 100
_WRITERS = 8
_DRAWS = 40
_CHANGES = 15
_AT = datetime(2026, 3, 1, 8, tzinfo=UTC)


def run() -> list[Row]:
    """One change published, a whole list built, and what eight writers at once pay for their entries."""
    with _store() as store:
        allocator = EntryAllocator(store)
        entries = [allocator.allocate(_AUTHORITY, _SET // 2) for _ in range(2)]
        number = entries[0].list_number
        indexes = [index for found in entries for index in found.indexes]
        store.insert_copies(
            (f"batch:bench:{n}", _copies(f"licence-{n}", Entries(number, (index,))))
            for n, index in enumerate(indexes)
        )
        for n in range(len(indexes) - _CHANGES):
            store.set_values(f"licence-{n}", StatusValue.INVALID, 2)
        publisher = _publisher(store)
        full = min(_full(publisher, number) for _ in range(3))
        one = min(
            _one_change(store, publisher, number, f"licence-{n}", revision)
            for revision in (2, 3)
            for n in range(len(indexes) - _CHANGES, len(indexes))
        )
        drawn = _draw_at_once(store)
    return [
        Row("publish one change in a list of 2^20 entries, 1 % set", one * 1e3, "ms", goal=6),
        Row("publish that list read anew from single copies", full * 1e3, "ms", goal=80),
        Row(f"entries given out to {_WRITERS} writers at once, none twice", drawn, "1/s"),
    ]


@contextmanager
def _store() -> Iterator[StatusStore]:
    with tempfile.TemporaryDirectory(prefix="elicence-bench-") as folder:
        data = Path(folder)
        with EmbeddedStore(data) as embedded:
            settings = Settings(data=data, store_uri=embedded.uri, master_key_file=data / "master.key")
            store = StatusStore(connect(settings, "issuer"))
            try:
                store.ensure_indexes()
                yield store
            finally:
                disconnect("issuer")


def _copies(licence: str, entries: Entries) -> NewCopies:
    return NewCopies(licence, entries, _AT, _AT + timedelta(days=180))


def _publisher(store: StatusStore) -> StatusListPublisher:
    signer = new_signer("issuer")
    changes = StatusChanges(store, lambda _identifier, _at: None)
    return StatusListPublisher(
        store, changes, issuer_url="http://localhost:8001", signer_of=lambda _uscc: signer
    )


def _full(publisher: StatusListPublisher, number: int) -> float:
    publisher.forget()
    started = perf_counter()
    publisher.current(number, at=_AT)
    return perf_counter() - started


def _one_change(
    store: StatusStore, publisher: StatusListPublisher, number: int, licence: str, revision: int
) -> float:
    value = StatusValue.SUSPENDED if revision == 2 else StatusValue.VALID
    store.raise_versions(store.set_values(licence, value, revision), licence)
    started = perf_counter()
    publisher.current(number, at=_AT)
    return perf_counter() - started


def _draw_at_once(store: StatusStore) -> float:
    found: list[tuple[int, int]] = []

    def draw() -> None:
        allocator = EntryAllocator(store)
        for _ in range(_DRAWS):
            entries = allocator.allocate(_AUTHORITY, 100)
            found.extend((entries.list_number, index) for index in entries.indexes)

    threads = [threading.Thread(target=draw) for _ in range(_WRITERS)]
    started = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = perf_counter() - started
    if len(set(found)) != len(found):
        raise RuntimeError("an entry was given out twice")
    return len(found) / elapsed
