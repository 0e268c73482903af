"""Whether a service knows whom to trust; part of its answer at ``/readyz``."""

from __future__ import annotations

from service.trust_feed.errors import TrustAnchorError, TrustListsMissingError
from service.trust_feed.feed import TrustFeed


def check_trust_lists(feed: TrustFeed) -> None:
    """See that the nation's list is in hand; asks for it when it is not. However old it is: deciding knows its age.

    A node without an anchor passes: its trust is not founded yet, and waiting would not found it.

    Raises:
        TrustListsMissingError: there is an anchor, and no list has been had.
    """
    try:
        store = feed.current()
    except TrustAnchorError:
        return
    if store.nation is None:
        raise TrustListsMissingError
