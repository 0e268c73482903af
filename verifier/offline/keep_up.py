"""What the worker of a window node does every few seconds: send records, take what is new, and note how it went."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import structlog

from service.jobs import Periodic
from standards.errors import ElicenceError
from verifier.offline.send_records import send_records
from verifier.offline.take_bundle import take_bundle
from verifier.offline.upstream import Upstream

if TYPE_CHECKING:
    from verifier.node import VerifierNode

EVERY: Final = timedelta(seconds=10)
BUNDLE_EVERY: Final = timedelta(minutes=5)
"""How often the centre is asked for a newer bundle."""

_LOG = structlog.get_logger(__name__)


def keep_up(node: VerifierNode, upstream: Upstream, at: datetime) -> None:
    """One round. A failure is noted, and the next round begins anew."""
    before = node.offline.state()
    try:
        sent = send_records(node, upstream, at)
        if _bundle_is_due(node, before.bundle_at, at):
            took = take_bundle(node, upstream, at)
            node.offline.asked_for_bundle(at)
            if took is not None:
                _LOG.info("bundle-taken", version=took.version, parts=len(took.parts))
    except (ElicenceError, OSError) as problem:
        code = problem.code if isinstance(problem, ElicenceError) else "token-file"
        node.offline.failed(at, code)
        if before.problem != code:
            reason = problem.message.en if isinstance(problem, ElicenceError) else str(problem)
            _LOG.warning("upstream-not-usable", problem=code, reason=reason)
        return
    node.offline.reached(at, sent.skew, sent.department, sent.sequence)


def _bundle_is_due(node: VerifierNode, asked_at: datetime | None, at: datetime) -> bool:
    if asked_at is None or node.offline.applied() is None:
        return True
    # Negative: the clock was set back.
    return not timedelta(0) <= at - asked_at < BUNDLE_EVERY


def _run(node: VerifierNode, at: datetime) -> None:
    if node.settings.upstream:
        upstream = Upstream.of(node.settings)
        try:
            keep_up(node, upstream, at)
        finally:
            upstream.close()


PERIODIC: Final = Periodic("verifier.keep-up", EVERY, _run)
"""Entry point of the same name in ``elicence.periodic_work``."""
