"""The reader for a file of a known shape."""

from __future__ import annotations

from typing import BinaryIO

from issuer.imports.reading.csv_rows import CsvRows
from issuer.imports.reading.file_format import FileFormat, FileShape
from issuer.imports.reading.json_rows import JsonRows
from issuer.imports.reading.source_row import RowReader


def open_rows(stream: BinaryIO, shape: FileShape) -> RowReader:
    """The rows of ``stream``: seekable, of that shape."""
    match shape.format:
        case FileFormat.JSON_LINES:
            return JsonRows(stream, begin=shape.begin)
        case FileFormat.CSV:
            return CsvRows(
                stream,
                encoding=shape.encoding,
                delimiter=shape.delimiter,
                header=shape.header,
                begin=shape.begin,
            )
        case FileFormat.XLSX:
            from issuer.imports.reading.xlsx_rows import XlsxRows

            return XlsxRows(stream, header=shape.header)
