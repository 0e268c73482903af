"""Files within a PDF, taken out with bounds: their number, their size, the depth of what names them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from keys.pdf_check.entries import dictionary_at, entry, list_at
from keys.pdf_check.facts import Attachment

MAX_ATTACHMENTS: Final = 16
MAX_ATTACHMENT_BYTES: Final = 2 * 1024 * 1024
_MAX_NODES: Final = 64
_MAX_NAMES: Final = 64
_MAX_NAME_CHARS: Final = 200


def attachments_of(reader: PdfFileReader) -> tuple[Attachment, ...]:
    """All files that the document names, in its tree of names or as associated files; each object once."""
    seen: set[Any] = set()
    found = []
    for specification in _specifications(reader.root):
        one = _attachment(specification, seen)
        if one is not None:
            found.append(one)
        if len(found) == MAX_ATTACHMENTS:
            break
    return tuple(found)


def _specifications(root: generic.DictionaryObject) -> Iterator[Any]:
    names = dictionary_at(root, "/Names")
    tree = None if names is None else dictionary_at(names, "/EmbeddedFiles")
    if tree is not None:
        yield from _of_tree(tree)
    yield from list_at(root, "/AF", _MAX_NAMES)


def _of_tree(tree: generic.DictionaryObject) -> Iterator[Any]:
    """Level by level, each node once: a tree may run in a circle."""
    waiting: list[Any] = [tree]
    seen: set[int] = set()
    while waiting and len(seen) < _MAX_NODES:
        node = waiting.pop(0)
        if not isinstance(node, generic.DictionaryObject) or id(node) in seen:
            continue
        seen.add(id(node))
        yield from list_at(node, "/Names", 2 * _MAX_NAMES)[1::2]
        waiting.extend(list_at(node, "/Kids", _MAX_NAMES))


def _attachment(specification: Any, seen: set[Any]) -> Attachment | None:
    if not isinstance(specification, generic.DictionaryObject):
        return None
    files = dictionary_at(specification, "/EF")
    if files is None:
        return None
    present = [key for key in ("/UF", "/F") if key in files]
    identities = {_identity(files.raw_get(key)) for key in present}
    if not present or not identities.isdisjoint(seen):
        return None
    seen |= identities
    names = {str(specification[key]) for key in ("/F", "/UF") if key in specification}
    # Two names or two contents for one file: a reader may take either, so it has no name here.
    name = names.pop() if len(names) == 1 and len(identities) == 1 else ""
    stream = files[present[0]]
    if not isinstance(stream, generic.StreamObject):
        return None
    return Attachment(name[:_MAX_NAME_CHARS], inflated(stream, MAX_ATTACHMENT_BYTES))


def _identity(value: Any) -> Any:
    return (value.idnum, value.generation) if isinstance(value, generic.IndirectObject) else id(value)


def inflated(stream: generic.StreamObject, limit: int) -> bytes:
    """The content, as far as it is plain or deflated and not longer than ``limit``; empty otherwise."""
    encoded = bytes(stream.encoded_data)
    filters = entry(stream, "/Filter")
    if isinstance(filters, generic.ArrayObject):
        filters = filters[0] if len(filters) == 1 else None if not filters else "/Several"
    if filters is None:
        return encoded if len(encoded) <= limit else b""
    if filters != "/FlateDecode" or entry(stream, "/DecodeParms") is not None:
        return b""
    try:
        data = zlib.decompressobj().decompress(encoded, limit + 1)
    except zlib.error:
        return b""
    return data if len(data) <= limit else b""
