"""A type made at a node: drafted, checked, approved by a second person, published; then its next version."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from issuer.catalogue.errors import TypeVersionOpenError
from issuer.catalogue.live import LiveCatalogue
from issuer.catalogue.make_type import begin_next_version, check, give_rights
from issuer.catalogue.published import PublishedTypes
from issuer.library.event import Actor
from issuer.node import IssuerNode
from standards.licence_types import load_catalogue, parse_licence_type
from standards.licence_types.type_data import type_data
from standards.sd_jwt_vc import parse_type_metadata
from tests.service.issuer.conftest import FOOD, MARKET, POLICE, System
from tests.support.clock import START, FixedClock
from tests.support.made_types import bee_permit, text

CITIZEN = {"name": "张小明", "code_type": "111", "number": "990101198805120016"}


def published(system: System, **changes: Any) -> str:
    """The code of a bee permit that ``system`` published."""
    draft = system.post("/api/v1/catalogue", {"type": bee_permit(**changes), "proposer": "王经办"})
    assert draft.status_code == 201, draft.json
    code = draft.json["code"]
    publish(system, code, "1")
    return str(code)


def publish(system: System, code: str, version: str) -> None:
    path = f"/api/v1/catalogue/{code}/versions/{version}"
    assert system.post(f"{path}/proposal", {"proposer": "王经办"}).json["state"] == "proposed"
    decided = system.post(f"{path}/decision", {"decision": "publish", "approver": "李审批"})
    assert (decided.status_code, decided.json["state"]) == (200, "published")


def bee_licence(code: str, **fields: Any) -> dict[str, Any]:
    return {
        "type": code,
        "holders": [CITIZEN],
        "fields": {"apiary_place": "示例山北坡", "bee_kind": "中华蜜蜂"} | fields,
    }


def test_a_published_type_can_be_issued_at_once(
    market: System, node: IssuerNode, issuer_clock: FixedClock
) -> None:
    code = published(market)
    issuer_clock.advance(timedelta(seconds=3))
    assert code.startswith(MARKET.uscc)
    offered = {one["code"]: one for one in market.get("/api/v1/types").json["types"]}
    assert offered[code]["vct"] == f"urn:elicence:type:{code}:1"
    example = market.post("/api/v1/licences", offered[code]["example"])
    assert example.status_code == 201, example.json
    made = market.post("/api/v1/licences", bee_licence(code))
    assert made.status_code == 201, made.json
    assert made.json["licence_number"] == f"蜂（{START.year}）0002"
    offer = market.post(f"/api/v1/licences/{made.json['identifier']}/offers", {})
    assert offer.status_code == 201, offer.json
    issuer = node.issuance.issuers.of_authority(MARKET.uscc, at=issuer_clock.now())
    assert code in issuer.type_codes


def test_its_metadata_are_published_with_labels(market: System) -> None:
    code = published(market)
    document = market.get(f"/vct/{code}/1")
    metadata = parse_type_metadata(document.data, vct=f"urn:elicence:type:{code}:1")
    assert metadata.display[0].name == "养蜂许可证（示例）"
    labels = {claim.path[0]: claim.display[0].name for claim in metadata.claims}
    assert labels["apiary_place"] == "蜂场地点"
    data = market.get(f"/vct/{code}/1/data")
    assert parse_licence_type(data.data).field("contact_number").mask.apply("13800000000") == "138******00"


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"name": text("", "x")}, "/name/zh"),
        ({"department": "beekeeping"}, "/department"),
        ({"appearance": {"background": "#777777", "text": "#888888"}}, "/appearance/text"),
        (
            {"holder": {"category": "natural_person", "code_types": ["xxx"], "minimum": 1, "maximum": 1}},
            "/holder/code_types",
        ),
        ({"validity": {"kind": "years", "description": text("年", "y")}}, "/validity/years"),
        ({"fields": [{"name": "Bad Name", "label": text("坏", "bad")}]}, "/fields/0/name"),
        ({"fields": [{"name": "vct", "label": text("坏", "bad")}]}, "/fields/0/name"),
    ],
)
def test_every_mistake_is_named_at_its_place(market: System, changes: dict[str, Any], where: str) -> None:
    draft = market.post("/api/v1/catalogue", {"type": bee_permit(**changes) | {"share_class": "secret"}}).json
    places = {error["where"] for error in draft["errors"]}
    assert {where, "/share_class"} <= places
    refused = market.post(f"/api/v1/catalogue/{draft['code']}/versions/1/proposal", {})
    assert refused.status_code == 400
    assert {error["where"] for error in refused.json["errors"]} == places


@pytest.mark.parametrize("pattern", ["(a+)+$", "a*b", "[0-9]{1,999}", ".{3}", "a{1,9}b{1,9}c{1,9}d{1,9}"])
def test_a_pattern_that_may_take_long_is_refused(market: System, pattern: str) -> None:
    """Pattern typed into a form ──run against──▶ values that others send: ``(a+)+$`` would stop the node."""
    field = {
        "name": "mark", "label": text("标", "Mark"), "kind": "text", "grade": 1, "required": False,
        "pattern": pattern, "hint": text("提示", "Hint"),
    }  # fmt: skip
    draft = market.post("/api/v1/catalogue", {"type": bee_permit(fields=[field])}).json
    assert [error["where"] for error in draft["errors"]] == ["/fields/0/pattern"]


def test_nobody_approves_what_he_worked_on(market: System) -> None:
    draft = market.post("/api/v1/catalogue", {"type": bee_permit(), "proposer": "王经办"}).json
    path = f"/api/v1/catalogue/{draft['code']}/versions/1"
    market.post(f"{path}/proposal", {"proposer": "赵复核"})
    for name in ("王经办", "赵 复核"):
        refused = market.post(f"{path}/decision", {"decision": "publish", "approver": name})
        assert (refused.status_code, refused.json["type"].rpartition(":")[2]) == (400, "approver-is-author")
    sent_back = market.post(
        f"{path}/decision", {"decision": "send_back", "approver": "李审批", "note": "改名"}
    )
    assert sent_back.json["state"] == "draft"
    assert market.post(f"{path}/decision", {"decision": "publish", "approver": "李审批"}).status_code == 409


def test_a_published_version_is_never_edited(market: System) -> None:
    code = published(market)
    path = f"/api/v1/catalogue/{code}/versions/1"
    revision = market.get(path).json["revision"]
    refused = market.put(path, {"type": bee_permit(), "revision": revision})
    assert (refused.status_code, refused.json["type"].rpartition(":")[2]) == (409, "type-version-state")
    assert market.delete(path).status_code == 409


def test_a_draft_that_changed_meanwhile_is_not_overwritten(market: System) -> None:
    draft = market.post("/api/v1/catalogue", {"type": bee_permit()}).json
    path = f"/api/v1/catalogue/{draft['code']}/versions/1"
    assert market.put(path, {"type": bee_permit(), "revision": draft["revision"]}).status_code == 200
    assert market.put(path, {"type": bee_permit(), "revision": draft["revision"]}).status_code == 409


def test_drafts_are_their_authoritys_own(market: System, police: System) -> None:
    draft = market.post("/api/v1/catalogue", {"type": bee_permit()}).json
    assert police.get(f"/api/v1/catalogue/{draft['code']}/versions/1").status_code == 404
    code = published(market)
    assert police.post(f"/api/v1/catalogue/{code}/versions", {}).status_code == 403
    assert code in {one["code"] for one in police.get("/api/v1/catalogue").json["types"]}
    assert police.post("/api/v1/licences", bee_licence(code)).status_code == 403


def test_only_the_keeper_makes_versions_of_types_whose_definer_is_not_here(police: System) -> None:
    assert MARKET.uscc != POLICE.uscc
    assert police.post(f"/api/v1/catalogue/{FOOD}/versions", {}).status_code == 403


def test_the_next_version_leaves_licences_of_the_first_as_they_are(
    market: System, node: IssuerNode, issuer_clock: FixedClock
) -> None:
    code = published(market)
    old = market.post("/api/v1/licences", bee_licence(code, contact_number="13800000000")).json
    document = market.get(f"/vct/{code}/1").data
    draft = market.post(f"/api/v1/catalogue/{code}/versions", {}).json
    assert (draft["version"], draft["errors"]) == ("2", [])
    fields = [one for one in bee_permit()["fields"] if one["name"] != "contact_number"]
    fields.append(
        {"name": "hives", "label": text("蜂箱数", "Hives"), "kind": "integer", "grade": 1, "required": True}
    )
    market.put(
        f"/api/v1/catalogue/{code}/versions/2",
        {"type": bee_permit(fields=fields), "revision": draft["revision"]},
    )
    publish(market, code, "2")
    # A process relies on what it read about an authority for two seconds.
    issuer_clock.advance(timedelta(seconds=3))

    # The licence stays what it was, and can still be offered as that.
    assert market.get(f"/api/v1/licences/{old['identifier']}").json["fields"]["contact_number"]
    assert market.post(f"/api/v1/licences/{old['identifier']}/offers", {}).status_code == 201
    assert market.get(f"/vct/{code}/1").data == document
    issuer = node.issuance.issuers.of_authority(MARKET.uscc, at=issuer_clock.now())
    assert {f"{code}-1", f"{code}-2"} <= set(node.issuance.types.configurations(issuer.type_codes))

    # What changes is printed on the new form: it lacks a field until somebody gives it, and has no place for another.
    path = f"/api/v1/licences/{old['identifier']}/events"
    change = {"operation": "change", "reason": "搬迁", "changes": {"fields": {"apiary_place": "示例山南坡"}}}
    refused = market.post(path, change)
    assert (refused.status_code, refused.json["errors"][0]["where"]) == (400, "/changes/fields/hives")
    change["changes"]["fields"]["hives"] = 12  # type: ignore[index]
    changed = market.post(path, change)
    assert changed.status_code == 201, changed.json
    successor = changed.json["successor"]
    assert successor["fields"] == {"apiary_place": "示例山南坡", "bee_kind": "中华蜜蜂", "hives": 12}
    found = node.licences.find(successor["identifier"])
    assert found is not None
    assert (found.type_version, found.vct) == ("2", f"urn:elicence:type:{code}:2")


def test_a_withdrawal_without_its_second_person_waits(market: System) -> None:
    code = published(market)
    body = {"reason": "改由备案管理", "approval": {"proposer": "王经办"}}
    assert market.post(f"/api/v1/catalogue/{code}/withdrawal", body).status_code == 202
    assert market.post("/api/v1/licences", bee_licence(code)).status_code == 201
    assert market.post(f"/api/v1/catalogue/{code}/withdrawal", body).status_code == 409


def test_a_withdrawn_type_takes_no_new_licence_but_the_old_ones_go_on(market: System) -> None:
    code = published(market)
    old = market.post("/api/v1/licences", bee_licence(code)).json
    body = {"reason": "改由备案管理", "approval": {"proposer": "王经办", "approver": "李审批"}}
    assert market.post(f"/api/v1/catalogue/{code}/withdrawal", body).status_code == 201
    refused = market.post("/api/v1/licences", bee_licence(code))
    assert (refused.status_code, refused.json["type"].rpartition(":")[2]) == (409, "type-withdrawn")
    assert code not in {one["code"] for one in market.get("/api/v1/types").json["types"]}
    change = {"operation": "change", "reason": "搬迁", "changes": {"fields": {"apiary_place": "示例山南坡"}}}
    assert market.post(f"/api/v1/licences/{old['identifier']}/events", change).status_code == 201


def test_another_process_knows_a_publication_within_two_seconds(market: System, node: IssuerNode) -> None:
    """Process A publishes; process B, which has looked a moment ago, looks again when its second is over, and at once
    when it is asked for a type that it does not know.
    """
    ticks = [0.0]
    other = LiveCatalogue(load_catalogue(), PublishedTypes(node.database), lambda: ticks[0])
    code = published(market)
    ticks[0] = 0.05
    assert other.find(code) is None
    assert code not in {one.code for one in other.all()}
    ticks[0] = 0.2
    assert other.find(code) is not None
    again = published(market)
    ticks[0] = 1.3
    assert again in {one.code for one in other.all()}
    assert other.snapshot().find(again) == other.find(again)


def test_a_publication_that_a_crash_cut_short_is_finished(market: System, node: IssuerNode) -> None:
    """publish ──▶ row published ──✂ kill -9 ✂──▶ right to issue: the periodic work gives it."""
    draft = market.post("/api/v1/catalogue", {"type": bee_permit()}).json
    path = f"/api/v1/catalogue/{draft['code']}/versions/1"
    market.post(f"{path}/proposal", {"proposer": "王经办"})
    version = node.types.store.find(draft["code"], "1")
    assert version is not None
    after = version.approved(Actor("李审批"), START)
    data = {**version.content, "code": version.code, "version": "1"}
    whole = orjson.dumps(type_data(parse_licence_type(orjson.dumps(data)))).decode()
    node.types.store.change(version, after, published=whole)
    node.catalogue.refresh()
    assert market.post("/api/v1/licences", bee_licence(draft["code"])).status_code == 403
    assert give_rights(node.types, START) == 1
    assert market.post("/api/v1/licences", bee_licence(draft["code"])).status_code == 201


def test_shipped_types_keep_the_metadata_of_the_day_on_which_they_were_first_seen(node: IssuerNode) -> None:
    """A later release that would word a type differently does not change what issued copies were signed over."""
    food = load_catalogue().by_code(FOOD)
    recorded = node.catalogue.metadata_document(food)
    PublishedTypes(node.database).record_documents({food.vct: b"{}"})
    fresh = LiveCatalogue(load_catalogue(), PublishedTypes(node.database))
    assert fresh.metadata_document(food) == recorded != b"{}"


def test_a_version_that_this_release_does_not_understand_stops_nobody(
    market: System, node: IssuerNode
) -> None:
    """A newer process of the same node publishes a type with a field kind of its own ──▶ the older one goes on."""
    ticks = [0.0]
    older = LiveCatalogue(load_catalogue(), PublishedTypes(node.database), lambda: ticks[0])
    known = len(older)
    vct = "urn:elicence:type:11330100MB99X10161999:1"
    node.database["catalogue_types"].insert_one({"_id": vct, "state": "published", "published": "{}"})
    try:
        ticks[0] = 5.0
        assert len(older) == known
        assert older.find_vct(vct) is None
    finally:
        node.database["catalogue_types"].delete_one({"_id": vct})


@pytest.mark.parametrize("code", [one.code for one in load_catalogue().all()])
def test_the_keeper_makes_the_next_version_of_a_type_that_ships(node: IssuerNode, code: str) -> None:
    """The definer (a ministry) is not at this node: the principal authority keeps the type, and its next version begins
    complete, rich patterns and bands by age included.
    """
    authority = node.authorities.find(MARKET.uscc)
    assert authority is not None
    desk = replace(node.types, keeper=authority.issuer_identifier)
    enrolled = frozenset({MARKET.uscc, POLICE.uscc})
    by = Actor("王经办")
    draft = begin_next_version(desk, authority, code, None, enrolled=enrolled, by=by, at=START)
    licence_type, errors = check(desk, draft)
    assert errors == ()
    assert licence_type is not None
    before = load_catalogue().by_code(code)
    assert licence_type == replace(before, version=str(int(before.version) + 1))
    assert licence_type.defining_authority == before.defining_authority
    with pytest.raises(TypeVersionOpenError):
        begin_next_version(desk, authority, code, None, enrolled=enrolled, by=by, at=START)
    desk.store.remove(draft)
