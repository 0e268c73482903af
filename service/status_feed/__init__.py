"""Fetching status lists and keeping them as long as they say. Verifying them is ``standards.status_list``."""

from __future__ import annotations

from service.status_feed.feed import StatusFeed
from service.status_feed.snapshot import StatusSnapshot

__all__ = ["StatusFeed", "StatusSnapshot"]
