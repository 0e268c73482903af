"""Use case: count the records that came since the last time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

import structlog

from service.jobs import Periodic
from verifier.acceptance.record import AcceptanceRecord
from verifier.departments.department import Department
from verifier.reports.row import ReportRow, division_of, row_of

if TYPE_CHECKING:
    from verifier.node import VerifierNode

AT_ONCE: Final = 200
"""Records read at a time."""

EVERY: Final = timedelta(seconds=30)
_LOG = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Chain:
    """A chain of records that is followed: this node's own of a department, or a window node's."""

    department: Department
    name: str
    after: Callable[[int], tuple[AcceptanceRecord, ...]]
    """The next :data:`AT_ONCE` records behind a sequence number."""


def follow_records(node: VerifierNode, *, at_most: int | None = None) -> int:
    """Count new records of every department; how many there were. Safe to repeat, to kill, and to do twice at once.

    Args:
        node: of the window.
        at_most: about how many; a page that waits does not read a whole year first.
    """
    counted = 0
    for chain in _chains(node, node.departments.all()):
        while at_most is None or counted < at_most:
            done = _follow(node, chain)
            counted += done
            if done < AT_ONCE:
                break
    return counted


def rebuild(node: VerifierNode, department: Department) -> int:
    """Throw a department's rows away and count all its records anew; how many there are."""
    node.reports.forget(department.uscc)
    counted = 0
    for chain in _chains(node, (department,)):
        while done := _follow(node, chain):
            counted += done
    return counted


def _chains(node: VerifierNode, departments: Sequence[Department]) -> Iterator[_Chain]:
    by_code = {department.uscc: department for department in departments}
    for code, department in by_code.items():
        yield _Chain(department, "", partial(node.records.after, code, limit=AT_ONCE))
    for code, window in node.window_records.chains():
        if code in by_code:
            after = partial(node.window_records.after, code, window, limit=AT_ONCE)
            yield _Chain(by_code[code], window, after)


def _follow(node: VerifierNode, chain: _Chain) -> int:
    department = chain.department
    records = chain.after(node.reports.cursor(department.uscc, chain.name))
    if records:
        rows = [row for record in records if (row := _row(node, chain, record)) is not None]
        node.reports.add(department.uscc, rows, chain=chain.name, up_to=records[-1].sequence)
    return len(records)


def _row(node: VerifierNode, chain: _Chain, record: AcceptanceRecord) -> ReportRow | None:
    """The row of a record; ``None`` for one that cannot be read: a window node may run another version of this."""
    department = chain.department
    try:
        facts = record.facts()
        return row_of(
            facts,
            record.sequence,
            department=department.uscc,
            chain=chain.name,
            division=department.division,
            baseline=lambda code: _baseline(node, code),
            issuers=lambda: _issuers(node, department, str(facts["id"])),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        _LOG.warning(
            "record-not-counted", chain=chain.name, sequence=record.sequence, reason=type(error).__name__
        )
        return None


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
