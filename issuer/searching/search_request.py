"""A search for the licences of one holder, and what is kept of it.

A holder's number alone never retrieves anything (DOMAIN section 5): whoever asks names the kind of number, the
licence type and the cause (GB/T 36906 wants them with every call).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from standards.codes.holder_code import check_holder_number, holder_code_type
from standards.json_reader import Reader
from standards.licence_types import Catalogue, LicenceType
from standards.single_line import is_single_line

MAX_CAUSE_CHARS: Final = 200
MIN_CAUSE_CHARS: Final = 2

_MEMBERS: Final = frozenset({"holder_code_type", "holder_number", "type", "cause"})


@dataclass(frozen=True, slots=True, repr=False)
class SearchRequest:
    """Whose licences of which type, and why."""

    code_type: str
    number: str
    licence_type: LicenceType
    cause: str

    def __repr__(self) -> str:
        return f"SearchRequest({self.licence_type.code})"


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """One line of the search log.

    Attributes:
        authority: who searched (USCC).
        by: the system or the member of staff.
        type_code: licence type.
        holder: keyed hash of the holder, so that all searches for one person can be found.
        cause: why.
        found: how many licences were shown.
        at: when, UTC.
    """

    authority: str
    by: str
    type_code: str
    holder: str
    cause: str
    found: int
    at: datetime


def parse_search(obj: Any, catalogue: Catalogue) -> SearchRequest:
    """The search in ``obj``: ``{"holder_code_type", "holder_number", "type", "cause"}``, all required.

    Raises:
        InvalidInputError: a member is missing or wrong; the message never repeats the number.
    """
    reader = Reader(obj)
    reader.refuse_unknown(_MEMBERS)
    code_type = reader.text("holder_code_type", max_chars=3)
    holder_code_type(code_type, where=reader.pointer("holder_code_type"))
    number = reader.text("holder_number", max_chars=60)
    code = reader.text("type", max_chars=100)
    licence_type = catalogue.find_vct(code) or catalogue.by_code(code, where=reader.pointer("type"))
    cause = reader.text("cause", min_chars=MIN_CAUSE_CHARS, max_chars=MAX_CAUSE_CHARS, strip=True)
    if not is_single_line(cause):
        raise reader.fail("cause", "含有不可打印的字符。", "It has characters that cannot be printed.")
    checked = check_holder_number(code_type, number, where=reader.pointer("holder_number"))
    return SearchRequest(code_type, checked, licence_type, cause)
