"""The trust lists as the use cases of the wallet ask for them: in force, or a clear "not now"."""

from __future__ import annotations

from typing import ClassVar

from keys.trust_list import TrustStore
from service.trust_feed import TrustAnchorError, TrustFeed
from standards.codes.division_names import division_text
from standards.errors import ElicenceError
from standards.text import Text


class TrustUnavailableError(ElicenceError):
    """The trust lists cannot be had, or are too old, so nobody's identity can be checked at the moment."""

    code: ClassVar[str] = "trust-unavailable"

    def __init__(self) -> None:
        super().__init__(
            "暂时无法核对机构身份：信任列表不可用或已过更新时间。",
            "Nobody's identity can be checked at the moment: the trust lists are not available or overdue.",
            next_step=Text("请稍后再试。", "Try again later."),
        )


def trust_in_force(feed: TrustFeed) -> TrustStore:
    """The newest verified lists; raises ``TrustUnavailableError`` when there are none."""
    try:
        store = feed.current()
    except TrustAnchorError as error:
        raise TrustUnavailableError from error
    if store.nation is None:
        raise TrustUnavailableError
    return store


def region_name(division: str) -> Text:
    """Where an organisation is, for people."""
    return division_text(division)
