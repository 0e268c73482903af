"""A month of made-up figures for the demo's departments, so that its reports show what they look like.

They are rows of the reports and of nothing else: no acceptance record is made up, for those are evidence. The pages
say that samples are among the numbers, and ``elicence verifier reports rebuild`` throws them away.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from service.demo.seeding import SeedContext
from verifier.app import open_node
from verifier.departments.demo import load_demo_departments
from verifier.departments.department import Department
from verifier.items import ServiceItem
from verifier.node import VerifierNode
from verifier.reports.row import LICENCE, PAPER, SUPPLEMENT, MaterialRow, ReportRow
from verifier.reports.selection import day_of

DAYS: Final = 30
_SEED: Final = 20181226
_ISSUED_IN: Final = ("330100", "330200", "510100", "510100", "110000", "440300")
_REFUSED: Final = ("licence-not-valid", "conditions-not-met", "not-the-holder", "not-competent")
_SUPPLEMENTS: Final = ("material-missing", "material-missing", "renewal-needed", "details-differ")
_PAPER: Final = (
    "no-electronic-licence",
    "no-electronic-licence",
    "holder-prefers-paper",
    "cannot-verify-now",
)

_PAPER_SHARE: Final = {"school-enrolment": 0.45, "marriage-registration": 0.75}
"""How often a material is on paper where that is not seldom: one item between the two lines, one below both."""


def seed_samples(context: SeedContext) -> None:
    """The entry point ``elicence.demo_seed``; safe to repeat."""
    node = open_node(context.settings, context.clock)
    context.tell(f"sample figures for the reports: {make_samples(node)} made-up decisions")


def make_samples(node: VerifierNode) -> int:
    """Put the samples of the thirty days before today; how many there are."""
    today = day_of(node.clock.now())
    chance = random.Random(_SEED)  # noqa: S311  # the same figures each time
    made = 0
    for entry in load_demo_departments():
        rows = tuple(_rows(node, entry.department, today, chance))
        node.reports.put_samples(entry.department.uscc, rows)
        made += len(rows)
    return made


def _rows(
    node: VerifierNode, department: Department, today: date, chance: random.Random
) -> Iterator[ReportRow]:
    number = 0
    for back in range(DAYS, 0, -1):
        day = today - timedelta(days=back)
        busy = 2 if day.weekday() >= 5 else 5 + len(department.service_items)
        for _ in range(chance.randrange(busy // 2, busy + 1)):
            number += 1
            item = node.items.find(chance.choice(department.service_items))
            if item is not None:
                yield _row(department, -number, day, item, chance)


def _row(
    department: Department, sequence: int, day: date, item: ServiceItem, chance: random.Random
) -> ReportRow:
    drawn = chance.random()
    decision = "accept" if drawn < 0.88 else "supplement" if drawn < 0.94 else "refuse"
    reason = {
        "accept": None,
        "supplement": chance.choice(_SUPPLEMENTS),
        "refuse": chance.choice(_REFUSED),
    }[decision]
    return ReportRow(
        department=department.uscc,
        sequence=sequence,
        day=day,
        division=department.division,
        item=item.code,
        decision=decision,
        reason=reason,
        indication="FAILED" if decision == "refuse" else "PASSED",
        materials=tuple(_materials(item, chance)) if decision == "accept" else (),
        issuers=tuple(sorted({chance.choice(_ISSUED_IN) for _ in item.materials})),
    )


def _materials(item: ServiceItem, chance: random.Random) -> Iterator[MaterialRow]:
    paper = _PAPER_SHARE.get(item.code, 0.06)
    for material in item.materials:
        drawn = chance.random()
        if drawn < paper:
            yield MaterialRow(material.id, PAPER, material.paper_baseline, chance.choice(_PAPER))
        elif material.supplement_days and drawn > 0.97:
            yield MaterialRow(material.id, SUPPLEMENT, material.paper_baseline)
        else:
            yield MaterialRow(material.id, LICENCE, material.paper_baseline)
    if item.own_forms:
        yield MaterialRow("own-forms", LICENCE, item.own_forms)
