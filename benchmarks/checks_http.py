"""A presented credential checked over HTTP: the verifier on granian, one worker with one blocking thread, as the
operating guide advises where nothing is stored."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from benchmarks.load import Load, drive, post_request
from benchmarks.row import Row
from benchmarks.serving import ServiceProcess, free_port
from keys.certificates import certificate_to_pem
from keys.master_key import MasterKey
from service.api_tokens import mint
from service.clock import SystemClock
from service.embedded_store.server import EmbeddedStore
from standards.sd_jwt_vc import CredentialTemplate, build_credential
from standards.status_list import StatusList, StatusReference, build_status_list_token
from tests.support.publisher import Publisher, running_publisher
from tests.support.trust_world import USCC_A, USCC_B, TrustWorld, entry_of, new_signer

_TYPE = "T1"
_CLAIMS = {f"claim_number_{n}": f"杭州市西湖区文三路 {n} 号" for n in range(10)}
_CONNECTIONS = 16
_WARM_UP_SECONDS = 2.0
_SECONDS = 6.0


def run() -> list[Row]:
    """Rate, latency and the rate for each second of the service's own CPU time."""
    with tempfile.TemporaryDirectory() as folder, running_publisher() as publisher:
        data = Path(folder)
        credential = _publish_world(publisher, data)
        port = free_port()
        with (
            EmbeddedStore(data) as store,
            ServiceProcess(
                "verifier", port, verifier_environment(data, store.uri, publisher, port, blocking_threads=1)
            ) as service,
        ):
            token = mint(
                MasterKey.load(data / "master.key"),
                "verifier",
                USCC_B,
                at=SystemClock().now(),
                system="bench",
            )
            request = post_request(
                f"localhost:{port}",
                "/api/v1/checks",
                credential.encode(),
                Authorization=f"Bearer {token}",
                Content_Type="text/plain",
            )
            _measure(port, request, _WARM_UP_SECONDS)
            before = service.cpu_seconds()
            load = _measure(port, request, _SECONDS)
            used = service.cpu_seconds() - before
    answers = len(load.milliseconds)
    if load.failures:
        raise RuntimeError(f"{load.failures} of {answers} answers were not 200")
    what = "a presented credential checked over HTTP, no store"
    return [
        Row(what, load.rate, "1/s", goal=1400, at_least=True),
        Row(f"{what}: p99 at {_CONNECTIONS} connections", load.percentile(99), "ms", goal=15),
        Row(f"{what}: for each second of service CPU", answers / used, "1/s"),
    ]


def _measure(port: int, request: bytes, seconds: float) -> Load:
    return drive(("127.0.0.1", port), request, connections=_CONNECTIONS, seconds=seconds)


def _publish_world(publisher: Publisher, data: Path) -> str:
    """Anchor, lists and a status list of a nation of today; answers a credential of its one issuer."""
    now = SystemClock().now()
    nation = TrustWorld.create()
    issuer = nation.regions["330000"].leaf("杭州某局（示例）", USCC_A, uris=(publisher.origin,))
    times: dict[str, object] = {"issued_at": now - timedelta(hours=1), "next_update": now + timedelta(days=1)}
    regions = tuple(
        replace(region.entry, list_uri=f"{publisher.origin}/trust/lists/{division}")
        for division, region in nation.regions.items()
    )
    publisher.publish("/trust/list", nation.nation_list(1, regions=regions, **times))
    entries = {"330000": (entry_of(issuer, types=(_TYPE,)),), "510000": ()}
    for division, listed in entries.items():
        publisher.publish(f"/trust/lists/{division}", nation.region_list(division, listed, 1, **times))
    status_uri = f"{publisher.origin}/status-lists/1"
    token = build_status_list_token(
        StatusList(2**20),
        uri=status_uri,
        issued_at=now,
        expires_at=now + timedelta(days=1),
        ttl=timedelta(minutes=5),
        certificate_chain=issuer.certificate_chain,
        sign=issuer.sign,
    )
    publisher.publish("/status-lists/1", token)
    MasterKey.create(data / "master.key")
    (data / "trust").mkdir(parents=True)
    (data / "trust" / "anchor.pem").write_text(certificate_to_pem(nation.anchor))
    return build_credential(
        CredentialTemplate.of(
            issuer=publisher.origin,
            vct=f"urn:elicence:type:{_TYPE}:1",
            vct_integrity="sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            certificate_chain=issuer.certificate_chain,
        ),
        _CLAIMS,
        holder_key=new_signer("holder").public_jwk,
        status=StatusReference(status_uri, 4711),
        issued_at=now,
        expires_at=now + timedelta(days=90),
        sign=issuer.sign,
    )


def verifier_environment(
    data: Path, store_uri: str, publisher: Publisher, port: int, *, blocking_threads: int
) -> dict[str, str]:
    """Settings of a verifier that trusts what the publisher publishes."""
    return {
        "ELICENCE_DATA": str(data),
        "ELICENCE_STORE_URI": store_uri,
        "ELICENCE_MASTER_KEY_FILE": str(data / "master.key"),
        "ELICENCE_TRUST_LIST_URL": f"{publisher.origin}/trust/list",
        "ELICENCE_ALLOWED_ORIGINS": publisher.origin,
        "ELICENCE_VERIFIER_URL": f"http://localhost:{port}",
        "ELICENCE_BLOCKING_THREADS": str(blocking_threads),
        "ELICENCE_LOG_LEVEL": "warning",
    }
