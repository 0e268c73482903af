"""A wallet moves between two services that really run: a node with everything, and the wallet service of another region
that takes its trust from the same nation, with a store's database, master key and port of its own.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from issuer.demo.authorities import demo_authorities
from keys.master_key import MasterKey
from service.demo.journey.visitor import Visitor
from service.demo.people import CITIZENS
from service.processes.bound import start_bound
from tests.support.running_node import RunningNode, free_port_base

pytestmark = pytest.mark.flow

WORDS = "四个随意的词 correct horse"
MOVER = CITIZENS[3]


@pytest.fixture
def elsewhere(
    running_node: RunningNode, store_uri: str, database_prefix: str, tmp_path: Path
) -> Iterator[str]:
    """Address of the other region's wallet service."""
    anchor = tmp_path / "anchor.pem"
    anchor.write_text(requests.get(f"{running_node.url('issuer')}/trust/anchor.pem", timeout=10).text)
    MasterKey.create(tmp_path / "safe" / "master.key")
    port = free_port_base() + 1
    address = f"http://localhost:{port}"
    origins = [running_node.url(part) for part in ("issuer", "verifier", "identity")]
    environment = {
        "PATH": "/usr/bin:/bin",
        "ELICENCE_DATA": str(tmp_path),
        "ELICENCE_MASTER_KEY_FILE": str(tmp_path / "safe" / "master.key"),
        "ELICENCE_STORE_URI": store_uri,
        "ELICENCE_DATABASE_PREFIX": f"{database_prefix}_elsewhere",
        "ELICENCE_WALLET_URL": address,
        "ELICENCE_TRUST_ANCHOR_FILE": str(anchor),
        "ELICENCE_TRUST_LIST_URL": f"{running_node.url('issuer')}/trust/list",
        "ELICENCE_ALLOWED_ORIGINS": " ".join(origins),
        "ELICENCE_OIDC_ISSUER": running_node.url("identity"),
        "ELICENCE_OIDC_CLIENT_ID": "elicence-elsewhere",
        "ELICENCE_OIDC_CLIENT_SECRET": "a secret of the other region",
    }
    command = [sys.executable, "-m", "service.command_line", "serve", "wallet", "--port", str(port)]
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = start_bound(command, environment=environment, log=output.fileno())
    try:
        deadline = time.monotonic() + 60
        while not _answers(address):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def _answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/readyz", timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


def test_a_wallet_moves_to_another_service_and_is_accepted_at_the_window(
    running_node: RunningNode, elsewhere: str
) -> None:
    """Received here, moved as one sealed file, taken in there: shown from there and accepted; here nothing is left."""
    police = running_node.department("issuer", demo_authorities()[1].uscc)
    here = running_node.person(MOVER.subject)
    for vct in _given(police, here):
        _shown(running_node, here, vct)
    moved = {
        one["claims"]["licence_identifier"] for one in here.get_json("/api/v1/credentials")["credentials"]
    }
    token = here.get_json("/api/v1/session")["csrf_token"]

    file = here.submit(
        here.follow("/move"), {"passphrase": WORDS, "again": WORDS, "csrf_token": token}
    ).content
    assert here.get_json("/api/v1/credentials")["credentials"] == []
    assert MOVER.name.encode() not in file

    there = Visitor(elsewhere)
    session = there.submit(there.follow("/sign-in?next=/api/v1/session"), {"sub": MOVER.subject}).json()
    there.carry("X-CSRF-Token", session["csrf_token"])
    there.carry("Origin", elsewhere)
    form = {"opening": WORDS, "csrf_token": session["csrf_token"]}
    page = there.upload("/move/in", form, {"file": file})
    assert "2 / 2" in page.text, page.text
    cards = there.get_json("/api/v1/credentials")["credentials"]
    assert {one["claims"]["licence_identifier"] for one in cards} == moved
    assert {one["state"] for one in cards} == {"valid"}
    for card in cards:
        _shown(running_node, there, card["vct"])


def _given(police: Visitor, person: Visitor) -> list[str]:
    """Two of the types that the police issue, in the mover's name and in the mover's wallet."""
    given = []
    for one in police.get_json("/api/v1/types")["types"][1:3]:
        holder = {"name": MOVER.name, "code_type": MOVER.code_type, "number": MOVER.number}
        fields = one["example"]["fields"]
        if "birth_date" in fields:
            born = MOVER.number[6:14]
            sex = "男" if int(MOVER.number[16]) % 2 else "女"
            fields = fields | {"birth_date": f"{born[:4]}-{born[4:6]}-{born[6:]}", "sex": sex}
        body = one["example"] | {"holders": [holder], "fields": fields}
        identifier = police.post_json("/api/v1/licences", body, 201)["identifier"]
        offer = police.post_json(f"/api/v1/licences/{identifier}/offers", {}, 201)
        person.post_json("/api/v1/offers", {"uri": offer["credential_offer_uri"]}, 201)
        given.append(str(one["vct"]))
    return given


def _shown(node: RunningNode, person: Visitor, vct: str) -> None:
    """A window asks for it, the person consents, the report says PASSED."""
    window = node.department("verifier")
    query = {
        "credentials": [
            {
                "id": "licence",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": [vct]},
                "claims": [{"path": ["holder_name"]}],
            }
        ]
    }
    asked = window.post_json("/api/v1/presentations", {"dcql_query": query}, 201)
    request = person.post_json("/api/v1/requests", {"uri": asked["authorization_request"]}, 201)
    person.post_json(f"/api/v1/requests/{request['id']}/consent", {}, 200)
    found = window.get_json(f"/api/v1/presentations/{asked['id']}")
    assert found["report"]["indication"] == "PASSED", found["report"]
    assert found["claims"]["licence"][0]["holder_name"] == MOVER.name
