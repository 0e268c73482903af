"""Use case: find licences of an authority by holder, printed number or identifier, and log that somebody looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from issuer.library.licence import Licence
from issuer.library.record_document import number_hash
from issuer.library.store import LicenceStore
from issuer.library.store.finding import LicenceFinder
from issuer.searching.search_request import (
    IDENTIFIER_KIND,
    SearchBy,
    SearchEntry,
    SearchRequest,
    identifier_key,
)
from issuer.searching.store import SearchLog
from keys.lookup import LookupKey


@dataclass(frozen=True, slots=True)
class SearchDesk:
    """What a search needs.

    Attributes:
        store, finder: the library.
        log: the search log.
        lookup: for the holder's hash in the log.
    """

    store: LicenceStore
    finder: LicenceFinder
    log: SearchLog
    lookup: LookupKey


def search_licences(
    desk: SearchDesk, request: SearchRequest, *, authority: str, by: str, at: datetime
) -> tuple[Licence, ...]:
    """The licences that ``request`` asks for, newest first, all versions; only those of ``authority``.

    The search is in the log, durably, before this returns.

    Args:
        desk: the library and the log.
        request: checked, with its cause.
        authority: USCC of who searches.
        by: the system or the member of staff.
        at: now.
    """
    found, holder = _find(desk, request, authority)
    desk.log.append(
        SearchEntry(
            authority=authority,
            by=by,
            search_by=request.by,
            type_code=None if request.licence_type is None else request.licence_type.code,
            holder=holder,
            cause=request.cause,
            found=len(found),
            at=at,
        ),
        request.code_type,
        request.number,
    )
    return found


def _find(desk: SearchDesk, request: SearchRequest, authority: str) -> tuple[tuple[Licence, ...], str]:
    """What is found, and the hash of what was looked for."""
    if request.by is SearchBy.IDENTIFIER:
        one = desk.store.find(request.number, authority)
        return (() if one is None else (one,)), desk.lookup.lookup(
            IDENTIFIER_KIND, identifier_key(request.number)
        )
    if request.by is SearchBy.NUMBER:
        found = desk.finder.by_number(authority, request.number)
        return found, number_hash(desk.lookup, request.number)
    assert request.licence_type is not None  # a search by holder always has one
    found = desk.store.find_by_holder(authority, request.code_type, request.number, request.licence_type.code)
    return found, desk.lookup.lookup(request.code_type, request.number)
