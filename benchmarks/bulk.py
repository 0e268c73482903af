"""Bulk issuing: JSON Lines to file with everything decided, and the whole way with licences, entries and rows in the store.

Both run on all cores as ``elicence issuer issue`` does; what is measured is the wall time of the run once its processes are up.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric import ec

from benchmarks.issuance import found_trust
from benchmarks.row import Row
from benchmarks.serving import free_port
from benchmarks.timing import best_seconds
from issuer.app import ensure_indexes
from issuer.bulk.issue_chunk import ChunkIssuer
from issuer.bulk.sign_copies import CopiesToSign, sign_copies
from issuer.catalogue.examples import example_body
from issuer.library.event import Actor
from issuer.library.licence import IssuingAuthority, local_day
from issuer.library.licence_input import parse_licence_draft
from issuer.library.record_licence import record_licence
from issuer.node import IssuerNode, open_node
from keys.local_signer import LocalSigner
from keys.master_key import MasterKey
from service.clock import SystemClock
from service.embedded_store.server import EmbeddedStore
from service.processes.pool import bound_pool
from service.settings import Settings
from service.store import disconnect
from standards.jose import parse_public_jwk
from standards.sd_jwt_vc import CredentialTemplate
from tests.support.trust_world import USCC_A, TrustWorld, new_signer

_TYPE = "11100000MB0143028R001"
_PROCESSES = 2
_CLAIMS = {f"claim_number_{n}": f"杭州市西湖区文三路 {n} 号" for n in range(10)}
_LINES = 2_000
_ROUNDS = 12
_LICENCES = 500
_STORED_LINES = 500
_STORED_ROUNDS = 24
_AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
_UNTIL = _AT + timedelta(days=180)


def run() -> list[Row]:
    """Credentials a second, each beside what raw signing allows on one core."""
    raw = ec.generate_private_key(ec.SECP256R1())
    signer = LocalSigner("raw", raw)
    sign = best_seconds({"sign": lambda: signer.sign(bytes(1500))})["sign"]
    to_file = _to_file()
    stored = _into_the_store()
    return [
        Row(
            "bulk issue SD-JWT VC with 10 disclosures, JSON Lines to file, 2 processes",
            to_file,
            "1/s",
            goal=14_000,
            at_least=True,
        ),
        Row("the same, in raw signatures of one core", 1 / (to_file * sign), "raw signs"),
        Row(
            "bulk issue into the store, copies and status allocated, 2 processes",
            stored,
            "1/s",
            goal=4_000,
            at_least=True,
        ),
    ]


# -- JSON Lines to file -------------------------------------------------------------------------------------------------

_prepared: list[tuple[CredentialTemplate, LocalSigner]] = []


def _to_file() -> float:
    with tempfile.TemporaryDirectory(prefix="elicence-bench-") as folder:
        keys = [new_signer(f"holder-{n}").public_jwk.to_dict() for n in range(64)]
        lines = b"".join(
            orjson.dumps({"licence": str(n), "claims": _CLAIMS, "keys": [keys[n % 64]], "index": n}) + b"\n"
            for n in range(_LINES)
        )
        order = Path(folder) / "order.jsonl"
        order.write_bytes(lines)
        with bound_pool(_PROCESSES, prepare=_prepare) as pool:
            done = [pool.submit(_sign_file, str(order), str(Path(folder) / f"warm-{n}")) for n in range(4)]
            for one in done:
                one.result()
            started = perf_counter()
            done = [pool.submit(_sign_file, str(order), str(Path(folder) / f"{n}")) for n in range(_ROUNDS)]
            count = sum(one.result() for one in done)
            return count / (perf_counter() - started)


def _prepare() -> None:
    nation = TrustWorld.create()
    issuer = nation.regions["330000"].leaf("杭州某局（示例）", USCC_A, uris=("http://localhost:8001",))
    template = CredentialTemplate.of(
        issuer="http://localhost:8001",
        vct=f"urn:elicence:type:{_TYPE}:1",
        vct_integrity="sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        certificate_chain=issuer.certificate_chain,
    )
    _prepared[:] = [(template, issuer)]


def _sign_file(order: str, out: str) -> int:
    template, signer = _prepared[0]
    with Path(order).open("rb") as lines:
        ready = [_ready(orjson.loads(line), template) for line in lines]
    content, count = sign_copies(ready, issuer_url="http://localhost:8001", sign=signer.sign, at=_AT)
    Path(out).write_bytes(content)
    return count


def _ready(line: dict[str, Any], template: CredentialTemplate) -> CopiesToSign:
    keys = tuple(parse_public_jwk(key) for key in line["keys"])
    return CopiesToSign(line["licence"], template, line["claims"], keys, 1, (line["index"],), _UNTIL)


# -- into the store -----------------------------------------------------------------------------------------------------

_issuers: list[ChunkIssuer] = []


def _into_the_store() -> float:
    with _node() as (node, uscc):
        identifiers = _record_licences(node, uscc)
        keys = [new_signer(f"holder-{n}").public_jwk.to_dict() for n in range(64)]
        lines = [
            (n, orjson.dumps({"licence": identifiers[n % _LICENCES], "keys": [keys[n % 64]]}))
            for n in range(_STORED_LINES)
        ]
        with bound_pool(_PROCESSES, prepare=_open_issuer, given=(node.settings, uscc)) as pool:
            for one in [pool.submit(_issue, f"warm-{n}", lines) for n in range(2 * _PROCESSES)]:
                one.result()
            started = perf_counter()
            done = [pool.submit(_issue, f"run-{n}", lines) for n in range(_STORED_ROUNDS)]
            count = sum(one.result() for one in done)
            return count / (perf_counter() - started)


def _open_issuer(settings: Settings, uscc: str) -> None:
    _issuers[:] = [ChunkIssuer(open_node(settings, SystemClock()), uscc)]


def _issue(run: str, lines: list[tuple[int, bytes]]) -> int:
    issued = _issuers[0].issue(run, lines, SystemClock().now())
    if issued.refusals:
        raise RuntimeError(issued.refused[:500].decode())
    return issued.copies


@contextmanager
def _node() -> Iterator[tuple[IssuerNode, str]]:
    with (
        tempfile.TemporaryDirectory(prefix="elicence-bench-") as folder,
        EmbeddedStore(Path(folder)) as store,
    ):
        environment = {
            "ELICENCE_DATA": folder,
            "ELICENCE_STORE_URI": store.uri,
            "ELICENCE_ISSUER_URL": f"http://localhost:{free_port()}",
            "ELICENCE_MASTER_KEY_FILE": f"{folder}/master.key",
        }
        MasterKey.load_or_create(Path(folder) / "master.key")
        node = open_node(Settings.from_environment(environment), SystemClock())
        try:
            ensure_indexes()
            yield node, found_trust(node, node.settings.issuer_url)
        finally:
            disconnect("issuer")


def _record_licences(node: IssuerNode, uscc: str) -> list[str]:
    at = node.clock.now()
    authority = node.authorities.find(uscc, at)
    assert authority is not None
    body = example_body(node.catalogue.by_code(_TYPE), local_day(at))
    issuing = IssuingAuthority(authority.uscc, authority.name.zh, authority.division)
    identifiers = []
    for _ in range(_LICENCES):
        draft = parse_licence_draft(body, node.catalogue, today=local_day(at))
        licence, _ = record_licence(
            node.licences,
            draft,
            issuing,
            authority.licence_types,
            actor=Actor("bench"),
            system="bench",
            at=at,
        )
        identifiers.append(str(licence.identifier))
    return identifiers
