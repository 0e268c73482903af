"""Where the values of licences come from: one source per field, many sources compared, their staleness measured.

``judge`` says what a source may write; what it may not becomes a discrepancy (``issuer.discrepancies``).
"""

from issuer.sources.judgement import (
    FieldConflict,
    Judgement,
    differences,
    face_of,
    face_of_draft,
    judge,
)
from issuer.sources.source import Source

__all__ = [
    "FieldConflict",
    "Judgement",
    "Source",
    "differences",
    "face_of",
    "face_of_draft",
    "judge",
]
