"""Source systems of the two authorities, and licences for them to speak of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from issuer.node import IssuerNode
from tests.service.issuer.conftest import DRIVING, FOOD, System
from tests.support.clock import START, FixedClock

MARKET_FEED = {
    "name": "市场主体登记系统",
    "department": "market_regulation",
    "contact": "登记科 0571-0000",
    "expected_every_hours": 24,
    "types": [FOOD],
}
TAX_FEED = {"name": "税务登记系统", "department": "taxation", "expected_every_hours": 24}
POLICE_FEED = {
    "name": "人口库",
    "department": "public_security",
    "expected_every_hours": 24,
    "types": [DRIVING],
}


@pytest.fixture(autouse=True)
def _empty(node: IssuerNode, issuer_clock: FixedClock) -> None:
    issuer_clock.set(START)
    for name in ("sources", "source_confirmations", "discrepancies", "licences"):
        node.database[name].delete_many({})


@pytest.fixture
def feeds(market: System, police: System) -> None:
    assert market.put("/api/v1/sources/market-registration", MARKET_FEED).status_code == 201
    assert market.put("/api/v1/sources/taxation", TAX_FEED).status_code == 201
    assert police.put("/api/v1/sources/population", POLICE_FEED).status_code == 201


Deliver = Callable[..., dict[str, Any]]


@pytest.fixture
def deliver(market: System, feeds: None) -> Deliver:
    """``deliver(source, (licence, fields), …)`` → the report of the delivery."""

    def post(source: str, *rows: tuple[dict[str, Any], dict[str, Any]]) -> dict[str, Any]:
        body = {
            "observations": [
                {"identifier": licence["identifier"], "fields": fields} for licence, fields in rows
            ]
        }
        response = market.post(f"/api/v1/sources/{source}/observations", body)
        assert response.status_code == 200, response.get_json()
        return response.get_json()

    return post


@pytest.fixture
def licence(market: System, food: dict[str, Any]) -> dict[str, Any]:
    return market.post("/api/v1/licences", food).get_json()
