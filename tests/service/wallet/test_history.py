"""The use log over the real store: chained, kept three years, found, exported; and complaints about its lines."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest

from standards.text import Text
from tests.support.asking_peer import ITEM
from tests.support.wallet_world import (
    IDENTITY_CARD,
    LI,
    VERIFIER_NAME,
    Browser,
    WalletWorld,
    identity_claims,
    query_for,
)
from wallet.complaints.periodic import look_at_complaints
from wallet.history.chain import kept_until
from wallet.history.entry import Entry, EntryKind, new_entry_id
from wallet.history.outside_uses import note_outside_uses

QUERY = query_for(IDENTITY_CARD, "holder_name", "birth_date")
BASIS = {"kind": "statutory", "law": {"zh": "《食品安全法》第三十五条", "en": "Food Safety Law article 35"}}


@pytest.fixture
def shown(world: WalletWorld, zhang: Browser) -> dict[str, Any]:
    """One licence received, and shown once for an item that names its ground."""
    assert zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims())).status_code == 201
    item = ITEM | {"basis": BASIS, "retention": {"zh": "保存 6 年", "en": "For 6 years"}}
    link, _ = world.verifier.ask(QUERY, item=item)
    view = zhang.post("/api/v1/requests", {"uri": link}).json
    assert view["item"]["basis"] == BASIS
    assert zhang.post(f"/api/v1/requests/{view['id']}/consent").status_code == 200
    return zhang.uses()[0]


def holder_of(world: WalletWorld) -> Any:
    from service.web.sign_in import Person
    from tests.support.wallet_world import ZHANG
    from wallet.accounts.open_account import open_account

    node = world.node
    person = Person(ZHANG.code_type, ZHANG.number, ZHANG.name, ZHANG.subject, "https://provider.example", "")
    return open_account(
        person,
        store=node.accounts,
        lookup_key=node.lookup_key,
        envelope=node.account_envelope,
        at=world.clock.now(),
    )


def test_a_show_leaves_a_receipt_with_its_ground(zhang: Browser, shown: dict[str, Any]) -> None:
    assert shown["basis"] == BASIS
    assert shown["retention"]["zh"] == "保存 6 年"
    assert shown["actor"] is None
    assert shown["credentials"] == [zhang.credentials()[0]["id"]]
    receipt = zhang.get(f"/api/v1/log/{shown['id']}").json
    assert receipt == shown
    page = zhang.page(f"/log/{shown['id']}?lang=zh").text
    for told in (
        shown["number"],
        "《食品安全法》第三十五条",
        "法定职责",
        "保存 6 年",
        "张小明",
        VERIFIER_NAME.zh,
    ):
        assert told in page


def test_the_log_is_found_by_kind_licence_words_and_day(zhang: Browser, shown: dict[str, Any]) -> None:
    def kinds(query: str) -> list[str]:
        return [use["kind"] for use in zhang.get(f"/api/v1/log?{query}").json["uses"]]

    assert kinds("") == ["sharing", "received"]
    assert kinds("group=shown") == ["sharing"]
    assert kinds("group=licences") == ["received"]
    assert kinds("group=complaints") == []
    assert kinds(f"licence={shown['credentials'][0]}") == ["sharing"]
    assert kinds("licence=nothing") == []
    assert kinds(f"words={shown['number']}") == ["sharing"]
    assert kinds("until=2020-01-01") == []
    assert zhang.get("/api/v1/log?group=nonsense").status_code == 400
    assert zhang.get("/api/v1/log?since=soon").status_code == 400
    assert "没有符合的记录" in zhang.page("/log?words=没有这个词&lang=zh").text


def test_pages_of_the_log_lead_on_and_lose_nothing(world: WalletWorld, zhang: Browser) -> None:
    zhang.get("/api/v1/log")
    holder = holder_of(world)
    for number in range(120):
        world.node.use_log.append(
            holder,
            Entry(
                new_entry_id(), world.clock.now(), EntryKind.GRANT_GIVEN, f"g{number}", told=Text("甲", "a")
            ),
        )
    seen: list[str] = []
    query = ""
    for _ in range(10):
        answer = zhang.get(f"/api/v1/log?group=rights{query}").json
        seen += [use["about"] for use in answer["uses"]]
        if answer["next"] is None:
            break
        after = answer["next"]
        query = f"&before={after['before'].replace('+', '%2B')}&line={after['line']}"
    assert sorted(seen) == sorted(f"g{number}" for number in range(120))


def test_the_export_holds_every_use_and_no_formula(
    world: WalletWorld, zhang: Browser, shown: dict[str, Any]
) -> None:
    """An item named =HYPERLINK(…) → a cell that a spreadsheet reads as words."""
    bad = {"code": "SX-9", "name": {"zh": "=HYPERLINK(1)", "en": "=HYPERLINK(1)"}}
    link, _ = world.verifier.ask(QUERY, item=bad)
    view = zhang.post("/api/v1/requests", {"uri": link}).json
    zhang.post(f"/api/v1/requests/{view['id']}/refuse")
    exported = zhang.page("/log/export?format=csv&lang=zh")
    assert exported.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(exported.get_data().decode("utf-8-sig"))))
    assert len(rows) == 1 + len(zhang.uses())
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)
    assert any("'=HYPERLINK(1)" in row for row in rows)
    whole = zhang.page("/log/export?format=json")
    assert [use["id"] for use in whole.json["uses"]] == [use["id"] for use in zhang.uses()]
    assert zhang.page("/log/export?format=exe").status_code == 400
    assert shown["number"] in zhang.page("/log/print?lang=zh").text


def test_a_line_that_is_taken_out_of_the_store_is_noticed(
    world: WalletWorld, zhang: Browser, shown: dict[str, Any]
) -> None:
    """The line of the show is deleted → the log says that it is not whole; so for the newest line."""
    assert zhang.get("/api/v1/log/integrity").json == {"whole": True, "lines": 3, "broken_at": None}
    rows = world.node.database["use_log"]
    newest = rows.find_one(sort=[("sequence", -1)])
    assert newest is not None
    rows.delete_one({"account_id": newest["account_id"], "_id": newest["_id"]})
    assert zhang.get("/api/v1/log/integrity").json["broken_at"] == 3
    assert "您的记录不完整" in zhang.page("/log?lang=zh").text
    zhang.get("/api/v1/log")
    holder = holder_of(world)
    world.node.use_log.append(holder, Entry(new_entry_id(), world.clock.now(), EntryKind.REMOVED, "h"))
    assert zhang.get("/api/v1/log/integrity").json["broken_at"] == 3, "a new line must not close the gap"
    rows.insert_one(newest)
    assert zhang.get("/api/v1/log/integrity").json["whole"] is True
    rows.delete_one({"account_id": newest["account_id"], "_id": shown["id"]})
    assert zhang.get("/api/v1/log/integrity").json["broken_at"] == 2


def test_a_line_moved_to_another_instant_is_noticed(
    world: WalletWorld, zhang: Browser, shown: dict[str, Any]
) -> None:
    """The store's plain instant of a line is set back by a month → not whole."""
    rows = world.node.database["use_log"]
    row = rows.find_one({"_id": shown["id"]})
    assert row is not None
    at = row["at"] - timedelta(days=30)
    rows.update_one({"account_id": row["account_id"], "_id": row["_id"]}, {"$set": {"at": at}})
    assert zhang.get("/api/v1/log/integrity").json["whole"] is False


def test_lines_are_forgotten_after_three_years_and_the_chain_stays_whole(
    world: WalletWorld, zhang: Browser, shown: dict[str, Any]
) -> None:
    """What the TTL index takes away when its years are over is no gap."""
    rows = world.node.database["use_log"]
    ttl = [index for index in rows.index_information().values() if "expireAfterSeconds" in index]
    assert [(index["key"], index["expireAfterSeconds"]) for index in ttl] == [([("purge_at", 1)], 0)]
    for row in rows.find():
        assert row["purge_at"] == kept_until(row["noted_at"])
    account = rows.find_one({"_id": shown["id"]})["account_id"]  # type: ignore[index]
    later = kept_until(world.clock.now()) + timedelta(days=1)
    rows.delete_many({"account_id": account, "purge_at": {"$lte": later}})
    world.clock.set(later)
    holder = holder_of(world)
    world.node.use_log.append(holder, Entry(new_entry_id(), later, EntryKind.REMOVED, "h"))
    found = world.node.use_log.check(holder, later)
    assert (found.is_whole, found.lines) == (True, 1)


def test_uses_without_the_holder_are_entered_once(
    world: WalletWorld, zhang: Browser, shown: dict[str, Any]
) -> None:
    """An issuer tells of a search by a department, twice → one line; a complaint goes to the issuer's own origin only."""
    told = {
        "id": "search-1",
        "at": (world.clock.now() - timedelta(days=2)).isoformat(),
        "kind": "viewed",
        "department": {
            "code": "11510100MB9901016M",
            "name": {"zh": "某派出所（示例）", "en": "A police station"},
            "division": "330100",
        },
        "cause": "办理户籍业务",
        "basis": BASIS,
        "licence": {"identifier": "1.2.156", "name": {"zh": "居民身份证", "en": "Identity card"}},
    }
    answer = {"uses": [told], "complaints": "https://evil.example/desk", "next": None}
    holder = holder_of(world)
    counts = [
        note_outside_uses(world.node, holder, issuer=world.issuer.identifier, answer=answer) for _ in range(2)
    ]
    assert counts == [1, 0]
    [use] = zhang.get("/api/v1/log?group=outside").json["uses"]
    assert (
        use["sentence"]["zh"]
        == "某派出所（示例）（浙江省杭州市）在证照库中查看了您的居民身份证（未经您出示）。"
    )
    assert use["complaints"] is None
    assert zhang.get("/api/v1/log/integrity").json["whole"] is True
    assert shown["id"] in [one["id"] for one in zhang.uses()]


@pytest.mark.parametrize(
    "answer", [{}, {"uses": [{}]}, {"uses": [{"id": "x", "at": "never"}]}, [], {"uses": "all"}]
)
def test_a_malformed_answer_about_uses_enters_nothing(
    world: WalletWorld, zhang: Browser, answer: Any
) -> None:
    from wallet.history.errors import InvalidOutsideUsesError

    zhang.get("/api/v1/log")
    with pytest.raises(InvalidOutsideUsesError):
        note_outside_uses(world.node, holder_of(world), issuer=world.issuer.identifier, answer=answer)
    assert zhang.uses() == []


def complain(browser: Browser, use: dict[str, Any], **changes: str) -> Any:
    fields = {"cause": "too-much", "words": "要的太多了。", "contact": ""} | changes
    return browser.submit(f"/log/{use['id']}/complaint", **fields)


def test_a_complaint_is_filed_answered_and_closed(
    world: WalletWorld, zhang: Browser, shown: dict[str, Any]
) -> None:
    form = zhang.page(f"/log/{shown['id']}/complaint?lang=zh").text
    assert shown["number"] in form
    filed = complain(zhang, shown)
    assert filed.status_code == 303
    [(complaint_id, kept)] = world.verifier.complaints.items()
    assert kept["filing"]["number"] == shown["number"]
    assert "张小明" not in str(kept["filing"])
    assert "对方已受理" in zhang.page(f"{filed.location}?lang=zh").text
    assert complain(zhang, shown, words="再来一次").location == filed.location
    assert len(world.verifier.complaints) == 1

    world.verifier.answer(complaint_id, "upheld", "已纠正。")
    world.clock.advance(timedelta(minutes=11))
    assert look_at_complaints(world.node, world.clock.now()) == 1
    [answered] = [use for use in zhang.uses() if use["kind"] == "complaint-answered"]
    assert "投诉成立" in answered["sentence"]["zh"]
    assert "已纠正。" in zhang.page(f"{filed.location}?lang=zh").text
    assert zhang.submit(f"{filed.location}/closure", satisfied="yes").status_code == 303
    assert [one["state"] for one in zhang.get("/api/v1/complaints").json["complaints"]] == ["closed"]
    assert look_at_complaints(world.node, world.clock.now() + timedelta(days=9)) == 0


def test_a_complaint_is_kept_while_the_desk_is_away(
    world: WalletWorld, zhang: Browser, shown: dict[str, Any]
) -> None:
    world.verifier.desk_is_closed = True
    filed = complain(zhang, shown)
    assert "还没有送达" in zhang.page(f"{filed.location}?lang=zh").text
    world.verifier.desk_is_closed = False
    zhang.submit(f"{filed.location}/sending")
    assert len(world.verifier.complaints) == 1
    zhang.submit(f"{filed.location}/withdrawal")
    assert [one["state"] for one in zhang.get("/api/v1/complaints").json["complaints"]] == ["withdrawn"]
    kinds = [use["kind"] for use in zhang.get("/api/v1/log?group=complaints").json["uses"]]
    assert kinds == ["complaint-withdrawn", "complaint-sent"]


def test_a_form_keeps_what_was_typed(zhang: Browser, shown: dict[str, Any]) -> None:
    again = complain(zhang, shown, cause="", words="写了很久的话")
    assert again.status_code == 400
    assert "写了很久的话" in again.text
    assert complain(zhang, shown, cause="other", words="").status_code == 400


def test_a_line_without_a_desk_says_where_else(zhang: Browser, shown: dict[str, Any]) -> None:
    [received] = [use for use in zhang.uses() if use["kind"] == "received"]
    assert "12345" in zhang.page(f"/log/{received['id']}/complaint?lang=zh").text
    refused = complain(zhang, received)
    assert refused.status_code == 409
    assert shown["complaints"] is not None


def test_another_person_reaches_no_line_receipt_or_complaint(
    world: WalletWorld, zhang: Browser, shown: dict[str, Any]
) -> None:
    """李小红 takes the ids of 张小明's line and complaint into each address → 404, nothing filed, nothing told."""
    complaint = complain(zhang, shown).location
    li = world.sign_in(LI)
    for path in (f"/log/{shown['id']}", f"/log/{shown['id']}/complaint", complaint):
        answer = li.page(path)
        assert answer.status_code == 404
        assert "张小明" not in answer.text
    assert li.get(f"/api/v1/log/{shown['id']}").status_code == 404
    assert li.post("/api/v1/complaints", {"use": shown["id"], "cause": "not-me"}).status_code == 404
    for step in ("withdrawal", "closure", "sending"):
        assert li.submit(f"{complaint}/{step}", satisfied="yes").status_code == 404
    assert [one["standing"]["state"] for one in world.verifier.complaints.values()] == ["received"]


def test_forms_need_the_proof_of_this_session_and_pages_cannot_be_framed(
    world: WalletWorld, zhang: Browser, shown: dict[str, Any]
) -> None:
    """A foreign page posts the form, or shows ours in a frame → 403, frame-ancestors 'none'."""
    forged = zhang.client.post(f"/log/{shown['id']}/complaint", data={"cause": "not-me"})
    assert forged.status_code == 403
    assert world.verifier.complaints == {}
    for path in (f"/log/{shown['id']}/complaint", f"/log/{shown['id']}", "/complaints"):
        assert "frame-ancestors 'none'" in zhang.page(path).headers["Content-Security-Policy"]


def test_words_in_the_log_are_words(world: WalletWorld, zhang: Browser, shown: dict[str, Any]) -> None:
    """An item's name with markup and a purpose with line breaks: escaped on the pages; a broken line is no item."""
    markup = {"code": "SX-2", "name": {"zh": "<script>x()</script>", "en": "<b>x</b>"}}
    broken = {"code": "SX-3", "name": {"zh": "好事项\n2026 已出示", "en": "x"}}
    for item, told in ((markup, True), (broken, False)):
        link, _ = world.verifier.ask(QUERY, item=item)
        view = zhang.post("/api/v1/requests", {"uri": link}).json
        assert (view["item"] is not None) == told
        zhang.post(f"/api/v1/requests/{view['id']}/refuse")
    assert shown["id"]
    for page in ("/log?lang=zh", "/log/print?lang=zh"):
        text = zhang.page(page).text
        assert "<script>x()" not in text
        assert re.search(r"&lt;script&gt;x\(\)", text)


def test_a_memory_that_lags_behind_costs_nothing_but_a_look(
    world: WalletWorld, zhang: Browser, shown: dict[str, Any]
) -> None:
    """A process died between a line and the note of it: the next line finds its place, and the log is whole."""
    heads = world.node.database["use_log_heads"]
    before = heads.find_one()
    assert before is not None
    holder = holder_of(world)
    for _ in range(2):
        world.node.use_log.append(holder, Entry(new_entry_id(), world.clock.now(), EntryKind.REMOVED, "h"))
    heads.replace_one({"_id": before["_id"]}, before)
    world.node.use_log.append(holder, Entry(new_entry_id(), world.clock.now(), EntryKind.REMOVED, "h"))
    assert zhang.get("/api/v1/log/integrity").json == {"whole": True, "lines": 6, "broken_at": None}
    assert shown["id"]


def test_the_code_on_a_refusal_opens_the_complaint_about_that_use(
    world: WalletWorld, zhang: Browser, shown: dict[str, Any]
) -> None:
    """The window's own name of the request leads to the line; cause and first words are there; nobody else gets anywhere."""
    entry = world.node.use_log.get(holder_of(world), shown["id"])
    assert entry.counterpart is not None
    name = entry.counterpart.reference.rpartition("/")[2]
    page = zhang.page(f"/complaints/refused?use={name}&lang=zh")
    assert page.status_code == 303
    assert page.headers["Location"].partition("&")[0] == f"/log/{shown['id']}/complaint?refused=1"
    form = zhang.page(page.headers["Location"] + "&lang=zh").text
    assert re.search(r'value="not-accepted" selected', form)
    assert "不予受理的决定" in form
    assert "selected" not in zhang.page(f"/log/{shown['id']}/complaint").text, "only where a refusal led here"
    assert zhang.page("/complaints/refused").status_code == 404
    assert zhang.page("/complaints/refused?use=unknown").status_code == 404
    assert world.sign_in(LI).page(f"/complaints/refused?use={name}").status_code == 404
