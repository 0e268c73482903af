"""A window and its centre over HTTP: bundles whole and by difference, cut off, records that come after."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from flask import Flask

from service.api_tokens import mint
from service.outbound import Outbound, OutboundError
from service.record_chain import link_hash
from service.status_feed import StatusFeed
from service.trust_feed import TrustFeed
from service.trust_feed.kept_lists import KeptLists
from service.type_feed import TypeFeed
from standards.licence_types import check_licence_type, load_catalogue, type_metadata
from standards.licence_types.type_data import type_data
from standards.openid4vci import CredentialConfiguration, CredentialIssuerMetadata
from standards.sd_jwt_vc import encode_type_metadata, vct_integrity
from standards.status_list import StatusList, StatusValue, build_status_list_token
from standards.verification_report import Indication
from tests.support.made_types import bee_permit
from tests.support.publisher import Publisher, running_publisher
from tests.support.served_app import ServedApp
from tests.support.trust_world import USCC_A
from tests.support.verifier_world import VerifierWorld
from verifier.acceptance.kept_evidence import EvidenceStore
from verifier.acceptance.store import RecordStore
from verifier.app import EVIDENCE_PURPOSE, build_app
from verifier.checking import check_text, gather_evidence
from verifier.items import load_items_with
from verifier.node import VerifierNode
from verifier.offline.bundle import STATUS, Parts, build_manifest, pack, unpack
from verifier.offline.corner import corner_of
from verifier.offline.errors import BundleBaseError, InvalidBundleError, WindowChainBrokenError
from verifier.offline.keep_up import keep_up
from verifier.offline.kept_tokens import KeptTokens
from verifier.offline.make_bundle import newest_bundle
from verifier.offline.notice_loss import notice_loss
from verifier.offline.policy import policy_of
from verifier.offline.send_records import send_records
from verifier.offline.store import OfflineStore
from verifier.offline.take_bundle import apply_bundle, take_bundle
from verifier.offline.type_parts import MadeTypes
from verifier.offline.upstream import Upstream
from verifier.offline.window_records import WindowRecord, record_to_json
from verifier.window.relying_party import signer_of
from verifier.window.store import PresentationStore

MINUTE = timedelta(minutes=1)


@dataclass
class Window:
    """A window node with its own store, and the way to its centre."""

    node: VerifierNode
    app: Flask
    upstream: Upstream
    served: ServedApp


@pytest.fixture(scope="module")
def centre(world: VerifierWorld) -> VerifierWorld:
    """The world's window as a centre."""
    return world


@pytest.fixture
def window(centre: VerifierWorld, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Window]:
    served = ServedApp(centre.app)
    node, clock = centre.node, centre.clock
    token_file = tmp_path / "token"
    token_file.write_text(
        mint(
            centre.master_key,
            "verifier",
            centre.departments[0].uscc,
            at=clock.now(),
            system=request.node.name[:60],
        )
    )
    settings = replace(node.settings, data=tmp_path, upstream=served.origin, upstream_token_file=token_file)
    database = node.database.client[f"{node.database.name}_{abs(hash(request.node.name)) % 10**8}"]
    envelope = centre.master_key.envelope(EVIDENCE_PURPOSE)
    offline = OfflineStore(database)
    kept = KeptTokens(offline, clock, is_window=True)
    own = replace(
        node,
        settings=settings,
        database=database,
        trust=TrustFeed(settings, node.outbound, clock),
        status=StatusFeed(node.outbound, clock, kept=kept),
        presentations=PresentationStore(database, envelope),
        records=RecordStore(database, envelope),
        evidence=EvidenceStore(database),
        offline=offline,
        kept_tokens=kept,
    )
    for store in (own.presentations, own.records, own.offline, own.evidence):
        store.ensure_indexes()
    upstream = Upstream.of(settings)
    yield Window(own, build_app(own), upstream, served)
    upstream.close()
    served.close()
    node.database.client.drop_database(database.name)


def bundle_of(centre: VerifierWorld, **changes: Any) -> tuple[str, dict[tuple[str, str], bytes], int]:
    """The newest bundle, its parts to be changed, and a version above it."""
    centre.clock.advance(2 * MINUTE)
    manifest, parts = newest_bundle(centre.node, centre.departments[0], centre.clock.now())
    return manifest.text, dict(parts), manifest.version + 1


def signed(centre: VerifierWorld, parts: Parts, version: int, department: int = 0) -> str:
    chosen = centre.departments[department]
    signer = signer_of(centre.node.keys, chosen)
    return build_manifest(chosen.uscc, version, parts, unreachable=(), signer=signer, at=centre.clock.now())


def test_a_window_takes_the_whole_then_differences(centre: VerifierWorld, window: Window) -> None:
    at = centre.clock.now()
    first = take_bundle(window.node, window.upstream, at)
    assert first is not None
    assert {one.kind for one in first.parts} >= {"nation", "region", "status"}
    assert take_bundle(window.node, window.upstream, at) is None, "nothing is new"
    centre.issuer.statuses.set(77, StatusValue.INVALID)
    centre.clock.advance(2 * MINUTE)
    at = centre.clock.now()
    difference = window.upstream.bundle(first.version, at)
    whole = window.upstream.bundle(None, at)
    assert difference is not None
    assert whole is not None
    assert len(difference) < len(whole) * 0.7
    second = take_bundle(window.node, window.upstream, at)
    assert second is not None
    assert second.version > first.version
    with pytest.raises(BundleBaseError):
        unpack(difference)
    assert unpack(whole)[1] == window.node.offline.parts_of(second)


@pytest.mark.parametrize(
    "attack", ["part", "manifest", "other", "left_out", "no_nation", "rolled_back", "future"]
)
def test_a_bundle_that_is_not_right_is_refused_whole(
    centre: VerifierWorld, window: Window, attack: str
) -> None:
    """Altered part; altered manifest; signed by another department; a part left out; without the nation's list; an older
    bundle after a newer one; dated in the future. The bundle in force stays."""
    text, parts, version = bundle_of(centre)
    taken = apply_bundle(window.node, pack(text, parts), centre.clock.now())
    at = centre.clock.now()
    key = (STATUS, centre.issuer.status_uri)
    if attack == "part":
        content = pack(signed(centre, parts, version), {**parts, key: parts[key] + b"x"})
    elif attack == "manifest":
        head, _, signature = text.split(".")
        other = signed(centre, parts, version + 9).split(".")[1]
        content = pack(f"{head}.{other}.{signature}", parts)
    elif attack == "other":
        signer = centre.nation.regions["330000"].leaf("别的部门", USCC_A)
        content = pack(build_manifest(USCC_A, version, parts, unreachable=(), signer=signer, at=at), parts)
    elif attack == "left_out":
        content = pack(signed(centre, parts, version), {one: parts[one] for one in list(parts)[:-1]})
    elif attack == "no_nation":
        fewer = {one: content for one, content in parts.items() if one[0] != "nation"}
        content = pack(signed(centre, fewer, version), fewer)
    elif attack == "rolled_back":
        content = pack(signed(centre, parts, taken.version - 5), parts)
    else:
        later = build_manifest(
            centre.departments[0].uscc,
            version,
            parts,
            unreachable=(),
            signer=signer_of(centre.node.keys, centre.departments[0]),
            at=at + timedelta(days=1),
        )
        content = pack(later, parts)
    with pytest.raises(InvalidBundleError):
        apply_bundle(window.node, content, at)
    applied = window.node.offline.applied()
    assert applied is not None
    assert applied.manifest.version == taken.version


def test_a_trust_list_older_than_the_windows_own_is_no_reason_to_refuse(
    centre: VerifierWorld, window: Window
) -> None:
    """The window fetched a newer list by itself a moment ago, its centre had not looked yet: the bundle is taken, and the newer
    list stays. Older than the list of the bundle in force: refused."""
    text, stale, version = bundle_of(centre)
    apply_bundle(window.node, pack(text, stale), centre.clock.now())
    centre.publish(fetch=False)
    assert window.node.trust.refresh() == {}
    newer = window.node.trust.current().regions["330000"].text
    assert newer.encode() != stale["region", "330000"]
    apply_bundle(window.node, pack(signed(centre, stale, version), stale), centre.clock.now())
    lists = KeptLists(window.node.settings.data / "trust" / "lists")
    assert lists.read().regions["330000"] == newer, "the newer list stays"
    assert centre.node.trust.refresh() == {}
    _, parts, version = bundle_of(centre)
    assert parts["region", "330000"] == newer.encode()
    apply_bundle(window.node, pack(signed(centre, parts, version), parts), centre.clock.now())
    with pytest.raises(InvalidBundleError, match="has sequence"):
        apply_bundle(window.node, pack(signed(centre, stale, version + 1), stale), centre.clock.now())


def test_a_status_list_does_not_go_back_in_time(centre: VerifierWorld, window: Window) -> None:
    """The department's own key signs a bundle with yesterday's list, in which nothing is revoked yet: refused."""
    text, parts, version = bundle_of(centre)
    apply_bundle(window.node, pack(text, parts), centre.clock.now())
    signer = centre.issuer.signer
    assert signer is not None
    key = (STATUS, centre.issuer.status_uri)
    old = build_status_list_token(
        StatusList(2**12),
        uri=key[1],
        issued_at=centre.clock.now() - timedelta(days=1),
        expires_at=centre.clock.now() + timedelta(days=1),
        ttl=MINUTE,
        certificate_chain=signer.certificate_chain,
        sign=signer.sign,
    )
    rolled = {**parts, key: old.encode()}
    with pytest.raises(InvalidBundleError, match="older"):
        apply_bundle(window.node, pack(signed(centre, rolled, version), rolled), centre.clock.now())


@pytest.mark.parametrize("name", ["../evil.json", "/etc/x.json", "a.txt", ".json", "a\x00.json"])
def test_a_file_name_leads_nowhere_else(centre: VerifierWorld, window: Window, name: str) -> None:
    _, parts, version = bundle_of(centre)
    wrong = {**parts, ("item", name): b"{}"}
    with pytest.raises(InvalidBundleError):
        apply_bundle(window.node, pack(signed(centre, wrong, version), wrong), centre.clock.now())


def test_nonsense_is_no_bundle(window: Window, centre: VerifierWorld) -> None:
    for content in (b"", b"x", b"\x78\x9c" + b"0" * 100, pack("a.b.c", {})):
        with pytest.raises(InvalidBundleError):
            apply_bundle(window.node, content, centre.clock.now())


def accept(centre: VerifierWorld, window: Window) -> None:
    """One case at the cut-off window: asked, shown, accepted; its record is kept by the window."""
    headers = {"Authorization": f"Bearer {centre.token()}"}
    client = window.app.test_client()
    asked = client.post(
        "/api/v1/presentations", json={"service_item": "food-business-licence"}, headers=headers
    )
    assert asked.status_code == 201, asked.text
    made: dict[str, Any] = dict(asked.json or {})
    wallet = centre.wallet()
    wallet.client = client
    assert wallet.show(made["authorization_request"]).status_code == 200
    decided = client.post(
        f"/api/v1/presentations/{made['id']}/decision", json={"decision": "accept"}, headers=headers
    )
    assert decided.status_code == 201, decided.text


def test_cut_off_the_window_goes_on_with_its_bundle(centre: VerifierWorld, window: Window) -> None:
    """Centre, issuer and its status list are away: the report rests on the bundle and says its age; after the item's limit it
    says that it cannot tell."""
    assert take_bundle(window.node, window.upstream, centre.clock.now()) is not None
    keep_up(window.node, window.upstream, centre.clock.now())
    assert not window.node.offline.state().problem
    window.served.close()
    centre.clock.advance(5 * MINUTE)
    keep_up(window.node, window.upstream, centre.clock.now())
    centre.clock.advance(MINUTE)
    assert window.node.status.cut_off
    corner = corner_of(window.node, centre.clock.now())
    assert corner is not None
    assert corner.cut_off
    assert corner.bundle_age is not None
    assert corner.bundle_age.en == "6 min"
    calls = len(centre.issuer.calls)
    snapshot = window.node.status.snapshot(centre.issuer.status_uri)
    assert snapshot.token is not None
    assert snapshot.problem is not None
    assert len(centre.issuer.calls) == calls, "nobody is waited for"


def chain(centre: VerifierWorld, request: pytest.FixtureRequest) -> list[tuple[int, str]]:
    """What the centre has of this window."""
    uscc = centre.departments[0].uscc
    return [
        (one.sequence, one.hash) for one in centre.node.window_records.chain(uscc, request.node.name[:60])
    ]


def own_chain(centre: VerifierWorld, window: Window) -> list[tuple[int, str]]:
    return [(one.sequence, one.hash) for one in window.node.records.chain(centre.departments[0].uscc)]


def test_records_follow_without_loss_or_doubles(
    centre: VerifierWorld, window: Window, request: pytest.FixtureRequest
) -> None:
    """Three cases; the centre's answer to the first sending is lost, then two rounds: each record is there once, whole, with
    the lists that it stands on."""
    for _ in range(3):
        accept(centre, window)
    at = centre.clock.now()

    class LostAnswer(Upstream):
        def send(self, records: dict[str, Any], at: Any) -> dict[str, Any]:
            super().send(records, at)
            raise OutboundError("断开。", "The connection broke.")

    settings = window.node.settings
    assert settings.upstream_token_file is not None
    broken = LostAnswer(settings.upstream, settings.upstream_token_file, settings.allowed_origins)
    with pytest.raises(OutboundError):
        send_records(window.node, broken, at)
    broken.close()
    for _ in range(2):
        sent = send_records(window.node, window.upstream, at)
        assert sent.sequence == 3
    assert chain(centre, request) == own_chain(centre, window)
    uscc = centre.departments[0].uscc
    for record in centre.node.window_records.chain(uscc, request.node.name[:60]):
        digests = [one["digest"] for one in record.lists if one.get("digest")]
        assert digests
        assert set(centre.node.evidence.read(digests)) == set(digests)
        assert b"vp_token" in record.shown
    followed = centre.node.window_records.after(uscc, request.node.name[:60], 1, limit=10)
    assert [one.sequence for one in followed] == [2, 3]
    assert (uscc, request.node.name[:60]) in centre.node.window_records.chains()


def test_a_killed_window_goes_on_where_the_centre_is(
    centre: VerifierWorld, window: Window, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between two batches (one record each here): the next start sends the rest."""
    monkeypatch.setattr("verifier.offline.send_records.MAX_BATCH_BYTES", 1)
    for _ in range(2):
        accept(centre, window)
    calls: list[int] = []

    class Killed(Upstream):
        def send(self, records: dict[str, Any], at: Any) -> dict[str, Any]:
            if calls:
                raise KeyboardInterrupt
            calls.append(1)
            return super().send(records, at)

    settings = window.node.settings
    assert settings.upstream_token_file is not None
    killed = Killed(settings.upstream, settings.upstream_token_file, settings.allowed_origins)
    with pytest.raises(KeyboardInterrupt):
        send_records(window.node, killed, centre.clock.now())
    killed.close()
    assert len(chain(centre, request)) == 1
    send_records(window.node, window.upstream, centre.clock.now())
    assert chain(centre, request) == own_chain(centre, window)


@pytest.mark.parametrize("change", ["body", "hash", "gap", "shown", "department", "no_json"])
def test_the_centre_takes_no_record_that_is_not_whole(
    centre: VerifierWorld, window: Window, change: str
) -> None:
    """Each changed on the way, or made up: 400, and nothing is kept."""
    accept(centre, window)
    uscc = centre.departments[0].uscc
    (record,) = window.node.records.after(uscc, 0, limit=5)
    shown = window.node.records.shown_bytes(uscc, str(record.facts()["id"]))
    whole = WindowRecord(record.sequence, record.previous, record.hash, record.body, shown)
    wrong = {
        "body": replace(whole, body=whole.body.replace(b"accept", b"refuse")),
        "hash": replace(whole, hash="0" * 64),
        "gap": relinked(replace(whole, sequence=2)),
        "shown": replace(whole, shown=whole.shown + b" "),
        "department": relinked(replace(whole, body=whole.body.replace(uscc.encode(), b"11330100MB00000014"))),
        "no_json": relinked(replace(whole, body=b"[]")),
    }[change]
    answer = centre.api("POST", "/api/v1/window-records", {"records": [record_to_json(wrong)]})
    assert answer.status_code == 400, answer.text
    assert centre.api("GET", "/api/v1/window-records/head").json["sequence"] == 0


def relinked(record: WindowRecord) -> WindowRecord:
    return replace(record, hash=link_hash(record.body, record.sequence, record.previous))


def test_a_window_whose_chain_was_rewritten_is_found_out(centre: VerifierWorld, window: Window) -> None:
    """The window's store is put back and other records are made: its chain is not what the centre has, and it says so."""
    accept(centre, window)
    send_records(window.node, window.upstream, centre.clock.now())
    window.node.database["acceptance_records"].drop()
    window.node.records.ensure_indexes()
    accept(centre, window)
    with pytest.raises(WindowChainBrokenError):
        send_records(window.node, window.upstream, centre.clock.now())
    keep_up(window.node, window.upstream, centre.clock.now())
    assert window.node.offline.state().problem == "window-chain-broken"


def test_the_items_policy_decides_how_stale_is_acceptable(centre: VerifierWorld, window: Window) -> None:
    """A licence at a window that is cut off: accepted with the ages said, until the status list is older than the item
    allows; then INDETERMINATE. A licence that the bundle knows as revoked is refused."""
    good, revoked = centre.issue(), centre.issue()
    centre.issuer.statuses.set(revoked.index, StatusValue.INVALID)
    centre.clock.advance(2 * MINUTE)
    assert take_bundle(window.node, window.upstream, centre.clock.now()) is not None
    window.node.trust.refresh()
    window.served.close()
    keep_up(window.node, window.upstream, centre.clock.now())
    item = window.node.items.by_code("food-business-licence")
    strict = replace(
        item,
        offline=replace(item.offline, status_max_age=timedelta(minutes=20), trust_max_age=timedelta(days=30)),
    )

    def report(held: Any) -> Any:
        at = centre.clock.now()
        evidence = gather_evidence([held.text], trust=window.node.trust, status=window.node.status, at=at)
        return check_text(held.text, evidence, policy=policy_of(strict, window.node.status), at=at).report

    centre.clock.advance(10 * MINUTE)
    codes = {finding.code: finding for finding in report(good).findings}
    assert "生成于 10 分钟前" in codes["status-valid"].message.zh
    assert "断网核验" in codes["issuer-authorised"].message.zh
    assert "status-ended" in {finding.code for finding in report(revoked).findings}
    centre.clock.advance(15 * MINUTE)
    late = report(good)
    assert late.indication is Indication.INDETERMINATE
    assert "status-list-stale" in {finding.code for finding in late.findings}
    strict = replace(strict, offline=replace(strict.offline, trust_max_age=timedelta(0)))
    assert "trust-list-older-than-allowed" in {finding.code for finding in report(good).findings}


@pytest.mark.parametrize(("hours", "said"), [(24, "快 24 小时"), (-24, "慢 24 小时")])
def test_a_clock_that_is_wrong_by_a_day_is_said(
    centre: VerifierWorld, window: Window, hours: int, said: str
) -> None:
    window.node.offline.reached(centre.clock.now(), timedelta(hours=hours), "", 0)
    corner = corner_of(window.node, centre.clock.now())
    assert corner is not None
    assert corner.clock is not None
    assert said in corner.clock.zh
    assert corner_of(centre.node, centre.clock.now()) is None, "a centre has no corner"


def test_killed_while_a_bundle_is_put_in_force_the_old_one_holds(
    centre: VerifierWorld, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the parts were written and before the one write that turns to them; then the same bundle again."""
    text, parts, version = bundle_of(centre)
    first = apply_bundle(window.node, pack(text, parts), centre.clock.now())
    content = pack(signed(centre, parts, version), parts)

    class Killed(OfflineStore):
        def applied(self) -> Any:
            if getattr(self, "began", False):
                raise KeyboardInterrupt
            return super().applied()

        def _keep_parts(self, parts: Parts, delete_at: Any) -> None:
            super()._keep_parts(parts, delete_at)
            self.began = True

    with pytest.raises(KeyboardInterrupt):
        apply_bundle(replace(window.node, offline=Killed(window.node.database)), content, centre.clock.now())
    applied = window.node.offline.applied()
    assert applied is not None
    assert applied.manifest.version == first.version
    assert window.node.offline.parts_of(applied.manifest) is not None
    assert apply_bundle(window.node, content, centre.clock.now()).version == version


def test_items_come_with_the_bundle_and_go_with_it(centre: VerifierWorld, window: Window) -> None:
    """An item of the centre is a file at the window, until a bundle lacks it; the window's own file is left alone."""
    data = json.loads(
        resources.files("verifier.items").joinpath("data", "07-social-security-transfer.json").read_bytes()
    )
    own_item = json.dumps(data | {"code": "of-the-centre"}).encode()
    directory = window.node.settings.data / "items"
    directory.mkdir()
    (directory / "own.json").write_text(json.dumps(data | {"code": "of-the-window"}))
    _, parts, version = bundle_of(centre)
    more = {**parts, ("item", "of-the-centre-1.json"): own_item}
    apply_bundle(window.node, pack(signed(centre, more, version), more), centre.clock.now())
    assert {path.name for path in directory.iterdir()} == {"own.json", "of-the-centre-1.json"}
    assert load_items_with(directory).find("of-the-centre") is not None
    apply_bundle(window.node, pack(signed(centre, parts, version + 1), parts), centre.clock.now())
    assert {path.name for path in directory.iterdir()} == {"own.json"}


@pytest.fixture
def bees() -> Iterator[Publisher]:
    """An issuer that lists a type of its own beside one that ships."""
    with running_publisher() as publisher:
        data = bee_permit() | {"code": "11330100MB99X10161001", "version": "1", "code_origin": "published"}
        authority = {
            "uscc": "11330100MB99X10161",
            "name": {"zh": "某局（示例）", "en": "An authority"},
            "level": "city",
        }
        made, _ = check_licence_type(data | {"defining_authority": authority})
        assert made is not None
        document = encode_type_metadata(type_metadata(made))
        publisher.publish(f"/vct?vct={quote(made.vct, safe='')}", document)
        publisher.publish(f"/vct/{made.code}/1/data", orjson.dumps(type_data(made)))
        configurations = {
            one.vct: CredentialConfiguration(one.vct, one.vct, None)
            for one in (made, load_catalogue().all()[0])
        }
        metadata = CredentialIssuerMetadata(
            publisher.origin, f"{publisher.origin}/credential", configurations
        )
        publisher.publish("/.well-known/openid-credential-issuer", orjson.dumps(metadata.to_json()))
        yield publisher


def types_of(
    publisher: Publisher,
    centre: VerifierWorld,
    before: Parts,
    made: MadeTypes | None = None,
    minutes: int = 0,
) -> Mapping[tuple[str, str], bytes]:
    outbound = Outbound(frozenset({publisher.origin}), timeout_seconds=2)
    at = centre.clock.now() + minutes * MINUTE
    return (made or MadeTypes()).parts(outbound, [publisher.origin], before, at)


def test_a_type_made_elsewhere_is_named_at_a_cut_off_window(
    centre: VerifierWorld, window: Window, bees: Publisher
) -> None:
    """Its issuer is away when the licence is shown; the bundle says what it is called, proven by the licence's integrity."""
    found = types_of(bees, centre, {})
    [(kind, name)] = found
    assert kind == "type"
    vct = name.partition(" ")[2]
    integrity = vct_integrity(bees.contents[f"/vct?vct={quote(vct, safe='')}"])
    _, parts, version = bundle_of(centre)
    more = {**parts, **found}
    apply_bundle(window.node, pack(signed(centre, more, version), more), centre.clock.now())
    window.node.offline.away(centre.clock.now(), "test")
    window.node.kept_tokens.look_now()
    asked = sum(bees.asked.values())
    feed = TypeFeed(Outbound(frozenset({bees.origin})), centre.clock, kept=window.node.kept_tokens)
    described = feed.describe(vct, integrity, f"{bees.origin}/authorities/x")
    assert described is not None
    assert described.name.zh == "养蜂许可证（示例）"
    assert described.fields["apiary_place"].label.zh == "蜂场地点"
    assert feed.describe(vct, integrity.swapcase(), bees.origin) is None, "signed over another document"
    assert feed.describe(vct, integrity, "https://other.example") is None
    assert sum(bees.asked.values()) == asked, "cut off: nobody is asked"


def test_types_go_on_in_the_bundle_and_are_asked_for_now_and_then(
    centre: VerifierWorld, bees: Publisher
) -> None:
    made = MadeTypes()
    first = types_of(bees, centre, {}, made)
    assert types_of(bees, centre, first, made) == first
    assert bees.asked["/.well-known/openid-credential-issuer"] == 1
    bees.contents.clear()
    assert types_of(bees, centre, first, made, minutes=11) == first, (
        "the issuer is silent: what was had goes on"
    )
    elsewhere = {("type", "https://gone.example urn:x"): b"{}"}
    assert types_of(bees, centre, {**first, **elsewhere}, made, minutes=22) == first, "listed no more"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("https://a.example urn:x", b"{}"),
        ("https://a.example", b'{"document": "{}", "data": null}'),
        ("https://a.example urn:x", b'{"document": "{\\"vct\\": \\"urn:y\\"}", "data": null}'),
    ],
)
def test_a_type_that_is_none_refuses_the_bundle(
    centre: VerifierWorld, window: Window, name: str, content: bytes
) -> None:
    _, parts, version = bundle_of(centre)
    more = {**parts, ("type", name): content}
    with pytest.raises(InvalidBundleError):
        apply_bundle(window.node, pack(signed(centre, more, version), more), centre.clock.now())


def test_the_list_of_a_wallet_service_elsewhere_is_in_the_bundle(
    centre: VerifierWorld, bees: Publisher
) -> None:
    """A check here had a list of a wallet service that no trust list names by address: the windows get its lists from then on."""
    uri = f"{bees.origin}/status-lists/1"
    signer = centre.issuer.signer
    assert signer is not None
    token = build_status_list_token(
        StatusList(2**12),
        uri=uri,
        issued_at=centre.clock.now(),
        expires_at=centre.clock.now() + timedelta(days=1),
        ttl=MINUTE,
        certificate_chain=signer.certificate_chain,
        sign=signer.sign,
    )
    bees.publish("/status-lists/1", token)
    bees.publish("/status-lists", orjson.dumps({"status_lists": {uri: token}}))
    outbound = Outbound(frozenset({bees.origin, centre.issuer.origin}))
    node = replace(centre.node, outbound=outbound, status=StatusFeed(outbound, centre.clock))

    def bundled() -> Parts:
        centre.clock.advance(2 * MINUTE)
        return newest_bundle(node, centre.departments[0], centre.clock.now())[1]

    assert (STATUS, uri) not in bundled()
    assert node.status.snapshot(uri).token == token
    assert bundled()[STATUS, uri] == token.encode()
    node = replace(node, status=StatusFeed(outbound, centre.clock))
    assert bundled()[STATUS, uri] == token.encode(), "a process that made no such check goes on with it"


def test_the_corner_of_the_desk_says_that_it_is_cut_off(centre: VerifierWorld, window: Window) -> None:
    assert take_bundle(window.node, window.upstream, centre.clock.now()) is not None
    window.node.offline.reached(centre.clock.now(), timedelta(hours=3), centre.departments[0].uscc, 0)
    centre.clock.advance(MINUTE)
    window.node.offline.failed(centre.clock.now(), "outbound-unreachable")
    kept = KeptTokens(window.node.offline, centre.clock, is_window=True)
    app = build_app(replace(centre.node, kept_tokens=kept, offline=window.node.offline))
    clerk = replace(centre, app=app).sign_in()
    page = clerk.page("/").get_data(as_text=True)
    assert "已断网，按离线包核验 · 1 分钟前" in page
    assert "本机时钟快 3 小时" in page or "本机时钟快 180 分钟" in page
    assert "已断网" not in centre.sign_in().page("/").get_data(as_text=True)


def test_a_scan_notices_the_loss_before_the_next_round(centre: VerifierWorld, window: Window) -> None:
    """One service that is silent is no loss; when the centre is silent too, the bundle counts at once, until it is back."""
    node, at = window.node, centre.clock.now()
    keep_up(node, window.upstream, at)
    assert not notice_loss(node, at)
    assert not node.status.cut_off
    window.served.close()
    assert notice_loss(node, at)
    assert node.status.cut_off
    corner = corner_of(node, at)
    assert corner is not None
    assert corner.cut_off
    assert policy_of(node.items.by_code("food-business-licence"), node.status).offline
    node.offline.reached(at, timedelta(), "", 0)
    node.kept_tokens.look_now()
    assert not node.status.cut_off


def test_a_node_without_a_centre_has_nothing_to_lose(centre: VerifierWorld) -> None:
    assert not notice_loss(centre.node, centre.clock.now())
