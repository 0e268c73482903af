"""What the services tell their operator: one structured event per request, and counters (see ``service.web.measures``)."""

from __future__ import annotations

from service.telemetry.logging import configure_logging, take_library_logs

__all__ = ["configure_logging", "take_library_logs"]
