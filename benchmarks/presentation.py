"""A full presentation over HTTP: create, fetch the request, answer it, read the report; every step durable.

The verifier runs on granian in a process of its own, over the real store. The wallet's side (key binding, encryption)
works in this process and is not counted: what counts is the CPU time, user and system, of the service.
"""

from __future__ import annotations

import http.client
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import local
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

from benchmarks.checks_http import verifier_environment
from benchmarks.row import Row
from benchmarks.serving import ServiceProcess, best_cost, free_port, walk_many
from keys.certificates import certificate_to_pem
from keys.local_signer import LocalSigner
from keys.master_key import MasterKey
from keys.trust_list import Role, ServiceItem
from service.api_tokens import mint
from service.clock import SystemClock
from service.embedded_store.server import EmbeddedStore
from service.settings import Settings
from service.store import disconnect
from standards.openid4vp.authorization_request import parse_request_uri
from standards.openid4vp.request_object import parse_request_object, verify_request_object
from standards.openid4vp.response import build_direct_post_jwt
from standards.sd_jwt_vc import CredentialTemplate, build_credential, parse_credential, present_credential
from standards.status_list import StatusList, StatusReference, build_status_list_token
from tests.support.publisher import Publisher, running_publisher
from tests.support.trust_world import USCC_A, TrustWorld, entry_of, new_signer
from tests.support.verifier_world import BUSINESS_LICENCE, COMPANY, enrol_and_certify
from verifier.app import open_node
from verifier.departments.demo import load_demo_departments

_ITEM = "food-business-licence"
_WALLETS = 4
_WARM_UP = 80
_ROUNDS = 10
_PRESENTATIONS = 120


def run() -> list[Row]:
    """Presentations for each second of the service's CPU time, and the wall rate with four wallets."""
    with tempfile.TemporaryDirectory() as folder, running_publisher() as publisher:
        data = Path(folder)
        with EmbeddedStore(data) as store:
            wallet = _publish_world(publisher, data, store.uri)
            wallet.port = free_port()
            environment = verifier_environment(
                data, store.uri, publisher, wallet.port, blocking_threads=Settings.blocking_threads
            )
            with ServiceProcess("verifier", wallet.port, environment) as service:
                walk_many(wallet.walk, _WARM_UP, _WALLETS)
                cost = best_cost(service, wallet.walk, _PRESENTATIONS, clients=_WALLETS, rounds=_ROUNDS)
    what = "full presentation over HTTP, every step durable"
    return [
        Row(f"{what}: for each second of service CPU", 1 / cost.cpu, "1/s", goal=250, at_least=True),
        Row(f"{what}: wall rate, {_WALLETS} wallets at once", 1 / cost.wall, "1/s"),
    ]


class _Wallet:
    """A holder with one credential, and the department's system that asks."""

    def __init__(self, credential: str, key: LocalSigner, token: str) -> None:
        self._credential = parse_credential(credential).sd_jwt
        self._key = key
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._connections = local()
        self.port = 0

    def walk(self) -> None:
        """One presentation, over this thread's kept connection."""
        connection = getattr(self._connections, "kept", None)
        if connection is None:
            connection = self._connections.kept = http.client.HTTPConnection("127.0.0.1", self.port)
        self._walk(connection)

    def _walk(self, connection: http.client.HTTPConnection) -> None:
        order = orjson.dumps({"service_item": _ITEM})
        made = orjson.loads(_call(connection, "POST", "/api/v1/presentations", order, self._headers))
        reference = parse_request_uri(made["authorization_request"])
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        nonce = urlencode({"wallet_nonce": "0123456789abcdef"}).encode()
        path = urlsplit(reference.unverified_request_uri).path
        text = _call(connection, "POST", path, nonce, form).decode()
        request = verify_request_object(
            parse_request_object(text),
            reference=reference,
            at=SystemClock().now(),
            wallet_nonce="0123456789abcdef",
        ).request
        query = request.dcql_query.credentials[0]
        shown = present_credential(
            self._credential,
            [claim.path for claim in query.claims],
            audience=str(request.client_id),
            nonce=request.nonce,
            at=SystemClock().now(),
            sign=self._key.sign,
        )
        answer = build_direct_post_jwt({query.id: [shown]}, request.state, request.client_metadata)
        _call(connection, "POST", urlsplit(request.response_uri).path, urlencode(answer).encode(), form)
        result = orjson.loads(
            _call(connection, "GET", f"/api/v1/presentations/{made['id']}", None, self._headers)
        )
        if result["report"]["indication"] != "PASSED":
            raise RuntimeError(f"not passed: {result['report']}")


def _call(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: bytes | None,
    headers: dict[str, str],
) -> bytes:
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    content = response.read()
    if response.status not in (200, 201):
        raise RuntimeError(f"{method} {path}: {response.status} {content[:300]!r}")
    return content


def _publish_world(publisher: Publisher, data: Path, store_uri: str) -> _Wallet:
    """Anchor, lists, a status list, an enrolled department; answers the wallet with its credential."""
    now = SystemClock().now()
    nation = TrustWorld.create()
    issuer = nation.regions["330000"].leaf("杭州某局（示例）", USCC_A, uris=(publisher.origin,))
    MasterKey.create(data / "master.key")
    (data / "trust").mkdir(parents=True)
    (data / "trust" / "anchor.pem").write_text(certificate_to_pem(nation.anchor))
    settings = Settings(
        data=data,
        store_uri=store_uri,
        master_key_file=data / "master.key",
        trust_anchor_file=data / "trust" / "anchor.pem",
    )
    node = open_node(settings, SystemClock())
    department = load_demo_departments()[0].department
    enrol_and_certify(node, nation, department)
    window = entry_of(
        node.keys.signer(department.key_id),
        department.uscc,
        department.division,
        Role.VERIFIER,
        (),
        name=department.name,
        service_items=(ServiceItem(_ITEM, node.items.by_code(_ITEM).name),),
    )
    token = mint(node.master_key, "verifier", department.uscc, at=now, system="bench")
    disconnect("verifier")
    times: dict[str, Any] = {"issued_at": now - timedelta(hours=1), "next_update": now + timedelta(days=1)}
    regions = tuple(
        replace(region.entry, list_uri=f"{publisher.origin}/trust/lists/{division}")
        for division, region in nation.regions.items()
    )
    publisher.publish("/trust/list", nation.nation_list(regions=regions, **times))
    for division, entries in {
        "330000": (entry_of(issuer, types=(BUSINESS_LICENCE.code,)),),
        "510000": (window,),
    }.items():
        publisher.publish(f"/trust/lists/{division}", nation.region_list(division, entries, **times))
    status_uri = f"{publisher.origin}/status-lists/1"
    status = build_status_list_token(
        StatusList(2**20),
        uri=status_uri,
        issued_at=now,
        expires_at=now + timedelta(days=1),
        ttl=timedelta(minutes=5),
        certificate_chain=issuer.certificate_chain,
        sign=issuer.sign,
    )
    publisher.publish("/status-lists/1", status)
    key = new_signer("holder")
    credential = build_credential(
        CredentialTemplate.of(
            issuer=publisher.origin,
            vct=BUSINESS_LICENCE.vct,
            vct_integrity="sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            certificate_chain=issuer.certificate_chain,
        ),
        dict(COMPANY),
        holder_key=key.public_jwk,
        status=StatusReference(status_uri, 4711),
        issued_at=now,
        expires_at=now + timedelta(days=90),
        sign=issuer.sign,
    )
    return _Wallet(credential, key, token)
