"""Use case: count the records that came since the last time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from service.jobs import Periodic
from verifier.acceptance.record import AcceptanceRecord
from verifier.departments.department import Department
from verifier.reports.row import ReportRow, division_of, row_of

if TYPE_CHECKING:
    from verifier.node import VerifierNode

AT_ONCE: Final = 200
"""Records read at a time."""

EVERY: Final = timedelta(seconds=30)


def follow_records(node: VerifierNode, *, at_most: int | None = None) -> int:
    """Count new records of every department; how many there were. Safe to repeat, to kill, and to do twice at once.

    Args:
        node: of the window.
        at_most: about how many; a page that waits does not read a whole year first.
    """
    counted = 0
    for department in node.departments.all():
        while at_most is None or counted < at_most:
            done = _follow(node, department)
            counted += done
            if done < AT_ONCE:
                break
    return counted


def rebuild(node: VerifierNode, department: Department) -> int:
    """Throw a department's rows away and count all its records anew; how many there are."""
    node.reports.forget(department.uscc)
    counted = 0
    while done := _follow(node, department):
        counted += done
    return counted


def _follow(node: VerifierNode, department: Department) -> int:
    records = node.records.after(department.uscc, node.reports.cursor(department.uscc), limit=AT_ONCE)
    node.reports.add(department.uscc, [_row(node, department, record) for record in records])
    return len(records)


def _row(node: VerifierNode, department: Department, record: AcceptanceRecord) -> ReportRow:
    facts = record.facts()
    return row_of(
        facts,
        record.sequence,
        division=department.division,
        baseline=lambda code: _baseline(node, code),
        issuers=lambda: _issuers(node, department, str(facts["id"])),
    )


def _baseline(node: VerifierNode, code: str) -> int:
    item = node.items.find(code)
    return item.paper_baseline if item is not None else 0


def _issuers(node: VerifierNode, department: Department, record_id: str) -> tuple[str, ...]:
    record = node.records.find(department.uscc, record_id)
    if record is None or record.evidence is None:
        return ()
    licences = (one for shown in record.evidence.licences.values() for one in shown)
    return tuple(division for one in licences if (division := division_of(one.issuer_uscc)))


def _run(node: VerifierNode, at: datetime) -> None:  # noqa: ARG001  # a row's day is its record's
    follow_records(node)


PERIODIC: Final = Periodic("verifier.reports", EVERY, _run)
"""Keeps the reports up with the records; a page counts what is left by itself."""
