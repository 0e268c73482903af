"""The authorisation server against an OAuth and OpenID4VCI client that nobody here wrote; Python only plays the browser."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec

from issuer.demo.authorities import demo_authorities
from keys.master_key import MasterKey
from keys.software_store import SoftwareKeyStore
from service.clock import SystemClock
from standards.jose import b64url_encode, public_jwk_of
from standards.oauth.client_attestation import build_client_attestation
from tests.interop.test_independent_clients import _run
from tests.support.issuance_world import verified
from tests.support.running_node import RunningNode
from wallet.provider.enrol_provider import provider_signer
from wallet.provider.provider import ATTESTATION_LIFETIME

pytestmark = pytest.mark.flow

IDENTITY = "11100000000013338W001-2"


def test_an_independent_client_claims_a_licence(running_node: RunningNode, tmp_path: Path) -> None:
    """PAR with DPoP and attestation, sign-in and choice in the browser, code, token, credential, notification; at an authority
    whose identifier has a path and whose metadata name two servers.
    """
    issuer_url, wallet_url = running_node.url("issuer"), running_node.url("wallet")
    instance = ec.generate_private_key(ec.SECP256R1())
    jwk = public_jwk_of(instance.public_key())
    secret = b64url_encode(instance.private_numbers().private_value.to_bytes(32))
    keys = SoftwareKeyStore(running_node.data / "keys", MasterKey.load(running_node.data / "master.key"))
    signer, now = provider_signer(keys), SystemClock().now()
    state = tmp_path / "state.json"
    police = f"{issuer_url}/authorities/{demo_authorities()[1].uscc}"
    state.write_text(
        json.dumps(
            {
                "issuer": police,
                "server": issuer_url,
                "clientId": wallet_url,
                "redirectUri": f"{wallet_url}/find/callback",
                "scope": f"{IDENTITY} uses",
                "instanceJwk": jwk.to_dict() | {"d": secret},
                "attestation": build_client_attestation(
                    client_id=wallet_url,
                    jwk=jwk,
                    issuer=wallet_url,
                    certificate_chain=signer.certificate_chain,
                    issued_at=now,
                    expires_at=now + ATTESTATION_LIFETIME,
                    sign=signer.sign,
                ),
            }
        )
    )
    _run("claim.mjs", "push", str(state))
    callback = _decide(json.loads(state.read_text())["url"], "zhang-xiaoming", issuer_url)
    _run("claim.mjs", "redeem", str(state), callback, IDENTITY)
    done = json.loads(state.read_text())
    copy = verified(done["credential"])
    assert copy.claims["holder_name"] == "张小明"
    assert copy.claims["portrait"]
    assert done["token"]["token_type"] == "DPoP"
    assert done["token"]["authorization_details"][0]["locations"] == [police]


def _decide(address: str, subject: str, issuer_url: str) -> str:
    """Follow as a browser does, choose the person, agree to one identity card; answers where the browser is sent at last."""
    browser = requests.Session()
    browser.trust_env = False
    page = browser.get(address, timeout=20)
    page = browser.post(page.url, data={"sub": subject}, timeout=20)
    assert page.url.startswith(f"{issuer_url}/authorize/choose"), page.url
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    licences = [html.unescape(one) for one in re.findall(r'name="licence" value="([^"]+)"', page.text)]
    # One of the type alone: the client names a type, and other tests give this person further cards on the same node.
    identity_card = next(one for one in licences if f".{IDENTITY.partition('-')[0]}." in one)
    form = {**fields, "licence": identity_card, "uses": "1", "decision": "agree"}
    answer = browser.post(
        urljoin(page.url, "/authorize/choose"), data=form, allow_redirects=False, timeout=20
    )
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])
