"""A market authority with many food licences, and bulk operations over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from issuer.imports.receive_file import begin_import
from issuer.node import IssuerNode
from service.jobs import Job, JobStore, run_job
from tests.service.issuer.conftest import FOOD, MARKET, System
from tests.service.issuer.imports.conftest import received
from tests.support.clock import START, FixedClock
from tests.support.import_files import csv_text, food_row

OPERATIONS = "/api/v1/operations"
TWO = {"proposer": "王提出", "approver": "李审批"}
COLLECTIONS = (
    "licences", "licence_idempotency", "imports", "transfer_files", "jobs",
    "bulk_operations", "bulk_operation_licences", "bulk_operation_steps",
)  # fmt: skip


@pytest.fixture(autouse=True)
def clean(node: IssuerNode, issuer_clock: FixedClock) -> Iterator[None]:
    """An empty library at the beginning of time."""
    issuer_clock.set(START)
    for name in COLLECTIONS:
        node.database[name].delete_many({})
    yield
    issuer_clock.set(START)


@pytest.fixture
def entered(node: IssuerNode) -> Callable[[int], list[str]]:
    """Enter so many food licences of the market authority; answers their identifiers in order."""

    def enter(count: int) -> list[str]:
        file = received(node, csv_text(food_row(number) for number in range(1, count + 1)).encode())
        _, job = begin_import(node, file, by="x", at=START, dry_run=False)
        assert run_job(node, job.id).result["new"] == count  # type: ignore[index]
        return sorted(row["_id"] for row in node.database["licences"].find({}, {"_id": 1}))

    return enter


@pytest.fixture
def market(system_of: Callable[[str], System]) -> System:
    return system_of(MARKET.uscc)


def order(operation: str = "suspend", code: str = "investigation", **more: Any) -> dict[str, Any]:
    """The body of a request over all food licences."""
    return {
        "selection": {"type": FOOD},
        "operation": operation,
        "reason_code": code,
        "reason": "专项整治",
        **more,
    }


def carried_out(node: IssuerNode, answer: Any) -> Job:
    """Run the job of the operation in ``answer``."""
    assert answer.status_code == 202, answer.get_json()
    return run_job(node, answer.get_json()["job"]["id"])


def job_now(node: IssuerNode, job_id: str) -> Job:
    found = JobStore(node.database).find(MARKET.uscc, job_id)
    assert found is not None
    return found


def states(node: IssuerNode) -> dict[str, int]:
    """Decided state → how many licences."""
    counts: dict[str, int] = {}
    for row in node.database["licences"].find({}, {"state": 1}):
        counts[row["state"]] = counts.get(row["state"], 0) + 1
    return counts
