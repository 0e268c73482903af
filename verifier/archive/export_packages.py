"""Use case: archive packages of what a department decided in a period: one for each closed case, one for each decision outside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from service.record_chain import first_break
from verifier.acceptance.errors import RecordAlteredError
from verifier.acceptance.find_record import find_record
from verifier.acceptance.record import AcceptanceRecord
from verifier.archive.package import make_package, package_name
from verifier.archive.signature import Stamp
from verifier.departments.department import Department
from verifier.reports.selection import day_of

if TYPE_CHECKING:
    from verifier.node import VerifierNode


@dataclass(frozen=True, slots=True)
class ToArchive:
    """What is packaged.

    Attributes:
        first, last: days of a case's last decision on licences, or of a decision outside any case; both included, China's time.
        item: code of the service item, or ``None`` for all.
    """

    first: date
    last: date
    item: str | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """Attributes: name: of the file; is_new: whether it was made now, or was there from a run before."""

    name: str
    is_new: bool


def export_packages(
    node: VerifierNode, department: Department, wanted: ToArchive, target: Path, stamp: Stamp | None
) -> Iterator[Exported]:
    """Write the packages below ``target``; after an interruption the next run goes on where this one stopped.

    Each file is complete or not there: it is written under another name first.

    Raises:
        RecordAlteredError: the department's chain is broken: nothing of it may be archived as if it were whole.
        DepartmentNotCertifiedError: nobody can sign for the department.
        EvidenceMissingError: a list that a record stands on is not kept any more.
        TimeStampAuthorityUnavailableError: nobody stamps now; what was written stays.
    """
    broken = first_break(node.records.chain(department.uscc))
    if broken is not None:
        raise RecordAlteredError(
            "受理记录链在存储中被改动过，不能归档。",
            "The chain of records was altered in the store and cannot be archived.",
            where=str(broken),
        )
    target.mkdir(parents=True, exist_ok=True)
    for record in node.records.chain(department.uscc):
        facts = record.facts()
        day = day_of(datetime.fromisoformat(facts["decided_at"]))
        if not wanted.first <= day <= wanted.last or wanted.item not in {None, facts["service_item"]}:
            continue
        ids = _closed_with(node, record)
        if not ids:
            continue
        records = [find_record(node.records, department, record_id) for record_id in ids]
        path = target / f"{package_name(department, records)}.zip"
        is_new = not path.exists()
        if is_new:
            _write(path, make_package(node, department, records, node.clock.now(), stamp).content)
        yield Exported(path.name, is_new)


def _closed_with(node: VerifierNode, record: AcceptanceRecord) -> tuple[str, ...]:
    """Ids of the records to package at this one: itself outside a case, all of the case at its last, none of an open case."""
    case_id = record.facts()["case"]
    case = node.cases.find(case_id) if case_id else None
    if case is None:
        return (record.record_id,)
    is_last = case.state.over and case.records and case.records[-1] == record.record_id
    return case.records if is_last else ()


def _write(path: Path, content: bytes) -> None:
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(path)
