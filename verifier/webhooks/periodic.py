"""What a worker does for webhooks, over and over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from service.jobs import Periodic
from verifier.complaints.tell import sweep_complaints
from verifier.webhooks.deliver import deliver_due
from verifier.webhooks.sweep import sweep_answers, sweep_records

if TYPE_CHECKING:
    from verifier.node import VerifierNode

EVERY: Final = timedelta(seconds=1)
LOOK_EVERY: Final = timedelta(minutes=1)


def _send(node: VerifierNode, at: datetime) -> None:  # noqa: ARG001  # each try takes the instant of its own
    sweep_records(node)
    deliver_due(node, node.clock.now())


SEND: Final = Periodic("verifier.webhooks", EVERY, _send)
"""Tells of new decisions and posts what is due."""


def _find(node: VerifierNode, at: datetime) -> None:
    sweep_answers(node, at)
    sweep_complaints(node, at)


LEFT_OVER: Final = Periodic("verifier.webhooks-left-over", LOOK_EVERY, _find)
"""Finds answers to requests, and complaints, that nobody told of."""
