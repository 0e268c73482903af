"""The files of one run: the order, the copies, the refused lines, and how far it has come.

Results are appended and forced to the disk before the note of progress takes their place into account; what stands behind
the noted place is cut off when the run is taken up again. So a kill at any instant loses nothing and repeats nothing.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BufferedReader
from pathlib import Path
from typing import Any, Final, Self

import orjson

from issuer.bulk.errors import OrderFileError
from issuer.bulk.order_line import MAX_LINE_BYTES
from keys.private_files import replace_private_file
from standards.text import Text

_HEAD_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come.

    Attributes:
        run: names the run.
        order: fingerprint of the order file: its size and a hash of its beginning.
        line: lines read.
        offset: bytes of the order read.
        issued_bytes, refused_bytes: length of the results that count.
        copies, refusals: how many.
    """

    run: str
    order: str
    line: int = 0
    offset: int = 0
    issued_bytes: int = 0
    refused_bytes: int = 0
    copies: int = 0
    refusals: int = 0

    def to_json(self) -> dict[str, Any]:
        """As it is noted."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class OrderChunk:
    """Some lines of the order, and where they end."""

    lines: tuple[tuple[int, bytes], ...]
    line: int
    offset: int


class OrderFiles:
    """The files of a run, open for it alone."""

    def __init__(self, order: Path, issued: Path, refused: Path) -> None:
        self._order, self._issued, self._refused = order, issued, refused
        self._note = issued.with_name(f"{issued.name}.progress")
        self.size = order.stat().st_size
        self.progress = self._begin()

    def __enter__(self) -> Self:
        self._issued_fd = _open_at(self._issued, self.progress.issued_bytes)
        self._refused_fd = _open_at(self._refused, self.progress.refused_bytes)
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._issued_fd)
        os.close(self._refused_fd)

    def chunks(self, lines: int) -> Iterator[OrderChunk]:
        """The order from where the run has come, ``lines`` at a time."""
        with self._order.open("rb") as stream:
            stream.seek(self.progress.offset)
            number, chunk = self.progress.line, []
            offset = self.progress.offset
            for data, length in _lines(stream):
                number, offset = number + 1, offset + length
                if data.strip():
                    chunk.append((number, data))
                if len(chunk) == lines:
                    yield OrderChunk(tuple(chunk), number, offset)
                    chunk = []
            yield OrderChunk(tuple(chunk), number, offset)

    def keep(self, chunk: OrderChunk, *, issued: bytes, refused: bytes, copies: int, refusals: int) -> None:
        """Keep the results of the next chunk, durably, then the note of it."""
        for descriptor, content in ((self._issued_fd, issued), (self._refused_fd, refused)):
            if content:
                _write(descriptor, content)
        before = self.progress
        self.progress = replace(
            before,
            line=chunk.line,
            offset=chunk.offset,
            issued_bytes=before.issued_bytes + len(issued),
            refused_bytes=before.refused_bytes + len(refused),
            copies=before.copies + copies,
            refusals=before.refusals + refusals,
        )
        replace_private_file(self._note, orjson.dumps(self.progress.to_json()))

    def end(self) -> None:
        """The run is complete: its note goes, and so does an empty file of refused lines."""
        self._note.unlink()
        if self.progress.refused_bytes == 0:
            self._refused.unlink()

    def _begin(self) -> Progress:
        fingerprint = self._fingerprint()
        if not self._note.exists():
            for path in (self._issued, self._refused):
                if path.exists():
                    raise OrderFileError(
                        "结果文件已存在，没有覆盖。",
                        "The file for the results exists already; it was not replaced.",
                        where=str(path),
                        next_step=Text("请指定另一个文件。", "Name another file."),
                    )
            begun = Progress(secrets.token_hex(8), fingerprint)
            # Before anything is taken from a list: the run's name is what makes a repeat find its entries.
            replace_private_file(self._note, orjson.dumps(begun.to_json()))
            return begun
        try:
            noted = Progress(**orjson.loads(self._note.read_bytes()))
        except (orjson.JSONDecodeError, TypeError) as error:
            raise OrderFileError(
                "进度记录已损坏。", "The note of progress is damaged.", where=str(self._note)
            ) from error
        if noted.order != fingerprint:
            raise OrderFileError(
                "该结果文件属于另一份清单。",
                "The results there belong to another order.",
                where=str(self._issued),
                next_step=Text("请指定另一个结果文件。", "Name another file for the results."),
            )
        return noted

    def _fingerprint(self) -> str:
        with self._order.open("rb") as stream:
            return f"{self.size}:{hashlib.sha256(stream.read(_HEAD_BYTES)).hexdigest()}"


def _lines(stream: BufferedReader) -> Iterator[tuple[bytes, int]]:
    """Each line, cut off where it is too long to be one of ours, and its length with its end."""
    while line := stream.readline(MAX_LINE_BYTES + 1):
        length = len(line)
        while not line.endswith(b"\n") and (rest := stream.readline(MAX_LINE_BYTES)):
            length += len(rest)
            if rest.endswith(b"\n"):
                break
        yield line, length


def _open_at(path: Path, length: int) -> int:
    """A file for results, private, cut to what counts."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    os.ftruncate(descriptor, length)
    os.lseek(descriptor, 0, os.SEEK_END)
    return descriptor


def _write(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
    os.fsync(descriptor)
