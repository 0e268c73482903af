"""Reading a stranger's document in a process of its own: it has no store, no keys, and bounded memory and time."""

from __future__ import annotations

import atexit
import queue
import select
import struct
import subprocess
import sys
import threading
import time
from typing import Final

import orjson

from keys.pdf_check import PdfFacts, Unreadable
from keys.pdf_check.raw_layout import is_as_said
from verifier.documents.reading_process import MAX_ANSWER_BYTES, MAX_DOCUMENT_BYTES, MAX_SECONDS

MAX_AT_ONCE: Final = 2
"""Documents read at the same time in this process; further ones wait their turn."""

MAX_WAIT_SECONDS: Final = 4.0
_LENGTH: Final = struct.Struct(">I")
_PATIENCE_SECONDS: Final = 6.0
"""Longer by that than the process gives a document itself: starting it takes a while on a busy machine."""


class DocumentReaders:
    """The kept processes; each serves one document at a time. Safe to share between threads."""

    def __init__(self, at_once: int = MAX_AT_ONCE, seconds: int = MAX_SECONDS) -> None:
        """Prepare.

        Args:
            at_once: how many processes.
            seconds: how long one document may take.
        """
        self._turns: queue.SimpleQueue[_Reader] = queue.SimpleQueue()
        self._all = tuple(_Reader(seconds) for _ in range(at_once))
        for reader in self._all:
            self._turns.put(reader)

    def read(self, pdf: bytes) -> PdfFacts | Unreadable | None:
        """What stands in a document, why it cannot be read, or ``None`` when there was no turn for it."""
        if len(pdf) > MAX_DOCUMENT_BYTES:
            return Unreadable.TOO_LARGE
        try:
            reader = self._turns.get(timeout=MAX_WAIT_SECONDS)
        except queue.Empty:
            return None
        try:
            return _understood(reader.ask(pdf), pdf)
        finally:
            self._turns.put(reader)

    def close(self) -> None:
        """End the processes; documents that are being read end without an answer."""
        for reader in self._all:
            reader.close()


class _Reader:
    """One kept process, started at its first document and again when it ended."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, pdf: bytes) -> bytes:
        """The answer, empty when there is none."""
        process = self._process
        if process is None or process.poll() is not None:
            self.close()
            process = self._process = _started(self._seconds)
        try:
            return _exchange(process, pdf, self._seconds + _PATIENCE_SECONDS)
        except (OSError, ValueError, TimeoutError):
            self.close()
            return b""

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def _started(seconds: int) -> subprocess.Popen[bytes]:
    # An empty environment: the settings of the service name its store and its keys.
    return subprocess.Popen(  # noqa: S603 - our own module, a number of ours
        [sys.executable, "-I", "-m", "verifier.documents.reading_process", str(seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        bufsize=0,
    )


def _exchange(process: subprocess.Popen[bytes], pdf: bytes, patience: float) -> bytes:
    assert process.stdin is not None
    request = memoryview(_LENGTH.pack(len(pdf)) + pdf)
    while request:
        request = request[process.stdin.write(request) :]
    deadline = time.monotonic() + patience
    (length,) = _LENGTH.unpack(_exactly(process, _LENGTH.size, deadline))
    if length > MAX_ANSWER_BYTES:
        raise ValueError("an answer that long is none")
    return _exactly(process, length, deadline)


def _exactly(process: subprocess.Popen[bytes], length: int, deadline: float) -> bytes:
    assert process.stdout is not None
    got = bytearray()
    while len(got) < length:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([process.stdout], [], [], left)[0]:
            raise TimeoutError
        piece = process.stdout.read(length - len(got))
        if not piece:
            raise OSError("the reading process ended")
        got += piece
    return bytes(got)


def _understood(answer: bytes, pdf: bytes) -> PdfFacts | Unreadable:
    """The answer is as untrusted as the document: a parser that was overcome may say anything."""
    if not answer:
        # It took longer, or more memory, than any document of an office does.
        return Unreadable.TOO_LARGE
    try:
        wire = orjson.loads(answer)
        if "unreadable" in wire:
            return Unreadable(wire["unreadable"])
        facts = PdfFacts.of_json(wire["facts"])
    except (ValueError, TypeError, KeyError, IndexError):
        return Unreadable.DAMAGED
    if all(seal.problem is not None or is_as_said(pdf, seal) for seal in facts.seals):
        return facts
    return Unreadable.DAMAGED


_readers: dict[bool, DocumentReaders] = {}
"""Of the public, and of everybody else: started by the first document, kept for all further ones."""
_opening = threading.Lock()


def read_document(pdf: bytes, *, public: bool = False) -> PdfFacts | Unreadable | None:
    """Read with the processes that this one keeps; see :meth:`DocumentReaders.read`.

    Args:
        pdf: the document.
        public: whether somebody unknown brings it. They have one process between them, so that their files do not keep windows waiting.
    """
    with _opening:
        if public not in _readers:
            _readers[public] = DocumentReaders(1 if public else MAX_AT_ONCE)
            atexit.register(_readers[public].close)
        readers = _readers[public]
    return readers.read(pdf)
