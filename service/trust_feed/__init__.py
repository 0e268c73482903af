"""Fetching the trust lists, keeping the last good ones, knowing their age. Deciding is ``keys.trust_list``."""

from __future__ import annotations

from service.trust_feed.errors import TrustAnchorError, TrustListsMissingError
from service.trust_feed.feed import TrustFeed
from service.trust_feed.readiness import check_trust_lists

__all__ = ["TrustAnchorError", "TrustFeed", "TrustListsMissingError", "check_trust_lists"]
