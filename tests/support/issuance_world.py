"""An issuer node with real authorities over a real store, and a wallet that speaks the protocol by hand."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from flask import Flask
from werkzeug.test import TestResponse

from issuer.app import create_app
from issuer.demo.authorities import DemoAuthority, demo_authorities
from issuer.node import IssuerNode
from issuer.registrar import ensure_authority, ensure_nation, ensure_region
from keys.master_key import MasterKey
from service.api_tokens import mint
from service.settings import Settings
from standards.jose import PublicJwk, public_jwk_of
from standards.oauth import build_dpop_proof
from standards.openid4vci import build_key_proof
from standards.sd_jwt_vc import VerifiedCredential, parse_credential, verify_credential
from standards.status_list import parse_status_list_token, verify_status_list_token
from standards.text import Text
from tests.support.clock import FixedClock

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
BUSINESS_LICENCE = "11100000MB0143028R001"


class HolderKey:
    """A key of a wallet."""

    def __init__(self) -> None:
        self.private_key = ec.generate_private_key(ec.SECP256R1())

    @property
    def jwk(self) -> PublicJwk:
        return public_jwk_of(self.private_key.public_key())

    def sign(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(self.private_key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@dataclass
class IssuanceWorld:
    """A node, its clock, and shortcuts for a department's system and a wallet."""

    app: Flask
    node: IssuerNode
    clock: FixedClock
    master_key: MasterKey
    authorities: Sequence[DemoAuthority]

    @property
    def issuer_url(self) -> str:
        return self.node.settings.issuer_url

    def identifier_of(self, authority: DemoAuthority) -> str:
        """Credential issuer identifier of an authority."""
        return self.issuer_url + self.path_of(authority)

    def path_of(self, authority: DemoAuthority) -> str:
        """Path of that identifier: empty for the principal authority."""
        return "" if authority is self.authorities[0] else f"/authorities/{authority.uscc}"

    # -- the department's system ------------------------------------------------------------------------------

    def api(
        self, method: str, path: str, body: Any = None, *, authority: DemoAuthority | None = None
    ) -> TestResponse:
        """Call the management interface as the system of an authority (the principal one unless said)."""
        uscc = (authority or self.authorities[0]).uscc
        token = mint(self.master_key, "issuer", uscc, at=self.clock.now())
        return self.app.test_client().open(
            path,
            method=method,
            data=None if body is None else orjson.dumps(body),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )

    def record_licence(self, *, authority: DemoAuthority | None = None, **changes: Any) -> str:
        """Enter the example of the authority's first type; answers its identifier."""
        types = _json(self.api("GET", "/api/v1/types", authority=authority), 200)["types"]
        created = self.api("POST", "/api/v1/licences", types[0]["example"] | changes, authority=authority)
        return str(_json(created, 201)["identifier"])

    def offer(
        self, identifier: str, body: dict[str, Any] | None = None, *, authority: DemoAuthority | None = None
    ) -> dict[str, Any]:
        """Make an offer."""
        answer = self.api("POST", f"/api/v1/licences/{identifier}/offers", body, authority=authority)
        return _json(answer, 201)

    def change(self, identifier: str, operation: str) -> None:
        """Carry out an operation that two persons stand behind."""
        body = {
            "operation": operation,
            "reason": "测试",
            "approval": {"proposer": "clerk-1", "approver": "approver-2"},
        }
        _json(self.api("POST", f"/api/v1/licences/{identifier}/events", body), 201)

    # -- the wallet -------------------------------------------------------------------------------------------

    def fetch_offer(self, made: dict[str, Any]) -> dict[str, Any]:
        """The offer object behind a link, whether by value or by reference."""
        query = parse_qs(urlsplit(made["credential_offer_uri"]).query)
        if "credential_offer" in query:
            return dict(orjson.loads(query["credential_offer"][0]))
        uri = query["credential_offer_uri"][0]
        return _json(self.app.test_client().get(uri.removeprefix(self.issuer_url)), 200)

    def wallet(self, made: dict[str, Any], *, dpop: bool = False) -> WalletVisit:
        """A wallet that has followed the link of an offer."""
        return WalletVisit(self, self.fetch_offer(made), HolderKey() if dpop else None)


@dataclass
class WalletVisit:
    """One visit of a wallet to the issuer; every request is made by hand, so that a test can spoil it."""

    world: IssuanceWorld
    offer: dict[str, Any]
    dpop_key: HolderKey | None = None
    access_token: str = ""
    keys: list[HolderKey] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        return str(self.offer["credential_issuer"])

    @property
    def configuration_id(self) -> str:
        return str(self.offer["credential_configuration_ids"][0])

    @property
    def code(self) -> str:
        return str(self.offer["grants"][GRANT_TYPE]["pre-authorized_code"])

    def post(self, endpoint: str, **arguments: Any) -> TestResponse:
        path = self.issuer.removeprefix(self.world.issuer_url) + f"/openid4vci/{endpoint}"
        return self.world.app.test_client().post(path, **arguments)

    def dpop_header(self, endpoint: str, **changes: Any) -> dict[str, str]:
        """The ``DPoP`` header for a request, or none."""
        if self.dpop_key is None:
            return {}
        arguments: dict[str, Any] = {
            "method": "POST",
            "uri": f"{self.issuer}/openid4vci/{endpoint}",
            "jti": secrets.token_urlsafe(12),
            "at": self.world.clock.now(),
        } | changes
        return {"DPoP": build_dpop_proof(jwk=self.dpop_key.jwk, sign=self.dpop_key.sign, **arguments)}

    def request_token(self, tx_code: str | None = None, **form: str) -> TestResponse:
        fields = {"grant_type": GRANT_TYPE, "pre-authorized_code": self.code} | form
        if tx_code is not None:
            fields["tx_code"] = tx_code
        return self.post("token", data=fields, headers=self.dpop_header("token"))

    def redeem(self, tx_code: str | None = None) -> dict[str, Any]:
        """Get an access token and keep it."""
        answer = _json(self.request_token(tx_code), 200)
        self.access_token = answer["access_token"]
        return answer

    def nonce(self) -> str:
        return str(_json(self.post("nonce"), 200)["c_nonce"])

    def proof(self, nonce: str, *, key: HolderKey | None = None, **changes: Any) -> str:
        key = key or HolderKey()
        self.keys.append(key)
        arguments: dict[str, Any] = {"issuer": self.issuer, "at": self.world.clock.now(), "nonce": nonce}
        return build_key_proof(jwk=key.jwk, sign=key.sign, **(arguments | changes))

    def authorization(self, endpoint: str) -> dict[str, str]:
        if self.dpop_key is None:
            return {"Authorization": f"Bearer {self.access_token}"}
        proof = self.dpop_header(endpoint, access_token=self.access_token)
        return {"Authorization": f"DPoP {self.access_token}", **proof}

    def request_credential(
        self, jwts: Sequence[str], *, headers: dict[str, str] | None = None, **changes: Any
    ) -> TestResponse:
        body = {
            "credential_configuration_id": self.configuration_id,
            "proofs": {"jwt": list(jwts)},
        } | changes
        sent = {name: value for name, value in body.items() if value is not ...}
        return self.post(
            "credential",
            data=orjson.dumps(sent),
            content_type="application/json",
            headers=self.authorization("credential") if headers is None else headers,
        )

    def receive(self, copies: int = 1) -> dict[str, Any]:
        """Nonce, proofs, credentials: the answer of the credential endpoint."""
        nonce = self.nonce()
        return _json(self.request_credential([self.proof(nonce) for _ in range(copies)]), 200)

    def notify(self, notification_id: str, event: str = "credential_accepted") -> TestResponse:
        return self.post(
            "notification",
            data=orjson.dumps({"notification_id": notification_id, "event": event}),
            content_type="application/json",
            headers=self.authorization("notification"),
        )


def found_world(settings: Settings, clock: FixedClock, authorities: Sequence[DemoAuthority]) -> IssuanceWorld:
    """A node with nation, regions and authorities; the first authority is the principal one."""
    app = create_app(settings=settings, clock=clock)
    node: IssuerNode = app.extensions["elicence.issuer"]
    at = clock.now()
    ensure_nation(node.registrar, Text("示例国家", "Example nation"), at=at)
    for region in sorted({authority.region for authority in authorities}):
        ensure_region(node.registrar, region, Text(f"地区 {region}", f"Region {region}"), at=at)
    world = IssuanceWorld(app, node, clock, node.master_key, authorities)
    for authority in authorities:
        enrol(world, authority, at)
    return world


def enrol(
    world: IssuanceWorld, authority: DemoAuthority, at: datetime, licence_types: Sequence[str] | None = None
) -> None:
    """Enrol an authority, or change which types it may issue."""
    ensure_authority(
        world.node.registrar,
        uscc=authority.uscc,
        name=authority.name,
        division=authority.division,
        level=authority.level,
        issuer_identifier=world.identifier_of(authority),
        licence_types=authority.licence_types if licence_types is None else licence_types,
        at=at,
    )


def demo_three() -> tuple[DemoAuthority, ...]:
    """The principal authority, one whose issuer identifier has a path, and one whose licences have two holders."""
    return demo_authorities()[:3]


def key_of(certificate: bytes) -> ec.EllipticCurvePublicKey:
    """The key of a DER certificate."""
    key = x509.load_der_x509_certificate(certificate).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return key


def verified(text: str) -> VerifiedCredential:
    """A copy, checked with the key of its own certificate."""
    credential = parse_credential(text)
    return verify_credential(credential, key_of(credential.certificate_chain[0]))


def status_of(world: IssuanceWorld, text: str) -> int:
    """The value of a copy's entry in its status list, as served now."""
    reference = verified(text).registered.status
    assert reference is not None
    answer = world.app.test_client().get(reference.uri.removeprefix(world.issuer_url))
    assert answer.status_code == 200
    token = parse_status_list_token(answer.text)
    key = key_of(token.certificate_chain[0])
    return verify_status_list_token(token, key, uri=reference.uri, at=world.clock.now()).status_at(
        reference.index
    )


def _json(answer: TestResponse, status: int) -> dict[str, Any]:
    assert answer.status_code == status, (answer.status_code, answer.text)
    return dict(orjson.loads(answer.get_data()))
