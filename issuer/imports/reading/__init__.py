"""Reads files of licences row by row, in bounded memory, from any place on."""

from issuer.imports.reading.file_format import FileFormat, FileShape, detect_shape
from issuer.imports.reading.open_rows import open_rows
from issuer.imports.reading.source_row import Position, RowReader, SourceRow

__all__ = ["FileFormat", "FileShape", "Position", "RowReader", "SourceRow", "detect_shape", "open_rows"]
