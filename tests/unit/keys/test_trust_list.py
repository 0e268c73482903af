"""Trust lists: decisions, and lists that a node must not believe.

``nation → region → entry`` reads: the nation's list names the region's signer, whose list holds the entry. The instant
is 2026-11-22T08:00:00Z unless the case names another.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.certificates import CertificateSubject, RevokedSerial, certificate_thumbprint, issue_crl, issue_leaf
from keys.certificates.wire import certificate_to_der
from keys.errors import CertificateError, TrustListError, TrustListRollbackError
from keys.path_validation import PathError, PathReason, ValidatedPath
from keys.trust_list import (
    NATION,
    TRUST_LIST_TYPE,
    Grant,
    Role,
    ServiceItem,
    TrustBundle,
    TrustList,
    TrustReason,
    TrustStore,
    build_trust_bundle,
    parse_trust_bundle,
    parse_trust_list,
    verify_region_list,
)
from keys.trust_list.value import in_area
from standards.jose import JoseError, SignatureError, build_jws, build_x5c
from standards.text import Text
from tests.support.trust_world import AT, FROM, UNTIL, USCC_A, USCC_B, TrustWorld, entry_of, new_signer

Case = tuple[TrustStore, ValidatedPath]


def case(world: TrustWorld, at: Any = AT, **changes: Any) -> Case:
    """A store whose region 330000 lists one authority, and the path of that authority."""
    signer = world.regions["330000"].leaf("某局", USCC_A)
    store = world.store({"330000": (entry_of(signer, **changes),)})
    return store, store.validator.validate(signer.certificate_chain, at)


def test_listed_issuer_may_issue_what_it_is_granted(world: TrustWorld) -> None:
    store, path = case(world)
    decision = store.issuer_may_issue(path, "T1", AT)
    assert decision.allowed
    assert decision.list_age == timedelta(hours=1)
    assert decision.entry is not None
    assert decision.entry.name.zh == "某局（示例）"


def test_type_not_granted(world: TrustWorld) -> None:
    """nation → region → issuer of T1; asked for T2. Refused for good."""
    store, path = case(world)
    decision = store.issuer_may_issue(path, "T2", AT)
    assert decision.reason is TrustReason.TYPE_NOT_GRANTED
    assert not decision.indeterminate


def test_grant_is_dated(world: TrustWorld) -> None:
    """The right for T1 ended at noon yesterday. A copy of the day before is good, one of today is not."""
    ended = AT - timedelta(days=1)
    store, path = case(world, licence_types=(Grant("T1", FROM, ended),))
    assert store.issuer_may_issue(path, "T1", AT, issued_at=ended - timedelta(seconds=1)).allowed
    assert store.issuer_may_issue(path, "T1", AT, issued_at=ended).reason is TrustReason.GRANT_NOT_IN_FORCE
    assert store.issuer_may_issue(path, "T1", AT).reason is TrustReason.GRANT_NOT_IN_FORCE
    assert store.issuer_may_issue(path, "T1", AT, issued_at=FROM - timedelta(days=1)).reason is (
        TrustReason.GRANT_NOT_IN_FORCE
    )


def test_withdrawn_issuer_dating_back(world: TrustWorld) -> None:
    """Withdrawn yesterday; what it signs today says it was issued last month. Refused."""
    store, path = case(world, until=AT - timedelta(days=1))
    decision = store.issuer_may_issue(path, "T1", AT, issued_at=AT - timedelta(days=30))
    assert decision.reason is TrustReason.WITHDRAWN


def test_entry_from_tomorrow(world: TrustWorld) -> None:
    store, path = case(world, since=AT + timedelta(days=1))
    assert store.issuer_may_issue(path, "T1", AT).reason is TrustReason.NOT_YET_LISTED


def test_certified_but_not_listed(world: TrustWorld) -> None:
    """root → region → leaf that no list names. Refused: a certificate alone is no authority."""
    store, _ = case(world)
    stranger = world.regions["330000"].leaf("未登记", USCC_B)
    path = store.validator.validate(stranger.certificate_chain, AT)
    assert store.issuer_may_issue(path, "T1", AT).reason is TrustReason.NOT_LISTED


def test_verifier_as_issuer(world: TrustWorld) -> None:
    """Listed as verifier, signs a licence. Refused; as a verifier it is named with its items."""
    item = ServiceItem("restaurant", Text("开办餐馆", "Opening a restaurant"))
    store, path = case(world, role=Role.VERIFIER, licence_types=(), service_items=(item,))
    assert store.issuer_may_issue(path, "T1", AT).reason is TrustReason.OTHER_ROLE
    decision = store.verifier_entry(path, AT)
    assert decision.allowed
    assert decision.entry is not None
    assert decision.entry.service_items == (item,)


def test_two_roles(world: TrustWorld) -> None:
    """One certificate, listed as verifier and as issuer. Each role answers for itself."""
    signer = world.regions["330000"].leaf("某局", USCC_A)
    store = world.store(
        {"330000": (entry_of(signer, role=Role.VERIFIER, types=()), entry_of(signer, types=("T1",)))}
    )
    path = store.validator.validate(signer.certificate_chain, AT)
    assert store.issuer_may_issue(path, "T1", AT).allowed
    assert store.verifier_entry(path, AT).allowed


def test_entry_of_another_organisation(world: TrustWorld) -> None:
    """The entry has the right thumbprint and another organisation's code. Refused."""
    store, path = case(world, uscc=USCC_B)
    assert store.issuer_may_issue(path, "T1", AT).reason is TrustReason.NOT_CERTIFIED_BY_REGION


def test_region_grants_rights_to_another_regions_authority(world: TrustWorld) -> None:
    """510000 lists, as in its own area, the certificate that 330000 made. Refused: each region for its own."""
    signer = world.regions["330000"].leaf("某局", USCC_A)
    store = world.store({"330000": (), "510000": (entry_of(signer, division="510100"),)})
    path = store.validator.validate(signer.certificate_chain, AT)
    assert store.issuer_may_issue(path, "T1", AT).reason is TrustReason.NOT_CERTIFIED_BY_REGION


def test_entry_outside_the_area(world: TrustWorld) -> None:
    """510000's list holds an entry of Hangzhou. The whole list is refused."""
    signer = world.regions["330000"].leaf("某局", USCC_A)
    with pytest.raises(TrustListError):
        world.store({"510000": (entry_of(signer, division="330100"),)})


def test_stale_list_is_not_believed_and_not_refused(world: TrustWorld) -> None:
    """The region's list is a day overdue. Cannot be told: neither allowed nor refused for good."""
    late = AT + timedelta(days=8)
    store, path = case(world)
    decision = store.issuer_may_issue(path, "T1", late)
    assert decision.stale
    assert decision.indeterminate
    assert not decision.allowed
    assert store.stale_divisions(late) == (NATION, "330000")
    assert store.age(late) == timedelta(days=8, hours=1)
    assert store.issuer_by_identifier("http://i", late) is None


def test_stale_nation_makes_a_fresh_region_stale(world: TrustWorld) -> None:
    """The region's list is fresh, the nation's overdue: the region may have been struck off. Cannot be told."""
    signer = world.regions["330000"].leaf("某局", USCC_A)
    nation = world.nation_list(next_update=AT - timedelta(minutes=1))
    store = TrustStore(world.validator()).with_nation_list(nation, AT)
    store = store.with_region_list(world.region_list("330000", (entry_of(signer),)), "330000", AT)
    path = store.validator.validate(signer.certificate_chain, AT)
    assert store.issuer_may_issue(path, "T1", AT).reason is TrustReason.STALE_LIST


def test_refusal_outlives_a_stale_list(world: TrustWorld) -> None:
    """Withdrawn on the last list that was fetched, which is overdue. Still refused for good."""
    store, path = case(world, until=AT)
    assert store.issuer_may_issue(path, "T1", AT + timedelta(days=30)).reason is TrustReason.WITHDRAWN


def test_unlisted_on_a_stale_or_missing_list(world: TrustWorld) -> None:
    """Not on a list that is overdue, or whose list was never fetched: it may be on the next. Cannot be told."""
    signer = world.regions["330000"].leaf("某局", USCC_A)
    store = world.store({"330000": ()})
    path = store.validator.validate(signer.certificate_chain, AT)
    assert store.issuer_may_issue(path, "T1", AT + timedelta(days=8)).reason is TrustReason.STALE_LIST
    assert world.store().issuer_may_issue(path, "T1", AT).reason is TrustReason.NO_LIST
    empty = TrustStore(world.validator())
    assert empty.issuer_may_issue(path, "T1", AT).indeterminate
    assert empty.age(AT) is None
    assert empty.missing_divisions() == (NATION,)
    assert world.store().missing_divisions() == ("330000", "510000")


def test_issuer_is_found_by_its_identifier(world: TrustWorld) -> None:
    store, _ = case(world, issuer_identifier="http://localhost:8001")
    entry = store.issuer_by_identifier("http://localhost:8001", AT)
    assert entry is not None
    assert entry.uscc == USCC_A
    assert store.issuer_by_identifier("http://localhost:9999", AT) is None


def test_rollback(world: TrustWorld) -> None:
    """Sequence 5 in hand; 4 is offered. Refused; so is another text under 5. 5 itself, and 6, are taken."""
    nation = world.nation_list(5)
    store = TrustStore(world.validator()).with_nation_list(nation, AT)
    for older in (world.nation_list(4), world.nation_list(5)):
        with pytest.raises(TrustListRollbackError):
            store.with_nation_list(older, AT)
    assert store.with_nation_list(nation, AT).nation is not None
    region = world.region_list("330000", sequence=9)
    store = store.with_nation_list(world.nation_list(6), AT).with_region_list(region, "330000", AT)
    with pytest.raises(TrustListRollbackError):
        store.with_region_list(world.region_list("330000", sequence=8), "330000", AT)


def test_region_struck_off(world: TrustWorld) -> None:
    """The next nation's list no longer names 330000: its list goes, and its authorities with it."""
    store, path = case(world)
    nation = world.nation_list(2, regions=(world.regions["510000"].entry,))
    after = store.with_nation_list(nation, AT)
    assert after.regions == {}
    assert not after.issuer_may_issue(path, "T1", AT).allowed
    with pytest.raises(TrustListError):
        after.with_region_list(world.region_list("330000", sequence=2), "330000", AT)


def test_region_signer_replaced(world: TrustWorld) -> None:
    """The nation's next list names another signer for 330000: the list by the old one is dropped and refused."""
    store, _ = case(world)
    old = world.region_list("330000", sequence=3)
    entry = replace(world.regions["330000"].entry, list_signers=("A" * 43,))
    after = store.with_nation_list(world.nation_list(2, regions=(entry,)), AT)
    assert "330000" not in after.regions
    with pytest.raises(TrustListError):
        after.with_region_list(old, "330000", AT)


def test_nation_list_by_a_region(world: TrustWorld) -> None:
    """A region's list signer signs the nation's list. Refused: only whom the anchor itself certifies."""
    text = world.nation_list(signer=world.regions["330000"].list_signer)
    with pytest.raises(TrustListError):
        TrustStore(world.validator()).with_nation_list(text, AT)


def test_region_list_by_another_region(world: TrustWorld) -> None:
    """510000's list signer signs the list of 330000. Refused."""
    text = world.region_list("330000", signer=world.regions["510000"].list_signer)
    with pytest.raises(TrustListError):
        world.store().with_region_list(text, "330000", AT)


def test_region_list_for_another_region(world: TrustWorld) -> None:
    """The list of 510000, rightly signed, served where that of 330000 should be. Refused."""
    with pytest.raises(TrustListError):
        world.store().with_region_list(world.region_list("510000"), "330000", AT)


def test_list_by_an_authority(world: TrustWorld) -> None:
    """An issuing authority signs its region's list with its own key. Refused: its certificate is not for lists."""
    signer = world.regions["330000"].leaf("某局", USCC_A)
    text = world.region_list("330000", (entry_of(signer),), signer=signer)
    with pytest.raises(PathError) as caught:
        world.store().with_region_list(text, "330000", AT)
    assert caught.value.reason is PathReason.UNSUITABLE_USAGE


def test_list_of_another_nation(world: TrustWorld) -> None:
    """Another nation's list, under its own anchor. Refused by a node that has only ours."""
    with pytest.raises(PathError):
        TrustStore(world.validator()).with_nation_list(TrustWorld.create().nation_list(), AT)


def test_list_altered(world: TrustWorld) -> None:
    """One character of the payload changed. Refused."""
    header, payload, signature = world.nation_list().split(".")
    altered = ("A" if payload[20] != "A" else "B").join((payload[:20], payload[21:]))
    with pytest.raises((SignatureError, JoseError)):
        TrustStore(world.validator()).with_nation_list(f"{header}.{altered}.{signature}", AT)


def test_credential_as_list(world: TrustWorld) -> None:
    """A JWT with a list's claims and a credential's typ, by the right signer. Refused (RFC 8725 section 3.11)."""
    signer = world.list_signer
    claims = TrustList(NATION, Text("国", "N"), "u", 1, AT, AT + timedelta(days=1)).to_claims()
    text = build_jws({"typ": "dc+sd-jwt", "x5c": build_x5c(signer.certificate_chain)}, claims, signer.sign)
    with pytest.raises(SignatureError):
        TrustStore(world.validator()).with_nation_list(text, AT)
    assert TRUST_LIST_TYPE != "dc+sd-jwt"


def test_list_from_before_its_signer(world: TrustWorld) -> None:
    """A list that says it was made before its signer's certificate began. Refused."""
    with pytest.raises(TrustListError):
        TrustStore(world.validator()).with_nation_list(
            world.nation_list(issued_at=FROM - timedelta(days=1)), AT
        )


def test_store_is_not_changed_by_a_refused_list(world: TrustWorld) -> None:
    store, path = case(world)
    with pytest.raises(TrustListError):
        store.with_region_list(world.region_list("510000"), "330000", AT)
    assert store.issuer_may_issue(path, "T1", AT).allowed


def test_list_survives_the_wire(world: TrustWorld) -> None:
    """Every member of a list comes back from its JSON form as it went in."""
    signer = world.regions["330000"].leaf("某局", USCC_A)
    entry = entry_of(
        signer,
        until=UNTIL,
        issuer_identifier="http://localhost:8001",
        licence_types=(Grant("T1", FROM, UNTIL), Grant("T2", FROM)),
        service_items=(ServiceItem("i", Text("事项", "Item")),),
    )
    value = TrustList(
        "330000", Text("浙", "Z"), "http://u", 3, AT, AT + timedelta(days=1), "http://crl", (), (entry,)
    )
    assert parse_trust_list(orjson.loads(orjson.dumps(value.to_claims()))) == value
    nation = replace(value, division=NATION, regions=tuple(r.entry for r in world.regions.values()))
    assert parse_trust_list(orjson.loads(orjson.dumps(nation.to_claims()))) == nation


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("sequence", 0),
        ("sequence", True),
        ("sequence", 2**60),
        ("division", "33"),
        ("division", "３３００００"),
        ("exp", 0),
        ("iat", 10**15),
        ("iat", -1),
        ("entries", {}),
        ("entries", [1]),
        ("name", "name"),
        ("sub", ""),
        ("regions", []),
    ],
)
def test_malformed_list(world: TrustWorld, member: str, value: Any) -> None:
    claims = TrustList("330000", Text("浙", "Z"), "u", 1, AT, AT + timedelta(days=1)).to_claims()
    with pytest.raises(TrustListError):
        parse_trust_list(claims | {member: value})


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("since", "2026-13-01T00:00:00Z"),
        ("since", "2026-01-01T00:00:00+08:00"),
        ("since", 1),
        ("until", "2020-01-01T00:00:00Z"),
        ("role", "king"),
        ("uscc", "1"),
        ("certificates", []),
        ("certificates", ["x"]),
        ("licence_types", [{}]),
        ("service_items", "all"),
    ],
)
def test_malformed_entry(world: TrustWorld, member: str, value: Any) -> None:
    signer = world.regions["330000"].leaf("某局", USCC_A)
    value_of_list = TrustList(
        "330000", Text("浙", "Z"), "u", 1, AT, AT + timedelta(days=1), entries=(entry_of(signer),)
    )
    claims = value_of_list.to_claims()
    claims["entries"][0][member] = value
    with pytest.raises(TrustListError):
        parse_trust_list(claims)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
MEMBERS = ("sub", "iat", "exp", "sequence", "division", "name", "regions", "crl_uri")


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from(MEMBERS), JSON), st.data())
def test_any_json_is_a_list_or_its_error(changes: dict[str, Any], data: st.DataObject) -> None:
    """A right list in which any members hold any JSON, and entries any JSON. A value, or ``TrustListError``."""
    claims = TrustList("330000", Text("浙", "Z"), "u", 1, AT, AT + timedelta(days=1)).to_claims()
    claims["entries"] = [data.draw(JSON)]
    try:
        parse_trust_list(claims | changes)
    except TrustListError:
        pass
    else:
        pytest.fail("an entry without its members was taken")


@given(st.text(max_size=200))
def test_any_text_is_no_list(text: str) -> None:
    world = _WORLD
    for verify in (
        lambda: TrustStore(world.validator()).with_nation_list(text, AT),
        lambda: verify_region_list(text, world.regions["330000"].entry, world.validator(), AT),
    ):
        with pytest.raises(JoseError):
            verify()


_WORLD = TrustWorld.create()


@pytest.mark.parametrize(
    ("division", "of", "inside"),
    [
        ("330100", "330000", True),
        ("330106", "330100", True),
        ("330206", "330100", False),
        ("510100", "330000", False),
        ("330106", "330106", True),
        ("330107", "330106", False),
        ("510100", NATION, True),
    ],
)
def test_areas(division: str, of: str, inside: bool) -> None:
    assert in_area(division, of) is inside


def test_bundle_is_whole_or_refused(world: TrustWorld) -> None:
    """A bundle comes back and decides; with a revocation list of a stranger, or another's list, it is refused."""
    signer = world.regions["330000"].leaf("某局", USCC_A)
    region = world.regions["330000"]
    crl = issue_crl(region.authority, [], number=1, at=AT, next_update=AT + timedelta(days=7))
    bundle = TrustBundle(
        world.anchor,
        world.nation_list(),
        {"330000": world.region_list("330000", (entry_of(signer),))},
        (crl,),
        {"http://s": "token"},
    )
    parsed = parse_trust_bundle(orjson.dumps(build_trust_bundle(bundle)))
    store = parsed.trust_store(AT)
    path = store.validator.validate(signer.certificate_chain, AT)
    assert store.issuer_may_issue(path, "T1", AT).allowed
    assert parsed.status_lists == {"http://s": "token"}
    other = TrustWorld.create()
    with pytest.raises(PathError):
        parsed.trust_store(AT, (other.anchor,))
    foreign = issue_crl(
        other.regions["330000"].authority, [], number=1, at=AT, next_update=AT + timedelta(days=7)
    )
    with pytest.raises(CertificateError):
        replace(bundle, revocation_lists=(foreign,)).trust_store(AT)


def test_bundle_while_a_root_is_changed(world: TrustWorld) -> None:
    """Two anchors of one name, a revocation list of one of them. The bundle is read, whichever comes first."""
    twin = TrustWorld.create()
    crl = issue_crl(world.root, [], number=1, at=AT, next_update=AT + timedelta(days=7))
    bundle = TrustBundle(world.anchor, world.nation_list(), {}, (crl,))
    for anchors in ((world.anchor, twin.anchor), (twin.anchor, world.anchor)):
        store = bundle.trust_store(AT, anchors)
        assert len(store.validator.revocation_lists) == 1


def test_bundle_with_two_lists_of_one_authority(world: TrustWorld) -> None:
    """Revocation lists 2, which revokes, and 1, which does not, in either order. The newer counts."""
    signer = world.regions["330000"].leaf("某局", USCC_A)
    serial = x509.load_der_x509_certificate(signer.certificate_chain[0]).serial_number
    authority, due = world.regions["330000"].authority, AT + timedelta(days=7)
    old = issue_crl(authority, [], number=1, at=AT, next_update=due)
    new = issue_crl(authority, [RevokedSerial(serial, FROM)], number=2, at=AT, next_update=due)
    for crls in ((old, new), (new, old)):
        store = TrustBundle(world.anchor, world.nation_list(), {}, crls).trust_store(AT)
        with pytest.raises(PathError):
            store.validator.validate(signer.certificate_chain, AT)


def test_one_certificate_in_every_entry(world: TrustWorld) -> None:
    """A region's list names one certificate 16 times in each of 2,000 entries. Decided in time linear in the list."""
    signer = world.regions["330000"].leaf("某局", USCC_A)
    once = entry_of(signer)
    store = world.store({"330000": (replace(once, certificates=once.certificates * 16),) * 2_000})
    path = store.validator.validate(signer.certificate_chain, AT)
    assert store.issuer_may_issue(path, "T1", AT).allowed
    # Every row of the index was made once, however often it is asked and whatever revocation lists come.
    rows = store._by_certificate
    assert sum(map(len, rows.values())) == 32_000
    assert store.with_revocation_lists([])._by_certificate is rows


@pytest.mark.parametrize("at", [FROM - timedelta(days=400), UNTIL + timedelta(days=400)])
def test_bundle_far_from_its_time(world: TrustWorld, at: datetime) -> None:
    """Asked about an instant at which the list signers had no certificate. No list then; the rest is reported."""
    bundle = TrustBundle(world.anchor, world.nation_list(), {"330000": world.region_list("330000")})
    assert bundle.trust_store(at).nation is None


@given(st.binary(max_size=200))
def test_any_bytes_are_no_bundle(data: bytes) -> None:
    with pytest.raises((TrustListError, CertificateError)):
        parse_trust_bundle(data)


def test_certificate_of_an_unnamed_authority(world: TrustWorld) -> None:
    """The root certifies an organisation directly; no list names it. Refused."""
    key = new_signer()
    leaf = issue_leaf(
        CertificateSubject("部委", USCC_A), key.public_key, world.root, valid_from=FROM, valid_until=UNTIL
    )
    store, _ = case(world)
    path = store.validator.validate((certificate_to_der(leaf),), AT)
    assert path.thumbprint == certificate_thumbprint(certificate_to_der(leaf))
    assert store.issuer_may_issue(path, "T1", AT).reason is TrustReason.NOT_LISTED
