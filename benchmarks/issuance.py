"""Full pre-authorised issuance over HTTP: offer, token, nonce, credential, every step durable in the real store.

Service CPU is user and system time of the issuer's processes; the store and this client are not counted. Goals: at
least 300 flows and, in batches of ten, 1,500 credentials per CPU-second, at most five durable writes a flow.
"""

from __future__ import annotations

import http.client
import json
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import local
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

from benchmarks.row import Row
from benchmarks.serving import Cost, ServiceProcess, best_cost, free_port, walk_many
from issuer.catalogue.examples import example_body
from issuer.demo.authorities import demo_authorities
from issuer.library.licence import local_day
from issuer.node import IssuerNode, open_node
from issuer.registrar import ensure_authority, ensure_nation, ensure_region
from keys.local_signer import LocalSigner
from keys.master_key import MasterKey
from service.api_tokens import mint
from service.clock import SystemClock
from service.embedded_store.server import EmbeddedStore
from service.settings import Settings
from service.store import disconnect
from standards.oauth import build_dpop_proof
from standards.openid4vci import build_key_proof
from standards.text import Text

_GRANT = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
_TYPE = "11100000MB0143028R001"
_CLIENTS = 4
_WARM_UP_FLOWS = 100
_ROUNDS = 10
_FLOWS = 100
_BATCH_FLOWS = 25
_BATCH = 10
_COUNTED_FLOWS = 20
_KEYS = 64


@dataclass(frozen=True)
class _Bench:
    """One issuer and a wallet that asks it again and again."""

    issuer: str
    port: int
    offers_path: str
    token: str
    keys: list[LocalSigner]
    connections: local

    def flow(self, copies: int = 1, *, dpop: bool = False) -> None:
        """The four requests of one issuance."""
        offer = self.post(self.offers_path, b"{}", {"Authorization": f"Bearer {self.token}"}, 201)
        query = parse_qs(urlsplit(offer["credential_offer_uri"]).query)
        code = json.loads(query["credential_offer"][0])["grants"][_GRANT]["pre-authorized_code"]
        configuration = json.loads(query["credential_offer"][0])["credential_configuration_ids"][0]
        form = urlencode({"grant_type": _GRANT, "pre-authorized_code": code}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"} | self._dpop("token", None, dpop)
        access = self.post("/openid4vci/token", form, headers)["access_token"]
        nonce = self.post("/openid4vci/nonce", b"")["c_nonce"]
        at = datetime.now(UTC)
        first = secrets.randbelow(_KEYS)
        proofs = [
            build_key_proof(issuer=self.issuer, jwk=key.public_jwk, sign=key.sign, nonce=nonce, at=at)
            for key in (self.keys[(first + n) % _KEYS] for n in range(copies))
        ]
        body = json.dumps({"credential_configuration_id": configuration, "proofs": {"jwt": proofs}}).encode()
        scheme = {
            "Authorization": f"{'DPoP' if dpop else 'Bearer'} {access}",
            "Content-Type": "application/json",
        }
        answer = self.post("/openid4vci/credential", body, scheme | self._dpop("credential", access, dpop))
        if len(answer["credentials"]) != copies:
            raise RuntimeError("fewer copies than proofs")

    def _dpop(self, endpoint: str, access_token: str | None, dpop: bool) -> dict[str, str]:
        if not dpop:
            return {}
        key = self.keys[0]
        proof = build_dpop_proof(
            method="POST",
            uri=f"{self.issuer}/openid4vci/{endpoint}",
            jwk=key.public_jwk,
            sign=key.sign,
            jti=secrets.token_urlsafe(12),
            at=datetime.now(UTC),
            access_token=access_token,
        )
        return {"DPoP": proof}

    def post(
        self, path: str, body: bytes, headers: dict[str, str] | None = None, status: int = 200
    ) -> dict[str, Any]:
        connection = getattr(self.connections, "kept", None)
        if connection is None:
            connection = self.connections.kept = http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=30
            )
        connection.request("POST", path, body, headers or {})
        response = connection.getresponse()
        content = response.read()
        if response.status != status:
            raise RuntimeError(f"{path} answered {response.status}: {content[:200]!r}")
        return dict(json.loads(content))


def run() -> list[Row]:
    """The rows of issue 2 for issuing over HTTP."""
    with (
        tempfile.TemporaryDirectory(prefix="elicence-bench-") as folder,
        EmbeddedStore(Path(folder)) as store,
    ):
        port = free_port()
        issuer = f"http://localhost:{port}"
        environment = {
            "ELICENCE_DATA": folder,
            "ELICENCE_STORE_URI": store.uri,
            "ELICENCE_ISSUER_URL": issuer,
            "ELICENCE_MASTER_KEY_FILE": f"{folder}/master.key",
        }
        MasterKey.load_or_create(Path(folder) / "master.key")
        node = open_node(Settings.from_environment(environment), SystemClock())
        try:
            uscc = found_trust(node, issuer)
            with ServiceProcess("issuer", port, environment) as service:
                return _measure(_open_bench(node, issuer, port, uscc), service, node)
        finally:
            disconnect("issuer")


def _measure(bench: _Bench, service: ServiceProcess, node: IssuerNode) -> list[Row]:
    walk_many(bench.flow, _WARM_UP_FLOWS, _CLIENTS)
    single = _cost(service, bench.flow, _FLOWS)
    bound = _cost(service, lambda: bench.flow(dpop=True), _FLOWS)
    batch = _cost(service, lambda: bench.flow(_BATCH), _BATCH_FLOWS)
    return [
        Row("full issuance over HTTP, service CPU", 1 / single.cpu, "1/CPU-s", goal=300, at_least=True),
        Row("full issuance over HTTP, service CPU each", single.cpu * 1e3, "ms"),
        Row(f"full issuance over HTTP, wall, {_CLIENTS} clients", 1 / single.wall, "1/s"),
        Row("full issuance over HTTP with DPoP, service CPU", 1 / bound.cpu, "1/CPU-s"),
        Row("durable writes of one issuance", _count_writes(bench, node), "writes", goal=5),
        Row(
            f"credentials in batches of {_BATCH}, service CPU",
            _BATCH / batch.cpu,
            "1/CPU-s",
            goal=1_500,
            at_least=True,
        ),
        Row(f"credentials in batches of {_BATCH}, wall", _BATCH / batch.wall, "1/s"),
    ]


def _cost(service: ServiceProcess, flow: Callable[[], None], count: int) -> Cost:
    return best_cost(service, flow, count, clients=_CLIENTS, rounds=_ROUNDS)


def _count_writes(bench: _Bench, node: IssuerNode) -> float:
    """Durable writes of a flow, as the store's own profiler saw them."""
    database = node.database
    database.command("profile", 2)
    try:
        walk_many(lambda: bench.flow(_BATCH), _COUNTED_FLOWS, _CLIENTS)
    finally:
        database.command("profile", 0)
    # Deletes of the TTL monitor carry no client.
    writes = database["system.profile"].count_documents(
        {"op": {"$in": ["insert", "update", "remove"]}, "client": {"$exists": True}}
    )
    changes = database["system.profile"].count_documents({"command.findAndModify": {"$exists": True}})
    database["system.profile"].drop()
    return (writes + changes) / _COUNTED_FLOWS


def found_trust(node: IssuerNode, issuer: str) -> str:
    """Nation, region, and the principal authority; answers the authority's USCC."""
    at = node.clock.now()
    authority = demo_authorities()[0]
    ensure_nation(node.registrar, Text("示例国家", "Example nation"), at=at)
    ensure_region(node.registrar, authority.region, Text("示例地区", "Example region"), at=at)
    ensure_authority(
        node.registrar,
        uscc=authority.uscc,
        name=authority.name,
        division=authority.division,
        level=authority.level,
        issuer_identifier=issuer,
        licence_types=authority.licence_types,
        at=at,
    )
    return authority.uscc


def _open_bench(node: IssuerNode, issuer: str, port: int, uscc: str) -> _Bench:
    """Record one licence as a department's system does; its face has about ten fields."""
    token = mint(node.master_key, "issuer", uscc, at=node.clock.now())
    headers = {"Authorization": f"Bearer {token}"}
    keys = [LocalSigner(f"holder-{n}", ec.generate_private_key(ec.SECP256R1())) for n in range(_KEYS)]
    example = example_body(node.catalogue.by_code(_TYPE), local_day(node.clock.now()))
    bench = _Bench(issuer, port, "", token, keys, local())
    licence = bench.post("/api/v1/licences", json.dumps(example).encode(), headers, 201)
    return replace(bench, offers_path=f"/api/v1/licences/{licence['identifier']}/offers")
