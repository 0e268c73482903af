"""The services against an OpenID4VCI and OpenID4VP client, a DCQL engine and an SD-JWT reader that nobody here wrote.

The JavaScript beside this file only holds those libraries together: what is sent, checked and chosen is their doing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from standards.jose import parse_jws
from tests.support.running_node import RunningNode

HERE = Path(__file__).parent
pytestmark = pytest.mark.flow


def _run(script: str, *arguments: str) -> str:
    """A script's output; the test fails with what the client said when it gives up."""
    # npm and node may be those of the Python environment, where the machine has none.
    search = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])
    done = subprocess.run(
        ["node", script, *arguments],
        cwd=HERE,
        env={**os.environ, "PATH": search},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _new_offer(
    node: RunningNode, wish: dict[str, Any], *, authority: str | None = None
) -> tuple[str, dict[str, Any]]:
    """A fresh licence of the authority's first type, and an offer of it: (vct, offer)."""
    department = node.department("issuer", authority)
    licence_type = department.get_json("/api/v1/types")["types"][0]
    licence = department.post_json("/api/v1/licences", licence_type["example"], 201)
    offer = department.post_json(f"/api/v1/licences/{licence['identifier']}/offers", wish, 201)
    return licence_type["vct"], offer


def _receive(offer: dict[str, Any], state: Path, copies: int) -> dict[str, Any]:
    code = [offer["tx_code"]] if offer.get("tx_code") else []
    _run("receive.mjs", offer["credential_offer_uri"], str(state), str(copies), *code)
    received: dict[str, Any] = json.loads(state.read_text())
    return received


@pytest.mark.parametrize("by", ["value", "reference"])
@pytest.mark.parametrize("tx_code", [True, False])
def test_client_receives_three_unlinkable_copies(
    running_node: RunningNode, tmp_path: Path, by: str, tx_code: bool
) -> None:
    """Offer, token with DPoP, nonce, three proofs, notification: three copies, each with a key and index of its own."""
    vct, offer = _new_offer(running_node, {"tx_code": tx_code, "by": by})
    received = _receive(offer, tmp_path / "state.json", copies=3)
    claims = [copy["claims"] for copy in received["copies"]]
    assert received["tokenType"] == "DPoP"
    assert received["notified"]
    assert [copy["typ"] for copy in received["copies"]] == ["dc+sd-jwt"] * 3
    assert {each["vct"] for each in claims} == {vct}
    assert len({each["cnf"]["jwk"]["x"] for each in claims}) == 3
    assert len({each["status"]["status_list"]["idx"] for each in claims}) == 3
    assert len({each["iat"] for each in claims}) == 1


def test_client_reads_metadata_of_an_issuer_identifier_with_a_path(
    running_node: RunningNode, tmp_path: Path
) -> None:
    """An authority beside the first has a path in its identifier; the client finds its metadata by the rule alone."""
    trust = running_node.department("issuer").get_json("/trust/bundle")
    uscc = _authority_with_a_path(trust)
    _, offer = _new_offer(running_node, {}, authority=uscc)
    received = _receive(offer, tmp_path / "state.json", copies=1)
    assert received["copies"][0]["claims"]["iss"].endswith(f"/authorities/{uscc}")


@pytest.mark.parametrize("response_mode", ["direct_post", "direct_post.jwt"])
@pytest.mark.parametrize("prefix", ["x509_hash", "x509_san_dns"])
def test_client_answers_a_request(
    running_node: RunningNode, tmp_path: Path, response_mode: str, prefix: str
) -> None:
    """The client accepts our signed request, its query engine matches, and the window verifies what it sends."""
    vct, offer = _new_offer(running_node, {"tx_code": False})
    _receive(offer, tmp_path / "state.json", copies=1)
    window = running_node.department("verifier")
    query = {
        "credentials": [
            {
                "id": "licence",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": [vct]},
                "claims": [{"path": ["licence_number"]}],
            }
        ]
    }
    asked = window.post_json(
        "/api/v1/presentations",
        {"dcql_query": query, "response_mode": response_mode, "client_id_prefix": prefix},
        201,
    )
    answer = json.loads(_run("present.mjs", asked["authorization_request"], str(tmp_path / "state.json")))
    assert answer["clientIdPrefix"] == prefix
    found = window.get_json(f"/api/v1/presentations/{asked['id']}")
    assert found["state"] == "received"
    assert found["report"]["indication"] == "PASSED", found["report"]
    [shown] = found["claims"]["licence"]
    assert shown["licence_number"]
    assert "holder_number" not in shown


def test_what_the_client_shows_after_revocation_fails(running_node: RunningNode, tmp_path: Path) -> None:
    """Ten copies by the foreign client, one revocation, and the copy it shows is refused at step 6."""
    department = running_node.department("issuer")
    licence_type = department.get_json("/api/v1/types")["types"][0]
    licence = department.post_json("/api/v1/licences", licence_type["example"], 201)
    path = f"/api/v1/licences/{licence['identifier']}"
    _receive(department.post_json(f"{path}/offers", {}, 201), tmp_path / "state.json", copies=10)
    department.post_json(
        f"{path}/events",
        {
            "operation": "revoke",
            "reason": "行政处罚决定（示例）",
            "approval": {"proposer": "issuer-clerk", "approver": "issuer-approver"},
        },
        200,
        201,
    )
    time.sleep(1)  # the ttl of a status list: until then, a verifier may use the one it has
    window = running_node.department("verifier")
    query = {
        "credentials": [
            {
                "id": "licence",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": [licence_type["vct"]]},
                "claims": [{"path": ["licence_number"]}],
            }
        ]
    }
    asked = window.post_json("/api/v1/presentations", {"dcql_query": query}, 201)
    _run("present.mjs", asked["authorization_request"], str(tmp_path / "state.json"))
    report = window.get_json(f"/api/v1/presentations/{asked['id']}")["report"]
    assert report["indication"] == "FAILED"
    assert [finding["step"] for finding in report["findings"] if finding["outcome"] == "failed"] == [6]


def _authority_with_a_path(bundle: Any) -> str:
    """The organisation code of some authority whose identifier has a path, read from the published region lists."""
    for text in bundle["lists"]["regions"].values():
        for entry in parse_jws(text, max_chars=10**6).claims()["entries"]:
            if "/authorities/" in (entry.get("issuer_identifier") or ""):
                return str(entry["uscc"])
    raise AssertionError("no authority with a path in the lists")
