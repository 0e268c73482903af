"""QR codes on the pages of an untrusted PDF: drawn by PDFium in a process of its own.

PDFium is a large program in C++ that reads what strangers wrote. The process that runs it has no store, no keys in its memory,
bounded memory and processor time, and ends with the answer; when it dies of a document, the window does not. Scripts, forms
and links of the document are not in the build that draws; nothing is fetched.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import Any, Final

import orjson

from verifier.scanning.foreign_kind import ForeignKind

MAX_SECONDS: Final = 8.0
"""Longest that a document is worked on."""

MAX_AT_ONCE: Final = 2
"""Documents read at the same time in this process; further ones wait their turn."""

MAX_WAIT_SECONDS: Final = 4.0
"""Longest that a document waits for its turn: threads that wait answer nobody else."""

MAX_ANSWER_BYTES: Final = 1024 * 1024

_turn = threading.BoundedSemaphore(MAX_AT_ONCE)


class PdfUnreadableError(Exception):
    """The document cannot be read; ``kind`` says why."""

    def __init__(self, kind: ForeignKind) -> None:
        super().__init__(kind.value)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class ReadPdf:
    """A document after reading.

    Attributes:
        texts: what its codes say, page by page.
        pages: how many it has.
        pages_read: how many of them were looked at.
        signatures: its signature fields; nothing about them was checked.
    """

    texts: tuple[str, ...]
    pages: int
    pages_read: int
    signatures: int


def read_pdf(content: bytes) -> ReadPdf:
    """The codes of a document; raises ``PdfUnreadableError``."""
    if not _turn.acquire(timeout=MAX_WAIT_SECONDS):
        raise PdfUnreadableError(ForeignKind.BUSY)
    try:
        answer = _ask(content)
    finally:
        _turn.release()
    match answer:
        case {"encrypted": True}:
            raise PdfUnreadableError(ForeignKind.ENCRYPTED_PDF)
        case {
            "texts": list(texts),
            "pages": int(pages),
            "pages_read": int(read),
            "signatures": int(signatures),
        }:
            return ReadPdf(tuple(str(text) for text in texts), pages, read, signatures)
        case _:
            raise PdfUnreadableError(ForeignKind.DAMAGED_PDF)


def _ask(content: bytes) -> Any:
    command = [sys.executable, "-I", "-m", "verifier.scanning.pdf_process"]
    try:
        # An empty environment: the settings of the service name its store and its keys.
        done = subprocess.run(  # noqa: S603 - our own module, the document on standard input
            command, input=content, capture_output=True, timeout=MAX_SECONDS, env={}, check=True
        )
        return orjson.loads(done.stdout[:MAX_ANSWER_BYTES])
    except (subprocess.SubprocessError, orjson.JSONDecodeError) as cause:
        raise PdfUnreadableError(ForeignKind.DAMAGED_PDF) from cause
