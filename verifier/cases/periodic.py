"""Background work of cases: what should have followed and did not, lapses by itself after its day (容缺受理)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from service.jobs import Periodic
from verifier.cases import steps
from verifier.cases.errors import CaseChangedError, CaseStateError
from verifier.cases.note_answer import tell
from verifier.cases.steps import Actor
from verifier.items.material_rule import CHINA_TIME

if TYPE_CHECKING:
    from verifier.node import VerifierNode

EVERY: Final = timedelta(minutes=1)


def lapse_overdue(node: VerifierNode, at: datetime) -> int:
    """End the cases whose last day is over; answers how many. Somebody who takes a step meanwhile wins."""
    today, ended = at.astimezone(CHINA_TIME).date(), 0
    for case in node.cases.overdue(today):
        try:
            saved = node.cases.save(steps.lapsed(case, today, Actor(None, at)))
        except (CaseChangedError, CaseStateError):
            continue
        tell(node, saved, at)
        ended += 1
    return ended


def _run(node: VerifierNode, at: datetime) -> None:
    lapse_overdue(node, at)


PERIODIC: Final = Periodic("verifier.lapse-cases", EVERY, _run)
"""Entry point of the same name in ``elicence.periodic_work``."""
