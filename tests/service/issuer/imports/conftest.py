"""The way of a file through an import, without HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from issuer.imports.mapping import parse_mapping
from issuer.imports.receive_file import Sender, begin_import, receive_file, transfers_of
from issuer.imports.refusal import RefusedRow
from issuer.library.event import Actor, Approval
from issuer.node import IssuerNode
from service.jobs import Job, JobStore, run_job
from standards.licence_types import load_catalogue
from tests.service.issuer.conftest import MARKET
from tests.support.clock import START
from tests.support.import_files import FOOD, MAPPING

Importing = Callable[..., Job]


@pytest.fixture
def clean(node: IssuerNode) -> None:
    """An empty library."""
    for name in ("licences", "imports", "import_refusals", "transfer_files", "jobs", "discrepancies"):
        node.database[name].delete_many({})


def received(node: IssuerNode, data: bytes, **options: Any) -> Any:
    """A file that arrived, in small blocks."""
    authority = node.authorities.find(MARKET.uscc, START)
    assert authority is not None
    approval = options.pop("approval", None)
    sender = Sender(authority, options.pop("source", "own"), "批量系统", Actor("批量系统"), approval)
    mapping = options.pop("mapping", MAPPING)
    food = load_catalogue().by_code(FOOD)
    return receive_file(
        node,
        sender,
        [data[place : place + 70_000] for place in range(0, len(data), 70_000)],
        name="food.csv",
        licence_type=food,
        mapping=None if mapping is None else parse_mapping(mapping, food),
        at=START,
    )


@pytest.fixture
def importing(node: IssuerNode, clean: None) -> Importing:
    """Import a file and answer how its job ended."""

    def run(data: bytes | str, *, dry_run: bool = False, **options: Any) -> Job:
        content = data.encode() if isinstance(data, str) else data
        file = received(node, content, **options)
        _, job = begin_import(node, file, by="批量系统", at=START, dry_run=dry_run)
        return run_job(node, job.id)

    return run


@pytest.fixture
def refused(node: IssuerNode) -> Callable[[Job], list[RefusedRow]]:
    """The refused rows of a run."""
    return lambda job: list(transfers_of(node).refusals.rows(job.id))


def two_persons() -> Approval:
    """Who stands behind an import that takes rights away."""
    return Approval(Actor("王提出"), Actor("李审批"))


def job_store(node: IssuerNode) -> JobStore:
    return JobStore(node.database)
