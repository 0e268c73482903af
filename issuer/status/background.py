"""Background work of the status lists: finish what was begun, carry what time changed, publish what changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from issuer.node import IssuerNode
from service.jobs import Periodic


def publish_status_lists(node: IssuerNode, at: datetime) -> None:
    """Bring announced changes and passed days to the copies, also when nobody asks for a list, and publish the lists.

    A list that is asked for is never older than the store anyway; publishing here spares a process that has just
    started the reading, and gives all processes one text.
    """
    node.standing_review.run_when_due(at=at)
    node.issuance.changes.sweep_when_due(at=at)
    node.issuance.status_lists.publish(at=at)


PUBLISH: Final = Periodic("issuer.publish-status-lists", timedelta(seconds=20), publish_status_lists)
