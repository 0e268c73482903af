"""Tell a department's systems that something happened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import orjson
import structlog
from pymongo.errors import PyMongoError

from verifier.webhooks.event import EventType, build_event

if TYPE_CHECKING:
    from verifier.node import VerifierNode

_LOG = structlog.get_logger(__name__)


def emit(
    node: VerifierNode,
    kind: EventType,
    department: str,
    data: Mapping[str, str | None],
    *,
    at: datetime,
    key: str,
) -> int:
    """Enter a message for each endpoint that wants the event; a worker sends it within a second or two.

    Call it after the durable write that it speaks of. Without an endpoint it costs a look into memory; with one, a
    durable write each. A store that is away fails nothing: what was written is the truth, and what can be swept is
    swept (:mod:`verifier.webhooks.sweep`).

    Args:
        node: of the window.
        kind: what happened.
        department: USCC of the department whose systems are told.
        data: ids and codes only, by the names in :data:`verifier.webhooks.event.MEMBERS`; ``None`` is left out.
        at: when it happened.
        key: names the happening, so that telling it twice is telling it once.

    Returns:
        How many new messages there are.

    Raises:
        ValueError: ``data`` says more than ids and codes.
    """
    event = build_event(kind, department, data, at=at, key=key)
    entered = 0
    try:
        now = node.clock.now()
        for endpoint in node.webhooks.wanting(kind, department, at, now):
            entered += node.webhooks.enter(endpoint, event, orjson.dumps(event.to_json(endpoint.id)), now)
    except PyMongoError as error:
        _LOG.warning(
            "webhook-not-entered", event_type=kind.value, event=event.id, reason=type(error).__name__
        )
    return entered
