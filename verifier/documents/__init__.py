"""Checking PDF documents: the seals, what came after them, the licence that is attached, and whether the page says what it says.

Reading a stranger's file happens in a process of its own (``read_document``); deciding is pure (``check_document``).
"""

from verifier.documents.check_document import CheckedDocument, check_document, credential_of
from verifier.documents.compare_face import ComparedField
from verifier.documents.reading import read_document
from verifier.documents.recognise_document import is_document

__all__ = [
    "CheckedDocument",
    "ComparedField",
    "check_document",
    "credential_of",
    "is_document",
    "read_document",
]
