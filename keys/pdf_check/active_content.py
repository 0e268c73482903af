"""What would make a viewer do something by itself, or show one page in several ways. Nothing of it is executed here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from keys.pdf_check.entries import dictionary_at, entry, list_at

MAX_PAGES: Final = 64
_MAX_ANNOTATIONS: Final = 200
_MAX_NODES: Final = 400
_MAX_DEPTH: Final = 16

_OF_CATALOGUE: Final = {
    "/OpenAction": "open-action",
    "/AA": "action",
    "/OCProperties": "layers",
    "/Collection": "portfolio",
    "/Requirements": "requirements",
}
_HARMLESS: Final = frozenset({"/GoTo"})


@dataclass(slots=True)
class Found:
    """What pages and catalogue hold."""

    active: set[str] = field(default_factory=set)
    notes: int = 0
    pages: int = 0


def look(reader: PdfFileReader) -> Found:
    """Walk the catalogue, the pages and their annotations, bounded."""
    found = Found()
    root = reader.root
    for key, name in _OF_CATALOGUE.items():
        value = entry(root, key)
        if value is not None and not (key == "/OpenAction" and _is_harmless(value)):
            found.active.add(name)
    names = dictionary_at(root, "/Names")
    if names is not None and "/JavaScript" in names:
        found.active.add("script")
    form = dictionary_at(root, "/AcroForm")
    if form is not None:
        if "/XFA" in form:
            found.active.add("xfa-form")
        if "/CO" in form:
            found.active.add("script")
        if any("/AA" in one or not _is_harmless(entry(one, "/A")) for one in _below(form, "/Fields")):
            found.active.add("action")
    outlines = dictionary_at(root, "/Outlines")
    if outlines is not None and any(not _is_harmless(entry(one, "/A")) for one in _below(outlines, "/First")):
        found.active.add("action")
    for page in pages_of(root):
        found.pages += 1
        if "/AA" in page:
            found.active.add("action")
        _annotations(page, found)
    return found


def pages_of(root: generic.DictionaryObject) -> Iterator[generic.DictionaryObject]:
    """The pages in order; a tree that is too deep, too large or runs in a circle ends the walk."""
    waiting: list[tuple[Any, int]] = [(entry(root, "/Pages"), 0)]
    seen: set[int] = set()
    count = 0
    while waiting and len(seen) < _MAX_NODES and count < MAX_PAGES:
        node, depth = waiting.pop()
        if not isinstance(node, generic.DictionaryObject) or id(node) in seen or depth > _MAX_DEPTH:
            continue
        seen.add(id(node))
        if "/Kids" in node:
            waiting.extend((child, depth + 1) for child in reversed(list_at(node, "/Kids", _MAX_NODES)))
        elif entry(node, "/Type") == "/Page":
            count += 1
            yield node


def _below(top: generic.DictionaryObject, first: str) -> Iterator[generic.DictionaryObject]:
    """Fields with their kids, or lines of an outline with those beside and beneath; each once, bounded."""
    waiting: list[Any] = [entry(top, first), *list_at(top, first, _MAX_NODES)]
    seen: set[int] = set()
    while waiting and len(seen) < _MAX_NODES:
        node = waiting.pop()
        if not isinstance(node, generic.DictionaryObject) or id(node) in seen:
            continue
        seen.add(id(node))
        waiting += [entry(node, "/First"), entry(node, "/Next"), *list_at(node, "/Kids", _MAX_NODES)]
        yield node


def _annotations(page: generic.DictionaryObject, found: Found) -> None:
    for annotation in list_at(page, "/Annots", _MAX_ANNOTATIONS):
        if not isinstance(annotation, generic.DictionaryObject):
            continue
        if entry(annotation, "/Subtype") != "/Widget" or _field_type(annotation) != "/Sig":
            found.notes += 1
        if "/AA" in annotation or not _is_harmless(entry(annotation, "/A")):
            found.active.add("action")


def _field_type(widget: generic.DictionaryObject) -> Any:
    """A widget's own, or that of the field above it."""
    node: Any = widget
    for _ in range(_MAX_DEPTH):
        if not isinstance(node, generic.DictionaryObject):
            return None
        if "/FT" in node:
            return node["/FT"]
        node = entry(node, "/Parent")
    return None


def _is_harmless(action: Any) -> bool:
    """None at all, or a place in the same document."""
    if action is None or isinstance(action, generic.ArrayObject):
        return True
    return (
        isinstance(action, generic.DictionaryObject)
        and entry(action, "/S") in _HARMLESS
        and "/Next" not in action
    )
