"""The process that draws a PDF's pages and reads their codes: bytes on standard input, JSON on standard output.

Run by :mod:`verifier.scanning.pdf_pages`. It bounds itself before it reads a byte.
"""

from __future__ import annotations

import json
import math
import resource
import sys
from typing import Any, Final

MAX_PROCESSOR_SECONDS: Final = 6
MAX_MEMORY_BYTES: Final = 1024 * 1024 * 1024

MAX_PAGES: Final = 8
"""Pages looked at; a licence has one or two."""

MAX_SIDE_PIXELS: Final = 2200
"""Longer side of a page as it is drawn: 190 dots an inch on A4, four to a module of a large symbol."""

MAX_CODES: Final = 16
MAX_CODE_CHARS: Final = 8_000

_NEVER_LESS: Final = 1.0
_MAX_SCALE: Final = 3.0


def main() -> None:
    """Read, draw, answer."""
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_PROCESSOR_SECONDS, MAX_PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.stdout.write(json.dumps(read(sys.stdin.buffer.read())))


def read(content: bytes) -> dict[str, Any]:
    """What :class:`verifier.scanning.pdf_pages.ReadPdf` holds, or why not."""
    import pypdfium2  # after the bounds: loading it is part of what they bound

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as cause:
        return {"encrypted": "password" in str(cause).lower()}
    pages = len(document)
    texts: list[str] = []
    read_pages = min(pages, MAX_PAGES)
    for number in range(read_pages):
        texts += _texts_on(document[number])
    return {
        "texts": [text[:MAX_CODE_CHARS] for text in dict.fromkeys(texts)][:MAX_CODES],
        "pages": pages,
        "pages_read": read_pages,
        "signatures": max(0, pypdfium2.raw.FPDF_GetSignatureCount(document)),
    }


def _texts_on(page: Any) -> list[str]:
    from standards.qr import read_pixels

    width, height = page.get_size()
    longer = max(width, height, _NEVER_LESS)
    # A page of hair's breadth or of a kilometre is drawn no larger than any other.
    scale = min(_MAX_SCALE, MAX_SIDE_PIXELS / longer)
    if not math.isfinite(scale) or scale <= 0:
        return []
    picture = page.render(scale=scale, grayscale=True, may_draw_forms=False).to_pil()
    return [code.text for code in read_pixels(picture)]


if __name__ == "__main__":
    main()
