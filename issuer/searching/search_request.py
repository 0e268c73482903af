"""A search for licences - of one holder, with one printed number, or one by its identifier - and what is kept of it.

A holder's number alone never retrieves anything (DOMAIN section 5): whoever asks names the kind of number, the
licence type and the cause (GB/T 36906 wants them with every call).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from standards.codes.holder_code import check_holder_number, holder_code_type
from standards.codes.licence_identifier import MAX_CHARS, parse_licence_identifier
from standards.errors import InvalidInputError
from standards.json_reader import Reader
from standards.licence_types import Catalogue, LicenceType
from standards.single_line import is_single_line
from standards.text import Text

MAX_CAUSE_CHARS: Final = 200
MIN_CAUSE_CHARS: Final = 2

MAX_LICENCE_NUMBER_CHARS: Final = 60

_BY_HOLDER: Final = frozenset({"holder_code_type", "holder_number", "type", "cause"})
_BY_NUMBER: Final = frozenset({"licence_number", "cause"})
_BY_IDENTIFIER: Final = frozenset({"identifier", "cause"})


class SearchBy(StrEnum):
    """What somebody looks for licences by."""

    HOLDER = "holder"
    NUMBER = "number"
    IDENTIFIER = "identifier"

    @property
    def label(self) -> Text:
        """The way in words."""
        return _LABELS[self]


_LABELS: Final[Mapping[SearchBy, Text]] = {
    SearchBy.HOLDER: Text("持证主体", "Holder"),
    SearchBy.NUMBER: Text("证照号码", "Licence number"),
    SearchBy.IDENTIFIER: Text("电子证照标识", "Licence identifier"),
}


@dataclass(frozen=True, slots=True, repr=False)
class SearchRequest:
    """What licences are looked for, and why.

    Attributes:
        by: what the number is of.
        code_type: kind of a holder's number; empty for the other two.
        number: a holder's, a licence's as printed, or an identifier.
        licence_type: of a holder's licences; ``None`` for the other two.
        cause: why.
    """

    by: SearchBy
    code_type: str
    number: str
    licence_type: LicenceType | None
    cause: str

    def __repr__(self) -> str:
        return f"SearchRequest({self.by})"


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """One line of the search log.

    Attributes:
        authority: who searched (USCC).
        by: the system or the member of staff.
        search_by: what was looked for by.
        type_code: licence type of a search by holder; ``None`` for the others.
        holder: keyed hash of the holder, of the licence number or of the identifier, so that all searches for one can
            be found.
        cause: why.
        found: how many licences were shown.
        at: when, UTC.
    """

    authority: str
    by: str
    search_by: SearchBy
    type_code: str | None
    holder: str
    cause: str
    found: int
    at: datetime


IDENTIFIER_KIND: Final = "licence"
"""In the place of a code type of holders, where searches by identifier are looked for."""


def identifier_key(identifier: str) -> str:
    """What stands for a licence's identifier where searches are looked for: identifiers are longer than numbers are."""
    return hashlib.sha256(identifier.encode("ascii")).hexdigest()[:32].upper()


def parse_search(obj: Any, catalogue: Catalogue) -> SearchRequest:
    """The search in ``obj``: ``{"holder_code_type", "holder_number", "type", "cause"}``, or ``{"licence_number",
    "cause"}``, or ``{"identifier", "cause"}``; all members of one of them are required, and no other is allowed.

    Raises:
        InvalidInputError: a member is missing or wrong; the message never repeats the number.
    """
    reader = Reader(obj)
    if "identifier" in reader:
        reader.refuse_unknown(_BY_IDENTIFIER)
        text = reader.text("identifier", max_chars=MAX_CHARS, strip=True)
        identifier = str(parse_licence_identifier(text, where=reader.pointer("identifier")))
        return SearchRequest(SearchBy.IDENTIFIER, "", identifier, None, _cause(reader))
    if "licence_number" in reader:
        reader.refuse_unknown(_BY_NUMBER)
        number = reader.text("licence_number", max_chars=MAX_LICENCE_NUMBER_CHARS, strip=True)
        if not is_single_line(number):
            raise _unprintable(reader, "licence_number")
        return SearchRequest(SearchBy.NUMBER, "", number, None, _cause(reader))
    reader.refuse_unknown(_BY_HOLDER)
    code_type = reader.text("holder_code_type", max_chars=3)
    holder_code_type(code_type, where=reader.pointer("holder_code_type"))
    number = reader.text("holder_number", max_chars=60)
    code = reader.text("type", max_chars=100)
    licence_type = catalogue.find_vct(code) or catalogue.by_code(code, where=reader.pointer("type"))
    cause = _cause(reader)
    checked = check_holder_number(code_type, number, where=reader.pointer("holder_number"))
    return SearchRequest(SearchBy.HOLDER, code_type, checked, licence_type, cause)


def _cause(reader: Reader) -> str:
    cause = reader.text("cause", min_chars=MIN_CAUSE_CHARS, max_chars=MAX_CAUSE_CHARS, strip=True)
    if not is_single_line(cause):
        raise _unprintable(reader, "cause")
    return cause


def _unprintable(reader: Reader, name: str) -> InvalidInputError:
    return reader.fail(name, "含有不可打印的字符。", "It has characters that cannot be printed.")
