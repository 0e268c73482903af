"""An issuer node with two authorities, over the real store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from issuer.app import create_app
from issuer.catalogue.examples import example_body
from issuer.demo.authorities import DemoAuthority, demo_authorities
from issuer.library.licence import local_day
from issuer.node import IssuerNode
from issuer.registrar import ensure_authority, ensure_nation, ensure_region
from service.api_tokens import mint
from standards.licence_types import load_catalogue
from standards.text import Text
from tests.support.clock import START, FixedClock

MARKET, POLICE = demo_authorities()[0], demo_authorities()[1]
FOOD, DRIVING = "11100000MB0143028R901", "11100000000013338W901"


@pytest.fixture(scope="module")
def issuer_clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(scope="module")
def app(settings: Any, master_key: Any, issuer_clock: FixedClock) -> Flask:
    app = create_app(settings, issuer_clock)
    node: IssuerNode = app.extensions["elicence.issuer"]
    ensure_nation(node.registrar, Text("示例国", "Sample nation"), at=START)
    ensure_region(node.registrar, "330000", Text("浙江省", "Zhejiang"), at=START)
    for authority in (MARKET, POLICE):
        enrol(node, authority)
    return app


def enrol(node: IssuerNode, authority: DemoAuthority) -> None:
    ensure_authority(
        node.registrar,
        uscc=authority.uscc,
        name=authority.name,
        division=authority.division,
        level=authority.level,
        issuer_identifier=f"{node.settings.issuer_url}/authorities/{authority.uscc}",
        licence_types=authority.licence_types,
        at=START,
    )


@pytest.fixture(scope="module")
def node(app: Flask) -> IssuerNode:
    return app.extensions["elicence.issuer"]


class System:
    """A department's system: calls the interface with its token."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **options: Any) -> Any:
        return self._client.get(path, headers=self._headers, **options)

    def post(self, path: str, body: Any, headers: dict[str, str] | None = None) -> Any:
        return self._client.post(path, json=body, headers={**self._headers, **(headers or {})})

    def put(self, path: str, body: Any) -> Any:
        return self._client.put(path, json=body, headers=self._headers)

    def delete(self, path: str) -> Any:
        return self._client.delete(path, headers=self._headers)

    def post_raw(self, path: str, data: bytes) -> Any:
        return self._client.post(path, data=data, headers=self._headers)


@pytest.fixture(scope="module")
def system_of(app: Flask, master_key: Any) -> Callable[[str], System]:
    def make(authority: str) -> System:
        return System(app.test_client(), mint(master_key, "issuer", authority, at=START, system="审批系统"))

    return make


@pytest.fixture(scope="module")
def market(system_of: Callable[[str], System]) -> System:
    return system_of(MARKET.uscc)


@pytest.fixture(scope="module")
def police(system_of: Callable[[str], System]) -> System:
    return system_of(POLICE.uscc)


@pytest.fixture
def food() -> dict[str, Any]:
    return example_body(load_catalogue().by_code(FOOD), local_day(START))


@pytest.fixture
def driving() -> dict[str, Any]:
    return example_body(load_catalogue().by_code(DRIVING), local_day(START))
