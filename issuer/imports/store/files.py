"""Files in the store: written once from the beginning to the end, read from any place on, in bounded memory.

A piece holds ``PIECE_BYTES`` of the file, so that a place is found by division; it is packed (zlib) and then sealed
under the file's and the piece's name.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final, cast

from pymongo import ReplaceOne
from pymongo.database import Database

from issuer.imports.errors import FileTooLargeError
from issuer.imports.store.documents import FilePieceDocument
from keys.envelope import Envelope
from service.store.sealed_rows import SealedRows
from standards.text import Text

PIECE_BYTES: Final = 1024 * 1024


class FileStore:
    """Writes and reads files."""

    def __init__(self, database: Database[dict[str, Any]], envelope: Envelope) -> None:
        self._pieces = database["transfer_files"]
        self._envelope = envelope

    @staticmethod
    def ensure_indexes() -> None:
        """Make the indexes; repeating it changes nothing."""
        FilePieceDocument.ensure_indexes()

    def write(
        self, name: str, blocks: Iterable[bytes], *, max_bytes: int, delete_at: datetime
    ) -> tuple[int, int]:
        """Write a file; answers its bytes and its line feeds. One durable write for each piece; repeating overwrites.

        Raises:
            FileTooLargeError: it is longer; what was written is gone.
        """
        size = lines = number = 0
        pending = bytearray()
        for block in blocks:
            size += len(block)
            if size > max_bytes:
                self.delete(name)
                raise FileTooLargeError(max_bytes)
            lines += block.count(b"\n")
            pending += block
            while len(pending) >= PIECE_BYTES:
                self._write_piece(name, number, bytes(pending[:PIECE_BYTES]), delete_at)
                del pending[:PIECE_BYTES]
                number += 1
        if pending:
            self._write_piece(name, number, bytes(pending), delete_at)
        return size, lines

    def open(self, name: str, size: int) -> io.BufferedReader:
        """The file as a stream that can be read from any place on; at most two pieces of it are in memory.

        Reading raises ``SealedDataError`` where somebody altered a piece.
        """
        raw = _StoredFile(self, name, size)
        return io.BufferedReader(cast("io.RawIOBase", raw), 128 * 1024)

    def blocks(self, name: str, size: int) -> Iterator[bytes]:
        """The whole file, piece by piece."""
        for number in range(-(-size // PIECE_BYTES)):
            yield self.read_piece(name, number)

    def delete(self, name: str) -> None:
        """Remove a file."""
        self._pieces.delete_many({"_id": {"$gte": f"{name}/", "$lt": f"{name}0"}})

    def read_piece(self, name: str, number: int) -> bytes:
        """One piece; empty when it is gone."""
        key = _key(name, number)
        row = self._pieces.find_one({"_id": key})
        return b"" if row is None else zlib.decompress(self._envelope.open(row["sealed"], f"file {key}"))

    def sealed_rows(self) -> SealedRows:
        """What a change of the master key brings over."""
        return SealedRows(Text("导入导出文件", "transfer files"), self._pieces, ("sealed",), self._renewed)

    def _write_piece(self, name: str, number: int, content: bytes, delete_at: datetime) -> None:
        key = _key(name, number)
        sealed = self._envelope.seal(zlib.compress(content, 1), f"file {key}")
        row = {"_id": key, "sealed": sealed, "delete_at": delete_at}
        self._pieces.bulk_write([ReplaceOne({"_id": key}, row, upsert=True)])

    def _renewed(self, row: dict[str, Any]) -> dict[str, Any]:
        if not self._envelope.is_older(row["sealed"]):
            return {}
        return {"sealed": self._envelope.reseal(row["sealed"], f"file {row['_id']}")}


class _StoredFile(io.RawIOBase):
    def __init__(self, store: FileStore, name: str, size: int) -> None:
        self._store = store
        self._name = name
        self._size = size
        self._offset = 0
        self._piece: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._offset

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._offset, io.SEEK_END: self._size}[whence]
        self._offset = max(0, base + offset)
        return self._offset

    def readinto(self, buffer: Any) -> int:
        number, place = divmod(self._offset, PIECE_BYTES)
        if self._offset >= self._size:
            return 0
        if self._piece[0] != number:
            self._piece = (number, self._store.read_piece(self._name, number))
        part = self._piece[1][place : place + len(buffer)]
        buffer[: len(part)] = part
        self._offset += len(part)
        return len(part)


def _key(name: str, number: int) -> str:
    return f"{name}/{number:06d}"
