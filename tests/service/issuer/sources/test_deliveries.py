"""A source delivers what it knows: equal values confirm, others open discrepancies, each once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from issuer.node import IssuerNode
from issuer.sources.measure_staleness import measure_staleness
from service.api_tokens import mint
from service.jobs.kind import periodic_work
from tests.service.issuer.conftest import FOOD, MARKET, System
from tests.service.issuer.sources.conftest import MARKET_FEED, Deliver
from tests.support.clock import START, FixedClock

COUNTS = ("opened", "seen", "reopened", "settled", "agreed")


def counts(report: dict[str, Any]) -> tuple[int, ...]:
    return tuple(report["discrepancies"][name] for name in COUNTS)


def only_open(market: System, query: str = "") -> dict[str, Any]:
    found = market.get(f"/api/v1/discrepancies{query}").get_json()["discrepancies"]
    assert len(found) == 1
    return found[0]


def close(market: System, one: dict[str, Any], reason: str, **more: Any) -> Any:
    return market.post(f"/api/v1/discrepancies/{one['id']}/closing", {"reason": reason, **more})


def test_equal_values_confirm_a_licence(market: System, licence: dict[str, Any], deliver: Deliver) -> None:
    fields = {"premises": licence["fields"]["premises"], "holder_name": licence["holders"][0]["name"]}
    report = deliver("market-registration", (licence, fields))
    assert (report["rows"], report["confirmed"], report["errors"]) == (1, 1, [])
    assert counts(report) == (0, 0, 0, 0, 0)
    source = market.get("/api/v1/sources/market-registration").get_json()
    assert source["deliveries"]["count"] == 1
    assert source["deliveries"]["timeliness"] == "on_time"


def test_a_difference_is_one_discrepancy_however_often_it_is_seen(
    market: System, licence: dict[str, Any], deliver: Deliver
) -> None:
    wrong = (licence, {"premises": "示例路 999 号"})
    assert counts(deliver("taxation", wrong)) == (1, 0, 0, 0, 0)
    assert counts(deliver("taxation", wrong)) == (0, 1, 0, 0, 0)
    one = only_open(market)
    assert (one["field"], one["seen"], one["authoritative"]) == ("premises", 2, False)
    assert one["department"] == "market_regulation"
    assert one["library_value"] == licence["fields"]["premises"]
    assert one["source_value"] == "示例路 999 号"
    assert "take_source" not in one["reasons"]


def test_a_write_by_another_department_changes_nothing(
    market: System, licence: dict[str, Any], deliver: Deliver
) -> None:
    """taxation says premises = X; the catalogue names market regulation → refused, although the source applies."""
    assert market.put("/api/v1/sources/taxation", {**_tax(), "applies": True}).status_code == 200
    report = deliver("taxation", (licence, {"premises": "示例路 999 号"}))
    assert report["applied"] == 0
    assert counts(report)[0] == 1
    again = market.get(f"/api/v1/licences/{licence['identifier']}").get_json()
    assert again["superseded_by"] is None
    assert again["fields"] == licence["fields"]


def test_the_authoritative_source_changes_the_licence_where_it_may_at_once(
    market: System, licence: dict[str, Any], deliver: Deliver
) -> None:
    market.put("/api/v1/sources/market-registration", {**MARKET_FEED, "applies": True})
    row = (licence, {"premises": "示例路 8 号"})
    report = deliver("market-registration", row)
    assert (report["applied"], report["confirmed"], counts(report)) == (1, 1, (0, 0, 0, 0, 0))
    old = market.get(f"/api/v1/licences/{licence['identifier']}").get_json()
    new = market.get(f"/api/v1/licences/{old['superseded_by']}").get_json()
    assert (old["state"], new["version"], new["fields"]["premises"]) == ("replaced", 2, "示例路 8 号")
    assert new["licence_number"] == licence["licence_number"]
    # The source still names the version that it knows; the newest is what counts.
    report = deliver("market-registration", row)
    assert (report["applied"], report["confirmed"]) == (0, 1)


def test_a_licence_that_cannot_be_changed_now_waits_as_a_discrepancy(
    market: System, licence: dict[str, Any], deliver: Deliver
) -> None:
    """Reported lost: no change is possible. The authoritative value is not lost, it waits to be taken."""
    market.put("/api/v1/sources/market-registration", {**MARKET_FEED, "applies": True})
    market.post(
        f"/api/v1/licences/{licence['identifier']}/events",
        {"operation": "report_lost", "reason": "遗失"},
    )
    report = deliver("market-registration", (licence, {"premises": "示例路 8 号"}))
    assert (report["applied"], counts(report)[0]) == (0, 1)
    one = only_open(market)
    assert one["authoritative"]
    assert close(market, one, "take_source").status_code == 409
    assert only_open(market)["state"] == "open"
    market.post(
        f"/api/v1/licences/{licence['identifier']}/events", {"operation": "cancel_loss", "reason": "已找回"}
    )
    assert close(market, only_open(market), "take_source").status_code == 201


def test_taking_the_authoritative_value_changes_the_licence(
    market: System, licence: dict[str, Any], deliver: Deliver
) -> None:
    deliver("market-registration", (licence, {"premises": "示例路 8 号", "holder_name": "新字号（示例）"}))
    found = market.get("/api/v1/discrepancies").get_json()["discrepancies"]
    by_field = {one["field"]: one for one in found}
    assert set(by_field) == {"premises", "holder_name"}
    closed = close(
        market, by_field["premises"], "take_source", note="登记机关核准变更", by="孙经办"
    ).get_json()
    assert (closed["state"], closed["reason"]) == ("closed", "take_source")
    new = market.get(f"/api/v1/licences/{closed['identifier']}").get_json()
    assert (new["version"], new["fields"]["premises"]) == (2, "示例路 8 号")
    assert new["events"][0]["proposer"] == "孙经办"
    assert "登记机关核准变更" in new["events"][0]["reason"]


def test_a_value_kept_for_good_opens_nothing_again_but_another_value_does(
    market: System, licence: dict[str, Any], deliver: Deliver
) -> None:
    wrong = (licence, {"premises": "示例路 999 号"})
    deliver("taxation", wrong)
    assert close(market, only_open(market), "keep_library").status_code == 400
    assert close(market, only_open(market), "keep_library", note="实地核查").status_code == 201
    assert counts(deliver("taxation", wrong)) == (0, 0, 0, 1, 0)
    assert market.get("/api/v1/discrepancies").get_json()["discrepancies"] == []
    assert counts(deliver("taxation", (licence, {"premises": "示例路 1000 号"}))) == (0, 0, 1, 0, 0)
    one = only_open(market)
    assert [entry["step"] for entry in one["history"]] == ["opened", "closed", "reopened"]


def test_a_source_that_said_it_would_correct_itself_is_held_to_it(
    market: System, licence: dict[str, Any], deliver: Deliver
) -> None:
    wrong = (licence, {"premises": "示例路 999 号"})
    deliver("taxation", wrong)
    close(market, only_open(market), "corrected_at_source")
    assert counts(deliver("taxation", wrong)) == (0, 0, 1, 0, 0)
    right = (licence, {"premises": licence["fields"]["premises"]})
    assert counts(deliver("taxation", right)) == (0, 0, 0, 0, 1)
    one = only_open(market, "?state=closed")
    assert (one["reason"], one["state"]) == ("agreed", "closed")


def test_what_a_source_does_not_speak_of_stays_open(
    market: System, licence: dict[str, Any], deliver: Deliver
) -> None:
    deliver("taxation", (licence, {"premises": "示例路 999 号"}))
    report = deliver("taxation", (licence, {"residence": licence["fields"]["residence"]}))
    assert counts(report) == (0, 0, 0, 0, 0)
    assert only_open(market)["field"] == "premises"


def test_a_discrepancy_follows_the_licence_through_its_versions(
    market: System, licence: dict[str, Any], deliver: Deliver
) -> None:
    deliver("taxation", (licence, {"premises": "示例路 999 号"}))
    before = only_open(market)
    changed = market.post(
        f"/api/v1/licences/{licence['identifier']}/events",
        {"operation": "change", "reason": "变更负责人", "changes": {"fields": {"residence": "示例路 2 号"}}},
    ).get_json()
    assert counts(deliver("taxation", (licence, {"premises": "示例路 999 号"}))) == (0, 1, 0, 0, 0)
    after = only_open(market)
    assert after["id"] == before["id"]
    assert after["identifier"] == changed["successor"]["identifier"]


def test_whoever_closes_decides_on_what_he_saw(
    market: System, licence: dict[str, Any], deliver: Deliver
) -> None:
    deliver("market-registration", (licence, {"premises": "示例路 8 号"}))
    seen = only_open(market)
    deliver("market-registration", (licence, {"premises": "示例路 9 号"}))
    refused = close(market, seen, "take_source", revision=seen["revision"])
    assert refused.status_code == 409
    assert refused.get_json()["type"].endswith("discrepancy-changed")
    assert market.get(f"/api/v1/licences/{licence['identifier']}").get_json()["superseded_by"] is None


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"premises": ""}, "premises"),
        ({"business_form": "其他业态"}, "business_form"),
        ({"no_such_field": "x"}, "no_such_field"),
        ({"valid_until": "2026-13-01"}, "valid_until"),
        ({"holder_name": 5}, "holder_name"),
        ({"holders": [{"name": "甲", "code_type": "111", "number": "123"}]}, "number"),
    ],
)
def test_a_row_that_cannot_be_compared_is_named_and_the_others_count(
    licence: dict[str, Any],
    market: System,
    food: dict[str, Any],
    deliver: Deliver,
    *,
    fields: dict[str, Any],
    where: str,
) -> None:
    other = market.post("/api/v1/licences", food).get_json()
    report = deliver("taxation", (licence, fields), (other, {"premises": other["fields"]["premises"]}))
    assert (report["rows"], report["confirmed"], len(report["errors"])) == (2, 1, 1)
    assert report["errors"][0]["where"].startswith("/observations/0/fields")
    assert where in report["errors"][0]["where"]


def test_a_row_names_a_licence_by_its_printed_number(
    market: System, licence: dict[str, Any], feeds: None
) -> None:
    """After the licence was changed, the number means its newest version; a number that nobody has is named."""
    market.post(
        f"/api/v1/licences/{licence['identifier']}/events",
        {"operation": "change", "reason": "变更", "changes": {"fields": {"residence": "示例路 2 号"}}},
    )
    named = {
        "type": FOOD,
        "licence_number": licence["licence_number"],
        "fields": {"residence": "示例路 2 号"},
    }
    unknown = {**named, "licence_number": "JY00000000000000"}
    report = market.post(
        "/api/v1/sources/taxation/observations", {"observations": [named, unknown, {"fields": {"a": "b"}}]}
    ).get_json()
    assert (report["rows"], report["confirmed"]) == (3, 1)
    assert [error["where"] for error in report["errors"]] == [
        "/observations/2/type",
        "/observations/1/licence_number",
    ]


def test_operators_see_age_share_and_open_discrepancies(
    app: Any, market: System, licence: dict[str, Any], deliver: Deliver, issuer_clock: FixedClock
) -> None:
    deliver("taxation", (licence, {"premises": "示例路 999 号"}))
    deliver("market-registration", (licence, {"premises": licence["fields"]["premises"]}))
    market.get("/api/v1/sources")
    issuer_clock.advance(timedelta(minutes=10))
    seen = app.test_client().get("/metrics").get_data(as_text=True)
    label = f'{{authority="{MARKET.uscc}",source="market-registration"}}'
    assert f"elicence_source_age_seconds{label} 600.0" in seen
    assert f"elicence_source_confirmed_ratio{label} 1.0" in seen
    assert f"elicence_source_deliveries_total{label} 1.0" in seen
    assert f'elicence_discrepancies_open{{authority="{MARKET.uscc}",source="taxation"}} 1.0' in seen


def test_rows_of_unknown_ended_and_repeated_licences(
    market: System, police: System, driving: dict[str, Any], licence: dict[str, Any], deliver: Deliver
) -> None:
    foreign = police.post("/api/v1/licences", driving).get_json()
    fields = {"premises": licence["fields"]["premises"]}
    report = deliver("taxation", (foreign, fields), (licence, fields), (licence, fields))
    assert [error["where"] for error in report["errors"]] == [
        "/observations/0/identifier",
        "/observations/2",
    ]
    market.post(
        f"/api/v1/licences/{licence['identifier']}/events",
        {
            "operation": "deregister",
            "reason": "停业",
            "approval": {"proposer": "孙经办", "approver": "周审批"},
        },
    )
    report = deliver("taxation", (licence, {"premises": "示例路 999 号"}))
    assert (report["ended"], report["confirmed"], counts(report)) == (1, 0, (0, 0, 0, 0, 0))


def test_when_a_licence_ends_its_discrepancies_end_with_the_next_delivery(
    market: System, licence: dict[str, Any], deliver: Deliver
) -> None:
    deliver("taxation", (licence, {"premises": "示例路 999 号"}))
    approval = {"proposer": "孙经办", "approver": "周审批"}
    path = f"/api/v1/licences/{licence['identifier']}/events"
    market.post(path, {"operation": "deregister", "reason": "停业", "approval": approval})
    assert counts(deliver("taxation", (licence, {"premises": "示例路 999 号"}))) == (0, 0, 0, 0, 1)
    assert only_open(market, "?state=closed")["reason"] == "licence_ended"


def test_the_worker_measures_and_forgets_removed_sources(
    node: IssuerNode, market: System, licence: dict[str, Any], deliver: Deliver
) -> None:
    same = {"premises": licence["fields"]["premises"]}
    deliver("market-registration", (licence, same))
    deliver("taxation", (licence, same))
    market.delete("/api/v1/sources/taxation")
    (work,) = [one for one in periodic_work("issuer") if one.name == "issuer.source-staleness"]
    work.run(node, START)
    standing = node.sources.standing(MARKET.uscc, "market-registration")
    assert standing is not None
    assert standing.staleness is not None
    assert (standing.staleness.confirmed, standing.staleness.measured_at) == (1, START)
    assert node.database["source_confirmations"].distinct("source") == [f"{MARKET.uscc}/market-registration"]


def test_another_authority_sees_and_decides_nothing(
    market: System, police: System, licence: dict[str, Any], deliver: Deliver
) -> None:
    deliver("taxation", (licence, {"premises": "示例路 999 号"}))
    one = only_open(market)
    assert police.get("/api/v1/discrepancies").get_json()["discrepancies"] == []
    assert police.get(f"/api/v1/discrepancies/{one['id']}").status_code == 404
    assert close(police, one, "corrected_at_source").status_code == 404
    assert police.post("/api/v1/sources/taxation/observations", {"observations": []}).status_code == 404


def test_only_the_registered_system_delivers_for_a_source(
    app: Any, market: System, master_key: Any, feeds: None
) -> None:
    """source "taxation" is bound to the system "金税"; the authority's token "审批系统" posts for it → 403."""
    market.put("/api/v1/sources/taxation", {**_tax(), "system": "金税"})
    body = {"observations": [{"identifier": "x", "fields": {"premises": "y"}}]}
    assert market.post("/api/v1/sources/taxation/observations", body).status_code == 403
    right = System(app.test_client(), mint(master_key, "issuer", MARKET.uscc, at=START, system="金税"))
    assert right.post("/api/v1/sources/taxation/observations", body).status_code == 200


def test_a_change_by_another_departments_system_is_refused_and_becomes_a_discrepancy(
    app: Any, market: System, licence: dict[str, Any], master_key: Any, feeds: None
) -> None:
    """ "金税" is the tax office's system. It asks to change the premises (409, one discrepancy), to take a value away
    (409) and to extend (409). The authority's own system changes the same field: 201.
    """
    market.put("/api/v1/sources/taxation", {**_tax(), "system": "金税"})
    tax = System(app.test_client(), mint(master_key, "issuer", MARKET.uscc, at=START, system="金税"))
    path = f"/api/v1/licences/{licence['identifier']}/events"
    change = {
        "operation": "change",
        "reason": "税务核定",
        "changes": {"fields": {"premises": "示例路 999 号"}},
    }
    refused = tax.post(path, change)
    assert refused.status_code == 409
    assert refused.get_json()["type"].endswith("field-of-another-source")
    one = only_open(market)
    assert (one["field"], one["source_value"]) == ("premises", "示例路 999 号")
    assert tax.post(path, {"operation": "extend", "reason": "到期"}).status_code == 409
    again = market.get(f"/api/v1/licences/{licence['identifier']}").get_json()
    assert (again["state"], again["revision"]) == ("valid", 1)
    assert market.post(path, change).status_code == 201


def test_a_system_of_the_right_department_changes_a_licence(
    app: Any, market: System, licence: dict[str, Any], master_key: Any, feeds: None
) -> None:
    market.put("/api/v1/sources/market-registration", {**MARKET_FEED, "system": "登记系统"})
    feed = System(app.test_client(), mint(master_key, "issuer", MARKET.uscc, at=START, system="登记系统"))
    change = {"operation": "change", "reason": "核准", "changes": {"fields": {"premises": "示例路 8 号"}}}
    assert feed.post(f"/api/v1/licences/{licence['identifier']}/events", change).status_code == 201


def test_staleness_is_measured(
    node: IssuerNode,
    market: System,
    food: dict[str, Any],
    licence: dict[str, Any],
    deliver: Deliver,
    *,
    issuer_clock: FixedClock,
) -> None:
    """Two licences in force, one revoked; 4 hours expected. Confirmed at 0:00 and at 3:00; looked at at 5:00."""
    market.put("/api/v1/sources/market-registration", {**MARKET_FEED, "expected_every_hours": 4})
    other = market.post("/api/v1/licences", food).get_json()
    gone = market.post("/api/v1/licences", food).get_json()
    market.post(
        f"/api/v1/licences/{gone['identifier']}/events",
        {"operation": "revoke", "reason": "违法", "approval": {"proposer": "孙", "approver": "周"}},
    )
    same = {"premises": licence["fields"]["premises"]}
    deliver("market-registration", (licence, same))
    sources = {one["code"]: one for one in market.get("/api/v1/sources").get_json()["sources"]}
    fresh = sources["market-registration"]
    assert (fresh["staleness"]["licences"], fresh["staleness"]["confirmed"]) == (2, 1)
    assert fresh["staleness"]["share"] == 0.5
    assert sources["taxation"]["staleness"]["share"] is None
    assert sources["taxation"]["deliveries"]["timeliness"] == "never"
    issuer_clock.advance(timedelta(hours=3))
    deliver("market-registration", (other, same))
    issuer_clock.advance(timedelta(hours=2))
    (measured,) = [
        one
        for one in measure_staleness(node.sources, node.current_licences, issuer_clock.now())
        if one.source.code == "market-registration"
    ]
    assert measured.staleness is not None
    assert (measured.staleness.licences, measured.staleness.confirmed) == (2, 1)
    assert measured.age(issuer_clock.now()) == timedelta(hours=2)
    for hours, expected in ((0, "on_time"), (3, "late"), (4, "very_late")):
        issuer_clock.advance(timedelta(hours=hours))
        assert measured.timeliness(issuer_clock.now()).value == expected
    # A clock that steps back makes nothing younger than it is.
    assert measured.age(START) == timedelta(0)


@pytest.mark.parametrize(
    "change",
    [
        {"department": "no-such"},
        {"expected_every_hours": 0},
        {"types": ["11100000000013338W901"]},
        {"name": " "},
        {"name": "a\u0000b"},
        {"unknown": 1},
    ],
)
def test_a_source_that_cannot_be_registered(market: System, change: dict[str, Any]) -> None:
    refused = market.put("/api/v1/sources/market-registration", {**MARKET_FEED, **change})
    assert refused.status_code == 400
    for code in ("UPPER", "new", "own", "x", "a" * 41):
        assert market.put(f"/api/v1/sources/{code}", MARKET_FEED).status_code == 400


def test_a_source_is_taken_off_the_list_and_its_discrepancies_stay(
    market: System, licence: dict[str, Any], deliver: Deliver
) -> None:
    deliver("taxation", (licence, {"premises": "示例路 999 号"}))
    assert market.delete("/api/v1/sources/taxation").status_code == 204
    assert market.delete("/api/v1/sources/taxation").status_code == 404
    assert close(market, only_open(market), "corrected_at_source").status_code == 201


def test_pages_of_the_queue(
    node: IssuerNode, market: System, food: dict[str, Any], deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("issuer.discrepancies.views._PAGE", 2)
    licences = [market.post("/api/v1/licences", food).get_json() for _ in range(5)]
    deliver("taxation", *((one, {"premises": "示例路 999 号"}) for one in licences))
    seen: list[str] = []
    after = ""
    for _ in range(3):
        page = market.get(f"/api/v1/discrepancies?after={after}").get_json()
        seen += [one["identifier"] for one in page["discrepancies"]]
        after = page["next"]
    assert after is None
    assert sorted(seen) == sorted(one["identifier"] for one in licences)
    assert market.get("/api/v1/discrepancies?after=zzz").status_code == 400


def _tax() -> dict[str, Any]:
    return {"name": "税务登记系统", "department": "taxation", "expected_every_hours": 24}
