"""Use case: find the licences that an authority gave to one holder, and log that somebody looked."""

from __future__ import annotations

from datetime import datetime

from issuer.library.licence import Licence
from issuer.library.store import LicenceStore
from issuer.searching.search_request import SearchEntry, SearchRequest
from issuer.searching.store import SearchLog
from keys.lookup import LookupKey


def search_licences(
    store: LicenceStore,
    log: SearchLog,
    lookup: LookupKey,
    request: SearchRequest,
    *,
    authority: str,
    by: str,
    at: datetime,
) -> tuple[Licence, ...]:
    """The holder's licences of that type, newest first, all versions; only those of ``authority``.

    The search is in the log, durably, before this returns.

    Args:
        store: the library.
        log: the search log.
        lookup: for the holder's hash in the log.
        request: checked, with its cause.
        authority: USCC of who searches.
        by: the system or the member of staff.
        at: now.
    """
    found = store.find_by_holder(authority, request.code_type, request.number, request.licence_type.code)
    log.append(
        SearchEntry(
            authority=authority,
            by=by,
            type_code=request.licence_type.code,
            holder=lookup.lookup(request.code_type, request.number),
            cause=request.cause,
            found=len(found),
            at=at,
        ),
        request.code_type,
        request.number,
    )
    return found
