"""Checking sealed PDF documents: what was sealed, what came after, by whom, when, and whether that can be proven.

Two parts. ``read_sealed`` takes a stranger's bytes apart (run it in a process with bounds); ``check_seals`` decides over what
was read, with lists in hand, at an instant.
"""

from keys.pdf_check.check_pdf import CheckedPdf, CheckedSeal, check_pdf, check_seals
from keys.pdf_check.facts import (
    Attachment,
    Changes,
    PdfFacts,
    Printed,
    SealFacts,
    SealKind,
    Unreadable,
    UnreadablePdfError,
)
from keys.pdf_check.read_sealed import read_sealed

__all__ = [
    "Attachment",
    "Changes",
    "CheckedPdf",
    "CheckedSeal",
    "PdfFacts",
    "Printed",
    "SealFacts",
    "SealKind",
    "Unreadable",
    "UnreadablePdfError",
    "check_pdf",
    "check_seals",
    "read_sealed",
]
