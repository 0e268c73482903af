"""The registrar over the real store: founding, enrolling, certifying, withdrawing, publishing."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pymongo.database import Database

from issuer.registrar import (
    Registrar,
    certify_relying_party,
    ensure_authority,
    ensure_nation,
    ensure_region,
    open_registrar,
    publish_all,
    withdraw,
)
from issuer.registrar.bundle import trust_bundle
from issuer.registrar.errors import (
    AnchorConflictError,
    InvalidRegistrationError,
    RegionNotFoundError,
    RegistrationNotFoundError,
)
from issuer.registrar.publication import LIST_VALIDITY, RENEW_AFTER
from issuer.registrar.publish import published
from issuer.registrar.store import AuthorityStore, RegistrarStore
from keys.certificates import CertificateSubject, RevocationReason, build_request
from keys.errors import TrustListError
from keys.local_signer import LocalSigner
from keys.master_key import MasterKey
from keys.path_validation import PathError, PathReason, PathValidator, ValidatedPath
from keys.software_store import SoftwareKeyStore
from keys.trust_list import NATION, Role, ServiceItem, TrustReason, TrustStore, parse_trust_bundle
from service.settings import Settings
from service.store import connect
from standards.codes.uscc import complete_uscc
from standards.text import Text

AT = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)
NATION_NAME = Text("示例国家", "Example nation")
ZHEJIANG = Text("浙江省（示例）", "Zhejiang (example)")
SICHUAN = Text("四川省（示例）", "Sichuan (example)")
HANGZHOU = str(complete_uscc("11330100MB0000001"))
CHENGDU = str(complete_uscc("11510100MB0000002"))
BUREAU = Text("杭州市某局（示例）", "A bureau of Hangzhou (example)")
WINDOW = Text("成都市政务大厅（示例）", "Chengdu service hall (example)")
ITEM = ServiceItem("510100-restaurant", Text("开办餐馆", "Opening a restaurant"))


@pytest.fixture
def registrar(settings: Settings, master_key: MasterKey, tmp_path: Path) -> Registrar:
    """A registrar with nothing in it."""
    database: Database[dict[str, Any]] = connect(settings, "issuer")
    for name in (
        "trust_publishers",
        "trust_registrations",
        "revoked_certificates",
        "relying_party_certificates",
    ):
        database.drop_collection(name)
    RegistrarStore.ensure_indexes()
    keys = SoftwareKeyStore(tmp_path / "keys", master_key)
    opened = open_registrar(settings, database, keys)
    return Registrar(opened.store, keys, opened.public_url, tmp_path / "trust" / "anchor.pem")


def found(registrar: Registrar, at: datetime = AT) -> None:
    ensure_nation(registrar, NATION_NAME, at=at)
    ensure_region(registrar, "330000", ZHEJIANG, at=at)
    ensure_region(registrar, "510000", SICHUAN, at=at)


def enrol(registrar: Registrar, *types: str, at: datetime = AT) -> None:
    ensure_authority(
        registrar,
        uscc=HANGZHOU,
        name=BUREAU,
        division="330100",
        level="city",
        issuer_identifier="http://localhost:8001",
        licence_types=types,
        at=at,
    )


def store_of(registrar: Registrar, at: datetime = AT) -> TrustStore:
    """What a verifier that trusts the anchor file would hold after fetching everything."""
    store = TrustStore(PathValidator([registrar.root]))
    for publisher in publish_all(registrar, at=at):
        assert publisher.trust_list is not None
        text = publisher.trust_list.content.decode()
        store = (
            store.with_nation_list(text, at)
            if publisher.division == NATION
            else store.with_region_list(text, publisher.division, at)
        )
    return store


def path_of(
    registrar: Registrar, store: TrustStore, at: datetime = AT, uscc: str = HANGZHOU
) -> ValidatedPath:
    chain = registrar.keys.signer(f"authority-{uscc.lower()}").certificate_chain
    return store.validator.validate(chain, at)


def department(name: str = WINDOW.zh, uscc: str = CHENGDU, hosts: tuple[str, ...] = ("localhost",)) -> str:
    signer = LocalSigner("window", ec.generate_private_key(ec.SECP256R1()))
    return build_request(signer, CertificateSubject(name, uscc, "510100"), dns_names=hosts)


def test_enrolled_authority_may_issue_its_types_and_no_other(registrar: Registrar) -> None:
    found(registrar)
    enrol(registrar, "T1")
    store = store_of(registrar)
    path = path_of(registrar, store)
    assert path.subject == CertificateSubject(BUREAU.zh, HANGZHOU, "330100")
    assert path.uris == ("http://localhost:8001",)
    assert store.issuer_may_issue(path, "T1", AT).allowed
    assert store.issuer_may_issue(path, "T2", AT).reason is TrustReason.TYPE_NOT_GRANTED


def test_enrolled_at_ten_issued_at_five_past_accepted(registrar: Registrar) -> None:
    """Enrolled 10:00; a copy of 10:05 says 00:00, rounded to the day. Accepted: rights begin with the day."""
    found(registrar)
    enrol(registrar, "T1")
    store = store_of(registrar)
    issued_at = AT.replace(hour=0, minute=0)
    at = AT + timedelta(minutes=5)
    assert store.issuer_may_issue(path_of(registrar, store), "T1", at, issued_at=issued_at).allowed
    before = issued_at - timedelta(seconds=1)
    decision = store.issuer_may_issue(path_of(registrar, store), "T1", at, issued_at=before)
    assert decision.reason is TrustReason.GRANT_NOT_IN_FORCE


def test_everything_repeated_changes_nothing(registrar: Registrar) -> None:
    found(registrar)
    enrol(registrar, "T1", "T2")
    request = department()
    chain = certify_relying_party(
        registrar, request, name=WINDOW, division="510100", service_items=[ITEM], at=AT
    )
    first = publish_all(registrar, at=AT)
    later = AT + timedelta(hours=1)
    found(registrar, later)
    enrol(registrar, "T2", "T1", at=later)
    again = certify_relying_party(
        registrar, request, name=WINDOW, division="510100", service_items=[ITEM], at=later
    )
    assert again == chain
    assert publish_all(registrar, at=later) == first


def test_a_right_taken_away_ends_and_what_was_issued_before_stays(registrar: Registrar) -> None:
    found(registrar)
    enrol(registrar, "T1", "T2")
    later = AT + timedelta(days=3)
    enrol(registrar, "T2", at=later)
    store = store_of(registrar, later)
    path = path_of(registrar, store, later)
    assert store.issuer_may_issue(path, "T1", later).reason is TrustReason.GRANT_NOT_IN_FORCE
    assert store.issuer_may_issue(path, "T1", later, issued_at=AT).allowed
    enrol(registrar, "T1", "T2", at=later + timedelta(days=3))
    again = store_of(registrar, later + timedelta(days=3))
    assert again.issuer_may_issue(path, "T1", later + timedelta(days=3)).allowed


def test_certified_window_is_a_verifier_with_its_items(registrar: Registrar) -> None:
    found(registrar)
    pem = certify_relying_party(
        registrar, department(), name=WINDOW, division="510100", service_items=[ITEM], at=AT
    )
    chain = tuple(c.public_bytes(Encoding.DER) for c in x509.load_pem_x509_certificates(pem.encode()))
    store = store_of(registrar)
    path = store.validator.validate(chain, AT)
    assert path.dns_names == ("localhost",)
    decision = store.verifier_entry(path, AT)
    assert decision.allowed
    assert decision.entry is not None
    assert decision.entry.service_items == (ITEM,)
    assert store.issuer_may_issue(path, "T1", AT).reason is TrustReason.OTHER_ROLE


@pytest.mark.parametrize(
    ("request_pem", "expected"),
    [
        (department(name="另一机构"), None),
        (department(hosts=("*.example",)), None),
        (department(), HANGZHOU),
    ],
)
def test_request_that_does_not_fit(registrar: Registrar, request_pem: str, expected: str | None) -> None:
    """Another name, a wildcard host, another organisation than described. Refused, and nothing is entered."""
    found(registrar)
    with pytest.raises(InvalidRegistrationError):
        certify_relying_party(
            registrar, request_pem, name=WINDOW, division="510100", expected_uscc=expected, at=AT
        )
    assert registrar.store.registrations(role=Role.VERIFIER) == ()


def test_no_authority_by_request(registrar: Registrar) -> None:
    """A request for the issuer's role. Refused: what an authority may issue is said at enrolment."""
    found(registrar)
    with pytest.raises(InvalidRegistrationError):
        certify_relying_party(
            registrar, department(), name=WINDOW, division="510100", role=Role.ISSUER, at=AT
        )


def test_withdrawn_authority_is_refused_on_the_list_and_on_the_revocation_list(registrar: Registrar) -> None:
    found(registrar)
    enrol(registrar, "T1")
    store = store_of(registrar)
    path = path_of(registrar, store)
    at = AT + timedelta(hours=2)
    withdraw(registrar, Role.ISSUER, HANGZHOU, RevocationReason.KEY_COMPROMISE, at=at)
    withdraw(registrar, Role.ISSUER, HANGZHOU, RevocationReason.KEY_COMPROMISE, at=at + timedelta(hours=1))
    assert _authorities(registrar).find(HANGZHOU) is None
    assert store_of(registrar, at).issuer_may_issue(path, "T1", at).reason is TrustReason.WITHDRAWN
    bundle = trust_bundle(registrar, {}, at=at)
    offline = parse_trust_bundle(_json(bundle)).trust_store(at)
    with pytest.raises(PathError) as caught:
        offline.validator.validate(path.chain_der, at)
    assert caught.value.reason is PathReason.REVOKED
    assert offline.validator.validate(path.chain_der, at - timedelta(minutes=1))


def test_compromised_key_is_not_certified_again(registrar: Registrar) -> None:
    found(registrar)
    enrol(registrar, "T1")
    withdraw(registrar, Role.ISSUER, HANGZHOU, RevocationReason.KEY_COMPROMISE, at=AT)
    with pytest.raises(InvalidRegistrationError) as caught:
        enrol(registrar, "T1", at=AT + timedelta(days=1))
    assert caught.value.next_step is not None


def test_authority_that_comes_back_begins_anew(registrar: Registrar) -> None:
    """Withdrawn on the 22nd, back on the 25th with a new certificate; what the old one signed stays refused."""
    found(registrar)
    enrol(registrar, "T1")
    old = path_of(registrar, store_of(registrar))
    withdraw(registrar, Role.ISSUER, HANGZHOU, RevocationReason.CESSATION_OF_OPERATION, at=AT)
    back = AT + timedelta(days=3)
    enrol(registrar, "T1", at=back)
    store = store_of(registrar, back)
    new = path_of(registrar, store, back)
    assert new.thumbprint != old.thumbprint
    assert store.issuer_may_issue(new, "T1", back).allowed
    assert store.issuer_may_issue(old, "T1", back).reason is TrustReason.NOT_LISTED
    between = store.issuer_may_issue(new, "T1", back, issued_at=AT + timedelta(days=1))
    assert between.reason is TrustReason.GRANT_NOT_IN_FORCE


def test_withdraw_unknown(registrar: Registrar) -> None:
    found(registrar)
    with pytest.raises(RegistrationNotFoundError):
        withdraw(registrar, Role.ISSUER, HANGZHOU, RevocationReason.UNSPECIFIED, at=AT)


def test_lists_are_served_as_signed_and_signed_anew_when_old(registrar: Registrar) -> None:
    """The same text until something changes or a day has passed; then a higher sequence, long before it is due."""
    found(registrar)
    publish_all(registrar, at=AT)
    first = published(registrar, "330000", at=AT).trust_list
    same = published(registrar, "330000", at=AT + RENEW_AFTER - timedelta(seconds=1)).trust_list
    assert same == first
    renewed = published(registrar, "330000", at=AT + RENEW_AFTER).trust_list
    assert first is not None
    assert renewed is not None
    assert renewed.number > first.number
    assert RENEW_AFTER < LIST_VALIDITY / 2
    store = TrustStore(PathValidator([registrar.root]))
    nation = published(registrar, NATION, at=AT).trust_list
    assert nation is not None
    store = store.with_nation_list(nation.content.decode(), AT)
    store = store.with_region_list(first.content.decode(), "330000", AT)
    store.with_region_list(renewed.content.decode(), "330000", AT + RENEW_AFTER)


def test_list_signer_is_renewed_before_it_ends(registrar: Registrar) -> None:
    """Four and a half years on, the region is founded again: a new certificate signs, and readers go along."""
    found(registrar)
    enrol(registrar, "T1")
    held = store_of(registrar)
    before = registrar.keys.signer("list-330000").certificate_chain
    later = AT + timedelta(days=int(4.5 * 365))
    found(registrar, later)
    enrol(registrar, "T1", at=later)
    assert registrar.keys.signer("list-330000").certificate_chain != before
    nation, region, _ = publish_all(registrar, at=later)
    assert nation.trust_list is not None
    assert region.trust_list is not None
    with pytest.raises(TrustListError):
        held.with_region_list(region.trust_list.content.decode(), "330000", later)
    held = held.with_nation_list(nation.trust_list.content.decode(), later)
    held = held.with_region_list(region.trust_list.content.decode(), "330000", later)
    assert held.issuer_may_issue(path_of(registrar, held, later), "T1", later).allowed


def test_sequences_outlive_a_lost_store(registrar: Registrar) -> None:
    """The rows are lost, the keys are there: what is published next is still above what verifiers hold."""
    found(registrar)
    enrol(registrar, "T1")
    held = store_of(registrar)
    for collection in (registrar.store._publishers, registrar.store._registrations):
        collection.delete_many({})
    later = AT + timedelta(minutes=1)
    found(registrar, later)
    enrol(registrar, "T1", at=later)
    for publisher in publish_all(registrar, at=later):
        assert publisher.trust_list is not None
        text = publisher.trust_list.content.decode()
        held = (
            held.with_nation_list(text, later)
            if publisher.division == NATION
            else held.with_region_list(text, publisher.division, later)
        )
    assert held.issuer_may_issue(path_of(registrar, held, later), "T1", later).allowed


def test_many_publish_at_once_and_one_text_is_served(registrar: Registrar) -> None:
    found(registrar)
    texts: list[bytes] = []

    def run() -> None:
        for publisher in publish_all(registrar, at=AT):
            assert publisher.trust_list is not None
            if publisher.division == "330000":
                texts.append(publisher.trust_list.content)

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(texts) == 6
    assert len(set(texts)) == 1


def test_region_before_nation(registrar: Registrar) -> None:
    with pytest.raises(RegionNotFoundError) as caught:
        ensure_region(registrar, "330000", ZHEJIANG, at=AT)
    assert caught.value.next_step is not None


def test_authority_outside_every_region(registrar: Registrar) -> None:
    ensure_nation(registrar, NATION_NAME, at=AT)
    with pytest.raises(RegionNotFoundError):
        enrol(registrar, "T1")


def test_foreign_anchor_is_not_overwritten(
    registrar: Registrar, tmp_path: Path, master_key: MasterKey
) -> None:
    found(registrar)
    before = registrar.anchor_file.read_bytes()
    other = Registrar(
        registrar.store,
        SoftwareKeyStore(tmp_path / "other-keys", master_key),
        registrar.public_url,
        registrar.anchor_file,
    )
    with pytest.raises(AnchorConflictError):
        ensure_nation(other, NATION_NAME, at=AT)
    assert registrar.anchor_file.read_bytes() == before


def test_founding_that_stopped_halfway_is_finished(registrar: Registrar) -> None:
    """Killed after each key was made and before its certificate was attached: the next run completes it."""
    for key_id in ("ca-000000", "list-000000", "ca-330000", "list-330000", f"authority-{HANGZHOU.lower()}"):
        registrar.keys.create(key_id)
    found(registrar)
    enrol(registrar, "T1")
    store = store_of(registrar)
    assert store.issuer_may_issue(path_of(registrar, store), "T1", AT).allowed


def _authorities(registrar: Registrar) -> AuthorityStore:
    return AuthorityStore(registrar.store._registrations.database)


def _json(value: object) -> bytes:
    return orjson.dumps(value)
