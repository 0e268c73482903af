"""The connection of a service to its MongoDB database."""

from __future__ import annotations

from service.store.connection import DATABASE_OPTIONS, connect, disconnect
from service.store.health import check_health

__all__ = ["DATABASE_OPTIONS", "check_health", "connect", "disconnect"]
