"""Which records a file has already named: in a scratch file beside the run, so that memory does not grow with the file.

Only keyed hashes are written. A run that goes on elsewhere begins with an empty scratch; what is entered in the library
is then still known by the mark on the licence.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


class SeenRows:
    """Hash → the first row of the file that had it."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def first_rows(self, named: Iterable[tuple[bytes, int]]) -> list[int]:
        """For each (hash, row) the first row of the file that had the hash: the same row where it is the first."""
        keyed = [(int.from_bytes(hashed[:8], "little", signed=True), row) for hashed, row in named]
        database = self._database
        with database:
            before = database.total_changes
            database.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", keyed)
            if database.total_changes - before == len(keyed):
                return [row for _, row in keyed]
        find = "SELECT row FROM seen WHERE hash = ?"
        return [database.execute(find, (key,)).fetchone()[0] for key, _ in keyed]


@contextmanager
def seen_rows(path: Path) -> Iterator[SeenRows]:
    """The scratch file at ``path``, made if it is not there; an unreadable one is begun anew."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        database = _open(path)
    except sqlite3.DatabaseError:
        forget(path)
        database = _open(path)
    try:
        yield SeenRows(database)
    finally:
        database.close()


def forget(path: Path) -> None:
    """Remove the scratch file."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _open(path: Path) -> sqlite3.Connection:
    # The run's thread opens, uses and closes it.
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode=WAL")
    # Nothing here must outlive a power cut: what it costs is only the notice of a record that the file names twice.
    database.execute("PRAGMA synchronous=OFF")
    database.execute("PRAGMA cache_size=-8192")
    database.execute("CREATE TABLE IF NOT EXISTS seen (hash INTEGER PRIMARY KEY, row INTEGER)")
    return database
