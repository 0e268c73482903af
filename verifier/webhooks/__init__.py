"""Signed messages to the systems of departments: what happened, by ids and codes (issue of the window, point 9)."""

from verifier.webhooks.emit import emit
from verifier.webhooks.event import EventType

__all__ = ["EventType", "emit"]
