"""A person complains about a search that ``/my/uses`` told of; nobody else can."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from issuer.demo.authorities import demo_authorities
from service.demo.people import CITIZENS
from tests.support.claiming_world import ClaimingWallet
from tests.support.issuance_world import IssuanceWorld

POLICE = demo_authorities()[1]
CHEN = CITIZENS[3]
IDENTITY = "11100000000013338W001"


@pytest.fixture
def told(wallet: ClaimingWallet, world: IssuanceWorld) -> dict[str, Any]:
    body = {
        "holder_code_type": "111",
        "holder_number": CHEN.number,
        "type": IDENTITY,
        "cause": "查一查",
    }
    assert world.api("POST", "/api/v1/licences/search", body, authority=POLICE).status_code == 200
    wallet.claim(CHEN)
    return dict(wallet.uses().get_json())


def filing(told: dict[str, Any], **changes: Any) -> dict[str, Any]:
    use = told["uses"][0]
    return {
        "department": use["department"]["code"],
        "reference": use["id"],
        "proof": use["proof"],
        "token": "t" * 43,
        "number": "20261123-ABCDE-FGHIJ",
        "cause": "no-consent",
        "words": "没有办过这件事。",
        "contact": "",
        "used_at": use["at"],
    } | changes


def test_a_search_can_be_complained_about_by_who_was_told(world: IssuanceWorld, told: dict[str, Any]) -> None:
    """The address that comes with the uses takes the complaint; it stands with the authority that searched."""
    path = urlsplit(told["complaints"]).path
    client = world.app.test_client()
    filed = client.post(path, json=filing(told))
    assert filed.status_code == 201, filed.text
    [complaint] = world.node.complaints.list_of(POLICE.uscc, world.clock.now())
    assert complaint.words == "没有办过这件事。"
    assert world.node.complaints.list_of(demo_authorities()[0].uscc, world.clock.now()) == []
    for changes in (
        {"proof": ""},
        {"proof": "guessed"},
        {"reference": "0" * 24},
        {"department": demo_authorities()[0].uscc},
    ):
        assert client.post(path, json=filing(told, **changes)).status_code == 422
