"""Is a file a document that is checked as one? By bytes that a seal or an attachment cannot do without."""

from __future__ import annotations

from typing import Final

_HEADER: Final = b"%PDF-"
_HEADER_WITHIN: Final = 1024
# Neither can be in a compressed object: one is a place in the file, the other heads a stream.
_MARKS: Final = (b"/ByteRange", b"/EmbeddedFile")


def is_pdf(content: bytes) -> bool:
    """Whether it is a PDF at all, as readers take it."""
    return _HEADER in content[:_HEADER_WITHIN]


def is_document(content: bytes) -> bool:
    """Whether it is a PDF with a seal or with files in it; a page with a code on it alone is none."""
    return is_pdf(content) and any(mark in content for mark in _MARKS)
