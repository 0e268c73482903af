"""A scan finds the network gone before the worker's next round does: nobody at the window waits for that round."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import structlog

from standards.errors import ElicenceError
from verifier.offline.upstream import Upstream

if TYPE_CHECKING:
    from verifier.node import VerifierNode

PATIENCE_SECONDS: Final = 0.4
"""For one small answer of the centre, asked while a clerk waits."""

_LOG = structlog.get_logger(__name__)


def notice_loss(node: VerifierNode, at: datetime) -> bool:
    """Whether this window is cut off, after somebody else did not answer: its centre is asked once.

    One service that is away leaves the window as it is; when the centre is silent at the same moment, the network is lost,
    and the window goes by its bundle from now on (one durable write), until a round of the worker reaches the centre.
    """
    if not node.kept_tokens.is_window:
        return False
    if node.kept_tokens.cut_off:
        return True
    upstream = Upstream.of(node.settings)
    try:
        upstream.head(at, timeout_seconds=PATIENCE_SECONDS)
    except (ElicenceError, OSError) as problem:
        code = problem.code if isinstance(problem, ElicenceError) else "token-file"
        node.offline.away(at, code)
        node.kept_tokens.look_now()
        _LOG.warning("network-lost", problem=code)
        return True
    finally:
        upstream.close()
    return False
