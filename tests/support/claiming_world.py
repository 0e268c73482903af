"""A wallet of a listed provider that claims licences by the authorisation code flow, each request made by hand."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from issuer.registrar import publish_all
from issuer.registrar.certify_relying_party import certify_relying_party
from keys.certificates import CertificateSubject, build_request
from keys.local_signer import LocalSigner
from keys.trust_list import Role
from service.demo.people import CITIZENS, DemoPerson
from service.web.sign_in import Person
from service.web.sign_in.store import SessionStore
from standards.oauth import build_code_challenge, build_dpop_proof
from standards.oauth.client_attestation import build_client_attestation, build_client_attestation_pop
from standards.openid4vci import build_key_proof
from standards.text import Text
from tests.support.issuance_world import HolderKey, IssuanceWorld
from tests.support.trust_world import new_signer

WALLET = "https://wallet.example"
CALLBACK = f"{WALLET}/find/callback"
IDENTITY, BUSINESS = "11100000000013338W001", "11100000MB0143028R001"
FOOD, BIRTH = "11100000MB0143028R901", "11100000MB99000131901"
ZHANG, LI, WANG = CITIZENS[0], CITIZENS[1], CITIZENS[2]
PROVIDER = Text("示例钱包服务", "Sample wallet service")


@dataclass(frozen=True)
class Provider:
    """A wallet provider with its certificate."""

    signer: LocalSigner
    chain: tuple[bytes, ...]


def list_provider(
    world: IssuanceWorld, host: str = "wallet.example", *, role: Role = Role.WALLET_PROVIDER
) -> Provider:
    """A provider that the registrar certified and listed."""
    signer = new_signer(f"provider {host} {role}")
    subject = CertificateSubject(PROVIDER.zh, "12330000MB990091XB", "330000")
    pem = certify_relying_party(
        world.node.registrar,
        build_request(signer, subject, dns_names=(host,)),
        name=PROVIDER,
        division="330000",
        role=role,
        at=world.clock.now(),
    )
    publish_all(world.node.registrar, at=world.clock.now())
    world.clock.advance(timedelta(seconds=11))
    chain = tuple(
        one.public_bytes(serialization.Encoding.DER) for one in x509.load_pem_x509_certificates(pem.encode())
    )
    return Provider(signer, chain)


@dataclass
class ClaimingWallet:
    """One wallet and the browser of its person; a test spoils what it likes."""

    world: IssuanceWorld
    provider: Provider
    client_id: str = WALLET
    instance: HolderKey = field(default_factory=HolderKey)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    state: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    browser: FlaskClient = field(init=False)
    request_uri: str = ""
    access_token: str = ""

    def __post_init__(self) -> None:
        self.browser = self.world.app.test_client()

    # -- what a wallet says of itself ----------------------------------------------------------------------------

    def attestation(self, **changes: Any) -> dict[str, str]:
        now = self.world.clock.now()
        text = build_client_attestation(
            **(
                {
                    "client_id": self.client_id,
                    "jwk": self.instance.jwk,
                    "issuer": "https://wallet.example",
                    "certificate_chain": self.provider.chain,
                    "issued_at": now,
                    "expires_at": now + timedelta(hours=1),
                    "sign": self.provider.signer.sign,
                }
                | changes
            )
        )
        return {"OAuth-Client-Attestation": text}

    def pop(self, **changes: Any) -> dict[str, str]:
        text = build_client_attestation_pop(
            **(
                {
                    "client_id": self.client_id,
                    "audience": self.world.issuer_url,
                    "jti": secrets.token_urlsafe(16),
                    "at": self.world.clock.now(),
                    "sign": self.instance.sign,
                }
                | changes
            )
        )
        return {"OAuth-Client-Attestation-PoP": text}

    def headers(self) -> dict[str, str]:
        return self.attestation() | self.pop()

    def dpop(self, uri: str, *, key: HolderKey | None = None, token: str | None = None) -> dict[str, str]:
        key = key or self.instance
        proof = build_dpop_proof(
            jwk=key.jwk,
            sign=key.sign,
            method="POST",
            uri=uri,
            jti=secrets.token_urlsafe(12),
            at=self.world.clock.now(),
            **({} if token is None else {"access_token": token}),
        )
        return {"DPoP": proof}

    # -- the flow ------------------------------------------------------------------------------------------------

    def push(
        self, scope: str | None = None, *, headers: Mapping[str, str] | None = None, **form: Any
    ) -> TestResponse:
        fields: dict[str, Any] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "state": self.state,
            "code_challenge": build_code_challenge(self.verifier),
            "code_challenge_method": "S256",
            "scope": scope or self.every_scope(),
        } | form
        answer = self.world.app.test_client().post(
            "/openid4vci/par",
            data={name: value for name, value in fields.items() if value is not None},
            headers=self.headers() if headers is None else dict(headers),
        )
        if answer.status_code == 201:
            self.request_uri = answer.get_json()["request_uri"]
        return answer

    def every_scope(self) -> str:
        document = self.world.app.test_client().get("/.well-known/oauth-authorization-server").get_json()
        return " ".join(document["scopes_supported"])

    def authorize(self, **changes: str) -> TestResponse:
        query = {"client_id": self.client_id, "request_uri": self.request_uri} | changes
        return self.browser.get("/authorize", query_string=query)

    def sign_in(self, person: DemoPerson = ZHANG) -> str:
        """A session of the real session store in the browser; answers its secret."""
        sessions = SessionStore(self.world.node.database, self.world.master_key.envelope("sign-in session"))
        signed = Person(
            person.code_type, person.number, person.name, person.subject, "https://provider.example", ""
        )
        token = sessions.begin(signed, self.world.clock.now())
        self.browser.set_cookie("elicence_issuer", token, domain="localhost")
        return token

    @property
    def handle(self) -> str:
        return self.request_uri.rpartition(":")[2]

    def open(self, person: DemoPerson = ZHANG) -> TestResponse:
        """Sign in and come to the page of choices."""
        self.sign_in(person)
        opened = self.browser.get("/authorize/open", query_string={"request": self.handle})
        assert opened.status_code == 303, opened.text
        return self.page()

    def page(self) -> TestResponse:
        return self.browser.get("/authorize/choose", query_string={"request": self.handle})

    def decide(self, licences: Sequence[str] | None = None, **changes: str) -> TestResponse:
        text = self.page().text
        offered = [part.split('"')[0] for part in text.split('name="licence" value="')[1:]]
        form: dict[str, Any] = {
            "request": self.handle,
            "proof": text.partition('name="proof" value="')[2].partition('"')[0],
            "decision": "agree",
            "uses": "1",
            "licence": offered if licences is None else list(licences),
        } | changes
        return self.browser.post("/authorize/choose", data=form)

    def code(self, answer: TestResponse) -> str:
        assert answer.status_code == 303, answer.text
        query = parse_qs(urlsplit(answer.headers["Location"]).query)
        assert query["state"] == [self.state]
        assert query["iss"] == [self.world.issuer_url]
        return query["code"][0]

    def request_token(
        self, code: str, *, headers: Mapping[str, str] | None = None, **form: Any
    ) -> TestResponse:
        uri = f"{self.world.issuer_url}/openid4vci/token"
        fields: dict[str, Any] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
            "client_id": self.client_id,
        } | form
        return self.world.app.test_client().post(
            "/openid4vci/token",
            data={name: value for name, value in fields.items() if value is not None},
            headers=self.headers() | self.dpop(uri) if headers is None else dict(headers),
        )

    def claim(self, person: DemoPerson = ZHANG) -> dict[str, Any]:
        """The whole flow; answers the token response."""
        assert self.push().status_code == 201
        assert self.authorize().status_code == 303
        self.open(person)
        answer = self.request_token(self.code(self.decide()))
        assert answer.status_code == 200, answer.text
        self.access_token = answer.get_json()["access_token"]
        return dict(answer.get_json())

    # -- with the token ------------------------------------------------------------------------------------------

    def credential(
        self, issuer: str, identifier: str | None, *, token: str | None = None, **members: Any
    ) -> TestResponse:
        path = issuer.removeprefix(self.world.issuer_url)
        client = self.world.app.test_client()
        nonce = client.post(f"{path}/openid4vci/nonce").get_json()["c_nonce"]
        key = HolderKey()
        proof = build_key_proof(
            jwk=key.jwk, sign=key.sign, issuer=issuer, at=self.world.clock.now(), nonce=nonce
        )
        named = {} if identifier is None else {"credential_identifier": identifier}
        return self.post(
            f"{issuer}/openid4vci/credential", {**named, "proofs": {"jwt": [proof]}, **members}, token=token
        )

    def uses(self, body: Any = None, *, token: str | None = None) -> TestResponse:
        return self.post(f"{self.world.issuer_url}/my/uses", body or {}, token=token)

    def post(self, uri: str, body: Any, *, token: str | None = None) -> TestResponse:
        token = token or self.access_token
        return self.world.app.test_client().post(
            uri.removeprefix(self.world.issuer_url),
            data=orjson.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"DPoP {token}", **self.dpop(uri, token=token)},
        )
