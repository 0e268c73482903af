"""The process that reads strangers' documents: one that is kept, and a child of it for each document.

The kept one never reads a byte of a document itself; it has the parsers loaded, so that a child is there in milliseconds. A child
bounds itself, reads one document, answers and ends: what a document does to a parser ends with it, and cannot reach the next one.

Requests and answers: four bytes of length, big-endian, then the document; the answer is JSON.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import select
import signal
import struct
import sys
import time
from typing import Any, BinaryIO, Final

MAX_SECONDS: Final = 8
MAX_MEMORY_BYTES: Final = 1536 * 1024 * 1024
MAX_ANSWER_BYTES: Final = 48 * 1024 * 1024
MAX_DOCUMENT_BYTES: Final = 16 * 1024 * 1024
_LENGTH: Final = struct.Struct(">I")
_PIECE: Final = 1 << 16


def main() -> None:
    """Answer until the pipe ends. The first argument: how many seconds a document may take."""
    seconds = int(sys.argv[1])
    from keys.pdf_check import read_sealed  # loaded once, here

    logging.disable(logging.CRITICAL)  # a parser's remarks quote the document
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while True:
        head = requests.read(_LENGTH.size)
        if len(head) < _LENGTH.size:
            return
        (length,) = _LENGTH.unpack(head)
        if length > MAX_DOCUMENT_BYTES:
            return
        answer = _in_child(requests.read(length), read_sealed, seconds)
        answers.write(_LENGTH.pack(len(answer)))
        answers.write(answer)
        answers.flush()


def _in_child(document: bytes, read: Any, seconds: int) -> bytes:
    """What a child answers; empty when it died or took too long."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(out)
        _answer(document, read, into, seconds)
    os.close(into)
    try:
        with os.fdopen(out, "rb", buffering=0) as answers:
            return _collect(answers, seconds)
    finally:
        # Ended or not: it has had its time.
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _collect(answers: Any, seconds: int) -> bytes:
    pieces: list[bytes] = []
    size, deadline = 0, time.monotonic() + seconds
    while True:
        left = deadline - time.monotonic()
        ready = select.select([answers], [], [], left)[0] if left > 0 else []
        if not ready:
            return b""
        piece = answers.read(_PIECE)
        if not piece:
            return b"".join(pieces)
        size += len(piece)
        if size > MAX_ANSWER_BYTES:
            return b""
        pieces.append(piece)


def _answer(document: bytes, read: Any, into: int, seconds: int) -> None:
    """Read one document and end; never returns."""
    from keys.pdf_check import UnreadablePdfError

    status = 1
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
        try:
            answer: dict[str, Any] = {"facts": read(document).to_json()}
        except UnreadablePdfError as refused:
            answer = {"unreadable": refused.why.value}
        with os.fdopen(into, "wb") as pipe:
            _write(pipe, json.dumps(answer).encode("ascii"))
        status = 0
    finally:
        os._exit(status)


def _write(pipe: BinaryIO, data: bytes) -> None:
    pipe.write(data)
    pipe.flush()


if __name__ == "__main__":
    main()
