"""The document security store: certificates and revocation lists that a document carries (ISO 32000-2 section 12.8.4.3)."""

from __future__ import annotations

from typing import Final

from pyhanko.pdf_utils import generic

from keys.pdf_check.attachments import inflated
from keys.pdf_check.entries import dictionary_at, list_at

MAX_ITEMS: Final = 400
MAX_ITEM_BYTES: Final = 4 * 1024 * 1024
MAX_TOTAL_BYTES: Final = 12 * 1024 * 1024


def security_store(root: generic.DictionaryObject) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """DER of its certificates and of its revocation lists; each is checked by whoever uses it."""
    store = dictionary_at(root, "/DSS")
    return ((), ()) if store is None else (_streams(store, "/Certs"), _streams(store, "/CRLs"))


def _streams(store: generic.DictionaryObject, key: str) -> tuple[bytes, ...]:
    found: list[bytes] = []
    left = MAX_TOTAL_BYTES
    for stream in list_at(store, key, MAX_ITEMS):
        data = inflated(stream, MAX_ITEM_BYTES) if isinstance(stream, generic.StreamObject) else b""
        left -= len(data)
        if left < 0:
            break
        if data:
            found.append(data)
    return tuple(dict.fromkeys(found))
