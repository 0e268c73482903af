"""Our wallet before an issuer and a verifier that nobody here wrote: a university on no trust list, by an anchor of the
operator's. It runs on npm's OpenID4VCI, OAuth, OpenID4VP and SD-JWT libraries; they check every message of the wallet's.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec

from keys.certificates import CertificateSubject, certificate_to_pem, issue_leaf
from keys.certificates.wire import certificate_to_der
from keys.master_key import MasterKey
from service.settings import Settings
from standards.jose import b64url_encode, public_jwk_of
from tests.support.trust_world import FROM, UNTIL, USCC_A, TrustWorld
from tests.support.wallet_world import Browser, WalletWorld, running_clock, wallet_world

pytestmark = pytest.mark.flow

HERE = Path(__file__).parent
DIPLOMA = "https://university.example/diploma"
CLAIMS = {"family_name": "张", "given_name": "小明", "degree": "Bachelor of Science", "year": 2019}


@dataclass
class University:
    """The process, as the test talks to it."""

    origin: str
    x5c: list[str]

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = requests.post(f"{self.origin}/test/{path}", json=body, timeout=10)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def get(self, path: str) -> Any:
        return requests.get(f"{self.origin}/{path}", timeout=10).json()


@pytest.fixture
def nation_abroad() -> TrustWorld:
    return TrustWorld.create()


@pytest.fixture
def university(nation_abroad: TrustWorld, tmp_path: Path) -> Iterator[University]:
    key, region = ec.generate_private_key(ec.SECP256R1()), nation_abroad.regions["330000"]
    leaf = issue_leaf(
        CertificateSubject("某大学", USCC_A, "330000"),
        key.public_key(),
        region.authority,
        valid_from=FROM,
        valid_until=UNTIL,
        dns_names=("localhost",),
    )
    x5c = [base64.b64encode(der).decode() for der in (certificate_to_der(leaf), region.der)]
    secret = b64url_encode(key.private_numbers().private_value.to_bytes(32))
    config = tmp_path / "university.json"
    config.write_text(
        json.dumps({"privateJwk": public_jwk_of(key.public_key()).to_dict() | {"d": secret}, "x5c": x5c})
    )
    search = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])
    with (tmp_path / "university.log").open("w") as log:
        process = subprocess.Popen(
            ["node", "university.mjs", str(config)],
            cwd=HERE,
            env={**os.environ, "PATH": search},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            assert port, (tmp_path / "university.log").read_text()
            yield University(f"http://localhost:{port}", x5c)
        finally:
            process.communicate(timeout=20)
            print((tmp_path / "university.log").read_text())


@pytest.fixture
def world(
    settings: Settings,
    master_key: MasterKey,
    university: University,
    nation_abroad: TrustWorld,
    tmp_path: Path,
) -> Iterator[WalletWorld]:
    anchors = tmp_path / "foreign.json"
    organisation = {
        "name": {"zh": "某大学联盟", "en": "A league of universities"},
        "roles": ["issuer", "verifier"],
        "certificates": certificate_to_pem(nation_abroad.anchor),
    }
    anchors.write_text(json.dumps({"organisations": [organisation]}))
    fresh = replace(
        settings, data=tmp_path, trust_anchor_file=tmp_path / "anchor.pem", foreign_anchors_file=anchors
    )
    with wallet_world(fresh, master_key, running_clock(), further_origins=(university.origin,)) as made:
        for name in made.node.database.list_collection_names():
            made.node.database[name].delete_many({})
        yield made


def received(university: University, zhang: Browser, **options: Any) -> dict[str, Any]:
    """The diploma, from offer to wallet."""
    link = university.post("offer", {"claims": CLAIMS, **options})["uri"]
    answer = zhang.receive(link, options.get("txCode"))
    assert answer.status_code == 201, answer.text
    return dict(answer.json["credentials"][0])


@pytest.mark.parametrize("options", [{}, {"txCode": "4711"}], ids=str)
def test_a_diploma_from_an_independent_issuer(
    world: WalletWorld, university: University, options: dict[str, Any]
) -> None:
    """Offer, metadata, DPoP-bound token, nonce, three proofs, notification: kept as another document."""
    zhang = world.sign_in()
    card = received(university, zhang, **options)
    assert (card["vct"], card["copies"]) == (DIPLOMA, 3)
    assert card["claims"]["degree"] == CLAIMS["degree"]
    assert [one["event"] for one in university.get("test/notifications")] == ["credential_accepted"]
    assert "其他证件" in zhang.page("/?lang=zh").text


@pytest.mark.parametrize("mode", ["direct_post", "direct_post.jwt"])
@pytest.mark.parametrize("prefix", ["x509_hash", "x509_san_dns"])
def test_an_independent_verifier_is_answered(
    world: WalletWorld, university: University, mode: str, prefix: str
) -> None:
    """Its signed request is understood, and its libraries accept the answer: signature, key binding, nonce, audience, one
    field of four."""
    zhang = world.sign_in()
    received(university, zhang)
    leaf = hashlib.sha256(base64.b64decode(university.x5c[0])).digest()
    name = b64url_encode(leaf) if prefix == "x509_hash" else "localhost"
    query = {
        "credentials": [
            {
                "id": "diploma",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": [DIPLOMA]},
                "claims": [{"path": ["degree"]}],
            }
        ]
    }
    asked = university.post("ask", {"query": query, "responseMode": mode, "clientId": f"{prefix}:{name}"})
    view = zhang.post("/api/v1/requests", {"uri": asked["uri"]})
    assert view.status_code == 201, view.text
    assert view.json["verifier"]["registered"] is False
    sent = zhang.post(f"/api/v1/requests/{view.json['id']}/consent")
    assert sent.status_code == 200, sent.text
    [seen] = university.get(f"answer/{asked['id']}")["diploma"]
    assert seen["degree"] == CLAIMS["degree"]
    assert {"family_name", "given_name", "year"} & set(seen) == set()


def test_a_diploma_of_somebody_else_from_an_independent_issuer(
    world: WalletWorld, university: University
) -> None:
    """A valid diploma that names another person → nothing is kept, and the issuer is told so."""
    zhang = world.sign_in()
    link = university.post("offer", {"claims": CLAIMS | {"given_name": "大明"}})["uri"]
    assert zhang.receive(link).status_code == 422
    assert zhang.credentials() == []
    assert [one["event"] for one in university.get("test/notifications")] == ["credential_failure"]
