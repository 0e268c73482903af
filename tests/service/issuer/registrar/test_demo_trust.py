"""The demo's trust steps against the real store, and what the HTTP interface then publishes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from flask.testing import FlaskClient

from issuer.app import create_app
from issuer.demo.authorities import demo_authorities
from issuer.demo.certify_windows import certify_windows
from issuer.demo.found_trust import found_trust
from issuer.node import IssuerNode
from issuer.staff import StaffRole, staff_member_of
from keys.certificates import CertificateSubject, build_request, certificate_thumbprint, parse_crl, verify_crl
from keys.local_signer import LocalSigner
from keys.path_validation import PathValidator
from keys.trust_list import Role, TrustReason, TrustStore, issuer_chains, parse_trust_bundle
from keys.trust_list.issuer_certificates import MEDIA_TYPE, parse_certificates
from service.demo.people import person
from service.demo.seeding import SeedContext
from service.settings import Settings
from standards.codes.uscc import complete_uscc
from tests.support.clock import FixedClock

USCC = str(complete_uscc("11510100MB0000009"))
WALLET = str(complete_uscc("12330000MB9900911"))
WALLET_KEY = LocalSigner("p", ec.generate_private_key(ec.SECP256R1()))
WALLET_DESCRIPTION = """{"uscc": "%s", "name": {"zh": "某钱包", "en": "Wallet"}, "division": "330000",
 "service_items": [], "role": "wallet_provider"}"""
DESCRIPTION = """{"uscc": "%s", "name": {"zh": "成都窗口", "en": "Chengdu"}, "division": "510100",
 "service_items": [{"code": "x", "name": {"zh": "事项", "en": "Item"}}]}"""


@pytest.fixture(scope="module")
def module_clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(scope="module")
def client(
    settings: Settings, module_clock: FixedClock, tmp_path_factory: pytest.TempPathFactory
) -> FlaskClient:
    """An issuer whose demo trust was founded twice, as after a seed that was killed halfway."""
    exchange: Path = tmp_path_factory.mktemp("exchange")
    request = build_request(
        LocalSigner("w", ec.generate_private_key(ec.SECP256R1())),
        CertificateSubject("成都窗口", USCC, "510100"),
    )
    (exchange / f"{USCC}.csr.pem").write_text(request)
    (exchange / f"{USCC}.json").write_text(DESCRIPTION % USCC)
    wallet = build_request(
        WALLET_KEY, CertificateSubject("某钱包", WALLET, "330000"), dns_names=("wallet.example",)
    )
    (exchange / f"{WALLET}.csr.pem").write_text(wallet)
    (exchange / f"{WALLET}.json").write_text(WALLET_DESCRIPTION % WALLET)
    context = SeedContext(settings, module_clock, exchange, lambda _: None)
    for _ in range(2):
        found_trust(context)
        certify_windows(context)
    assert (exchange / f"{USCC}.chain.pem").read_text().count("BEGIN CERTIFICATE") == 2
    return create_app(settings, module_clock).test_client()


def fetched(client: FlaskClient, clock: FixedClock, settings: Settings) -> TrustStore:
    at = clock.now()
    anchor = x509.load_pem_x509_certificate(client.get("/trust/anchor.pem").data)
    assert settings.trust_anchor_file.read_bytes() == client.get("/trust/anchor.pem").data
    store = TrustStore(PathValidator([anchor])).with_nation_list(client.get("/trust/list").text, at)
    for division in store.missing_divisions():
        store = store.with_region_list(client.get(f"/trust/lists/{division}").text, division, at)
    return store


def test_published_lists_answer_for_every_authority(
    client: FlaskClient, module_clock: FixedClock, settings: Settings
) -> None:
    store = fetched(client, module_clock, settings)
    node: IssuerNode = client.application.extensions["elicence.issuer"]
    at = module_clock.now()
    assert set(store.regions) == {"330000", "510000"}
    every_type = {code for authority in demo_authorities() for code in authority.licence_types}
    for place, authority in enumerate(demo_authorities()):
        enrolled = node.authorities.find(authority.uscc)
        assert enrolled is not None
        assert (enrolled.issuer_identifier == settings.issuer_url) == (place == 0)
        path = store.validator.validate(node.keys.signer(enrolled.key_id).certificate_chain, at)
        allowed = {code for code in every_type if store.issuer_may_issue(path, code, at).allowed}
        assert allowed == set(authority.licence_types)
        named = store.issuer_by_identifier(enrolled.issuer_identifier, at)
        assert named is not None
        assert named.uscc == authority.uscc


def test_who_asks_as_a_wallet_provider_is_listed_as_one_and_as_nothing_else(
    client: FlaskClient, module_clock: FixedClock, settings: Settings
) -> None:
    store = fetched(client, module_clock, settings)
    listed = [
        (entry.role, entry.service_items, entry.licence_types)
        for held in store.regions.values()
        for entry in held.value.entries
        if entry.uscc == WALLET
    ]
    assert listed == [(Role.WALLET_PROVIDER, (), ())]


def test_revocation_lists_are_by_their_authorities(
    client: FlaskClient, module_clock: FixedClock, settings: Settings
) -> None:
    store = fetched(client, module_clock, settings)
    crl = parse_crl(client.get("/crl/000000.crl").data)
    assert not verify_crl(crl, store.validator.anchors[0]).stale_at(module_clock.now())
    assert client.get("/crl/330000.crl").mimetype == "application/pkix-crl"


def test_bundle_is_enough_to_decide_offline(
    client: FlaskClient, module_clock: FixedClock, settings: Settings
) -> None:
    at = module_clock.now()
    store = parse_trust_bundle(client.get("/trust/bundle").data).trust_store(at)
    node: IssuerNode = client.application.extensions["elicence.issuer"]
    first = demo_authorities()[0]
    chain = node.keys.signer(f"authority-{first.uscc.lower()}").certificate_chain
    path = store.validator.validate(chain, at)
    assert store.issuer_may_issue(path, first.licence_types[0], at).allowed
    later = at + timedelta(days=8)
    with_old_lists = store.with_revocation_lists([])
    assert (
        with_old_lists.issuer_may_issue(path, first.licence_types[0], later).reason is TrustReason.STALE_LIST
    )


def test_every_issuer_on_a_list_has_its_certificate_beside_it(
    client: FlaskClient, module_clock: FixedClock, settings: Settings
) -> None:
    """By the thumbprints of the lists, over HTTP and in the bundle alike: what compact licences need offline."""
    store = fetched(client, module_clock, settings)
    found = {}
    for division, held in store.regions.items():
        assert held.value.certificates_uri == f"{settings.issuer_url}/trust/certificates/{division}"
        answer = client.get(f"/trust/certificates/{division}")
        assert answer.mimetype == MEDIA_TYPE
        found |= issuer_chains(store, parse_certificates(answer.data))
    issuers = [e for held in store.regions.values() for e in held.value.entries if e.role is Role.ISSUER]
    assert {certificate_thumbprint(chain[0]) for chain in found.values()} == {
        thumbprint for entry in issuers for thumbprint in entry.certificates
    }
    bundle = parse_trust_bundle(client.get("/trust/bundle").data)
    assert issuer_chains(store, bundle.issuer_certificates) == found
    assert client.get("/trust/certificates/990000").status_code == 404


def test_unchanged_list_is_answered_without_its_body(client: FlaskClient) -> None:
    first = client.get("/trust/lists/330000")
    again = client.get("/trust/lists/330000", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert first.headers["Cache-Control"] == "public, max-age=15"


@pytest.mark.parametrize(
    "path",
    ["/trust/lists/440000", "/trust/lists/000000", "/trust/lists/..%2Fkeys", "/crl/999999.crl", "/crl/x.crl"],
)
def test_nothing_is_published_for_others(client: FlaskClient, path: str) -> None:
    """Divisions without a publisher, and texts that are no division. 404 as a problem document."""
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


def test_demo_staff_have_their_roles(
    client: FlaskClient, module_clock: FixedClock, settings: Settings
) -> None:
    node: IssuerNode = client.application.extensions["elicence.issuer"]
    clerk = staff_member_of(node.staff, person("issuer-clerk"))
    assert clerk is not None
    assert clerk.authority == demo_authorities()[0].uscc
    assert clerk.roles == {StaffRole.CLERK, StaffRole.ADMINISTRATOR}
    assert clerk.name == person("issuer-clerk").name
    assert staff_member_of(node.staff, person("zhang-xiaoming")) is None
