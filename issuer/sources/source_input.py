"""Reads the description of a source system."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Final

from issuer.imports.imported_file import OWN_HAND
from issuer.registrar.authority import Authority
from issuer.sources.errors import InvalidSourceError
from issuer.sources.source import Source
from standards.json_reader import Reader
from standards.licence_types import DEPARTMENTS
from standards.single_line import is_single_line

MAX_NAME_CHARS: Final = 80
MAX_CONTACT_CHARS: Final = 200
MAX_HOURS: Final = 366 * 24
"""A source that speaks less than once a year is no source."""

_CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,38}[a-z0-9]", re.ASCII)

_TAKEN: Final = frozenset({"new", OWN_HAND})
"""The address of the form, and what imports call the authority's own hand: such a source would never be asked for."""

_MEMBERS: Final = frozenset(
    {"name", "department", "contact", "expected_every_hours", "types", "system", "applies"}
)


def parse_source(obj: Any, code: str, authority: Authority) -> Source:
    """The source in ``obj``: ``{"name", "department", "contact", "expected_every_hours", "types", "system", "applies"}``.

    Args:
        obj: the decoded body.
        code: the source's name in addresses.
        authority: whose source it is; it covers only types that the authority may issue.

    Raises:
        InvalidSourceError: it cannot be registered so; the message names the place.
    """
    reader = Reader(obj, error=InvalidSourceError)
    reader.refuse_unknown(_MEMBERS)
    if code in _TAKEN or not _CODE.fullmatch(code):
        raise InvalidSourceError(
            "来源代码应为 2 至 40 个小写字母、数字或连字符。",
            "A source's code has 2 to 40 small letters, digits and hyphens.",
            where="/code",
        )
    types = reader.optional_texts("types", max_chars=21) or ()
    for index, type_code in enumerate(types):
        if type_code not in authority.licence_types or type_code in types[:index]:
            raise reader.fail(
                "types", "含有本机构不颁发或重复的证照类型。", "A type is not issued here, or named twice."
            )
    return Source(
        authority=authority.uscc,
        code=code,
        name=_line(reader, "name", MAX_NAME_CHARS),
        department=reader.choice("department", frozenset(DEPARTMENTS)),
        contact=_line(reader, "contact", MAX_CONTACT_CHARS) if "contact" in reader else "",
        expected_every=timedelta(hours=reader.integer("expected_every_hours", minimum=1, maximum=MAX_HOURS)),
        type_codes=types,
        system=_line(reader, "system", MAX_NAME_CHARS) if "system" in reader else None,
        applies=reader.optional_boolean("applies") or False,
    )


def _line(reader: Reader, name: str, max_chars: int) -> str:
    text = reader.text(name, max_chars=max_chars, strip=True)
    if not is_single_line(text):
        raise reader.fail(name, "含有不可打印的字符。", "It has characters that cannot be printed.")
    return text
