"""A credential of a running node, checked at the window's interface and on the command line, online and offline."""

from __future__ import annotations

import json
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
import requests

from service.clock import SystemClock
from standards.openid4vci import build_key_proof
from tests.support.running_node import RunningNode
from tests.support.trust_world import new_signer

pytestmark = pytest.mark.flow

GRANT = "urn:ietf:params:oauth:grant-type:pre-authorized_code"


def issue(node: RunningNode) -> tuple[str, str]:
    """Identifier of a new licence, and a copy of it got by hand through the four requests of OpenID4VCI."""
    department = node.department("issuer")
    example = department.get_json("/api/v1/types")["types"][0]["example"]
    licence = department.post_json("/api/v1/licences", example, 201)
    identifier = str(licence["identifier"])
    offered = department.post_json(f"/api/v1/licences/{identifier}/offers", {}, 201)
    offer = json.loads(parse_qs(urlsplit(offered["credential_offer_uri"]).query)["credential_offer"][0])
    issuer = offer["credential_issuer"]
    code = offer["grants"][GRANT]["pre-authorized_code"]
    token = post(f"{issuer}/openid4vci/token", data={"grant_type": GRANT, "pre-authorized_code": code})
    nonce = post(f"{issuer}/openid4vci/nonce")["c_nonce"]
    key = new_signer("holder")
    proof = build_key_proof(
        issuer=issuer, jwk=key.public_jwk, sign=key.sign, nonce=nonce, at=SystemClock().now()
    )
    answer = post(
        f"{issuer}/openid4vci/credential",
        json={
            "credential_configuration_id": offer["credential_configuration_ids"][0],
            "proofs": {"jwt": [proof]},
        },
        headers={"Authorization": f"Bearer {token['access_token']}"},
    )
    return identifier, str(answer["credentials"][0]["credential"])


def post(url: str, **content: Any) -> Any:
    answer = requests.post(url, timeout=10, **content)
    assert answer.status_code == 200, answer.text
    return answer.json()


def fetch_bundle(node: RunningNode, folder: Path) -> Path:
    answer = requests.get(f"{node.url('issuer')}/trust/bundle", timeout=10)
    assert answer.status_code == 200, answer.text
    path = folder / "bundle.json"
    path.write_bytes(answer.content)
    return path


def check_online(node: RunningNode, credential: str) -> Any:
    answer = requests.post(
        f"{node.url('verifier')}/api/v1/checks",
        data=credential.encode(),
        headers={"Authorization": f"Bearer {node.token('verifier')}", "Content-Type": "text/plain"},
        timeout=10,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_valid_then_suspended_online_and_offline(running_node: RunningNode, tmp_path: Path) -> None:
    """Valid: PASSED at the window, exit 0 with a bundle. Suspended: FAILED at 6, exit 1 with a bundle fetched after;
    the bundle fetched before still says valid, and says how old it is. An anchor alone: exit 2.
    """
    identifier, credential = issue(running_node)
    file = tmp_path / "licence.txt"
    file.write_text(credential, "ascii")
    before = fetch_bundle(running_node, tmp_path)

    report = check_online(running_node, credential)
    assert report["indication"] == "PASSED", report
    passed = running_node.run("verify", str(file), "--trust", str(before))
    assert passed.returncode == 0, passed.stdout + passed.stderr

    anchor = tmp_path / "anchor.pem"
    anchor.write_bytes(requests.get(f"{running_node.url('issuer')}/trust/anchor.pem", timeout=10).content)
    assert running_node.run("verify", str(file), "--trust", str(anchor)).returncode == 2

    running_node.department("issuer").post_json(
        f"/api/v1/licences/{identifier}/events",
        {
            "operation": "suspend",
            "reason": "测试暂扣",
            "approval": {"proposer": "issuer-clerk", "approver": "issuer-approver"},
        },
        200,
        201,
    )
    # The window's copy of the list lasts a second.
    deadline = monotonic() + 10
    while (report := check_online(running_node, credential))["indication"] != "FAILED":
        assert monotonic() < deadline, report
        sleep(0.2)
    after_folder = tmp_path / "after"
    after_folder.mkdir()
    after = fetch_bundle(running_node, after_folder)
    failed = running_node.run("verify", str(file), "--trust", str(after), "--json")
    assert failed.returncode == 1, failed.stdout + failed.stderr
    codes = {finding["step"]: finding["code"] for finding in orjson.loads(failed.stdout)["findings"]}
    assert codes[6] == "status-suspended"
    assert running_node.run("verify", str(file), "--trust", str(before)).returncode == 0
