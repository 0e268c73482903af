"""Wake the workers of a service. Never fails and never waits long: who is not woken looks by himself in a moment."""

from __future__ import annotations

from functools import lru_cache
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import structlog

from service.jobs.kind import JobNode
from service.settings import ServiceName, Settings

if TYPE_CHECKING:
    from celery import Celery

_LEFT_ALONE_SECONDS: Final = 10.0
"""How long a broker that did not answer is left alone, so that not every request waits for it."""

_LOG = structlog.get_logger(__name__)

_left_alone_until: dict[str, float] = {}


def wake_workers(node: JobNode, kind: str) -> None:
    """Send the message that wakes the workers of a kind's service."""
    service: Any = kind.partition(".")[0]
    if monotonic() < _left_alone_until.get(service, 0.0):
        return
    from service.jobs.broker import LOOK_FOR_WORK, MESSAGE_SECONDS

    try:
        _celery(node.settings, service).send_task(
            LOOK_FOR_WORK, expires=MESSAGE_SECONDS, retry=False, ignore_result=True
        )
    except Exception as error:  # noqa: BLE001 - each transport has its own; the row is there, and the sweep finds it
        _left_alone_until[service] = monotonic() + _LEFT_ALONE_SECONDS
        _LOG.warning("workers-not-woken", of=service, reason=type(error).__name__)


@lru_cache(maxsize=16)
def _celery(settings: Settings, service: ServiceName) -> Celery:
    # Here and not above: a command that asks for nothing need not load the engine (0.2 s).
    from service.jobs.broker import make_celery

    return make_celery(settings, service)
