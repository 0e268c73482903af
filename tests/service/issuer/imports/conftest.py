"""The way of a file through an import, without HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from issuer.imports.mapping import parse_mapping
from issuer.imports.receive_file import Sender, begin_import, receive_file, transfers_of
from issuer.imports.refusal import RefusedRow
from issuer.library.event import Actor, Approval
from issuer.node import IssuerNode
from service.api_tokens import mint
from service.jobs import Job, JobStore, run_job
from standards.licence_types import load_catalogue
from tests.service.issuer.conftest import MARKET
from tests.support.clock import START
from tests.support.import_files import FOOD, MAPPING

Importing = Callable[..., Job]


@pytest.fixture
def clean(node: IssuerNode) -> None:
    """An empty library."""
    for name in (
        "licences",
        "imports",
        "import_refusals",
        "transfer_files",
        "jobs",
        "discrepancies",
        "exports",
    ):
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


PATH = f"/api/v1/imports?type={FOOD}"


class Api:
    """Calls with a token, and works the queue off in between, as a worker would."""

    def __init__(self, client: FlaskClient, node: IssuerNode, authority: str) -> None:
        token = mint(node.master_key, "issuer", authority, at=START, system="批量系统")
        self._client, self._node = client, node
        self._headers = {"Authorization": f"Bearer {token}"}

    def send(self, data: bytes, path: str = PATH, status: int = 202) -> Any:
        answer = self._client.post(path, data=data, headers=self._headers)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.json

    def post(self, path: str, body: Any = None, status: int = 202) -> Any:
        answer = self._client.post(path, json=body if body is not None else {}, headers=self._headers)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.json

    def put(self, path: str, body: Any, status: int = 200) -> Any:
        answer = self._client.put(path, json=body, headers=self._headers)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.json

    def get(self, path: str, status: int = 200) -> Any:
        answer = self._client.get(path, headers=self._headers)
        assert answer.status_code == status
        return answer.json

    def fetch(self, path: str) -> bytes:
        answer = self._client.get(path, headers=self._headers)
        assert answer.status_code == 200
        return bytes(answer.data)

    def finished(self, sent: Any) -> Any:
        run_job(self._node, sent["job"]["id"])
        return self.get(f"/api/v1/imports/{sent['id']}")


@pytest.fixture
def api(app: Any, node: IssuerNode, clean: None) -> Api:
    node.database["import_mappings"].delete_many({})
    return Api(app.test_client(), node, MARKET.uscc)
