"""The incremental update that a seal is written with."""

from __future__ import annotations

import io

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter


class DocumentWriter(IncrementalPdfFileWriter):
    """Adds to a document and leaves its description as it is.

    The library would write its own name and this machine's time of day into XMP and Info, which PDF/A wants to agree
    with each other, and which no seal is about.
    """

    def __init__(self, pdf: bytes) -> None:
        """Raises ``PdfError`` when the bytes are no PDF."""
        super().__init__(io.BytesIO(pdf))

    def _update_meta(self) -> None:
        """Nothing of the description has changed."""
