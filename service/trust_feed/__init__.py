"""Fetching the trust lists, keeping the last good ones, knowing their age. Deciding is ``keys.trust_list``."""

from __future__ import annotations

from service.trust_feed.errors import TrustAnchorError
from service.trust_feed.feed import TrustFeed

__all__ = ["TrustAnchorError", "TrustFeed"]
