"""The page of a licence: its history over all versions, and where its copies went."""

from __future__ import annotations

from datetime import timedelta

from issuer.console.forms_out import forms_out, offers_named
from issuer.issuance.made_offers_store import MadeOffers
from issuer.status.entry import Entries
from issuer.status.store import NewCopies, StatusStore
from keys.lookup import LookupKey
from standards.status_list import StatusValue
from tests.support.clock import START


def test_every_version_shows_the_history_of_all(clerk, path):
    """Extended once: both pages tell both events, the newest version first, each linking to the other."""
    page = clerk.post(f"{path}/operations", operation="replace", reason="证件破损", ground="replace:damaged")
    assert "损毁：证件破损" in page or "损毁：证件破损" in clerk.get(path)
    old = clerk.get(path)
    for shown in (page, old):
        assert "第 1 版" in shown
        assert "第 2 版" in shown
        assert shown.index("第 2 版") < shown.index("第 1 版")
        assert "证件破损" in shown
        assert "新发" in shown
    assert f'href="{path}"' in page


def test_the_ground_of_another_operation_is_refused(clerk, path):
    """A form that pairs one operation with another's ground: nothing happens, what was typed stays."""
    page = clerk.post(
        f"{path}/operations", 400, operation="report_lost", reason="遗失", ground="revoke:other"
    )
    assert "所选依据属于另一种操作" in page
    assert ">遗失</textarea>" in page
    assert "挂失</strong>" not in clerk.get(path)


def test_an_offer_and_what_came_of_it_stand_on_the_page(clerk, path, node):
    """Offered → waits; copies given out → taken; suspended → the copies say so; no key and no reference is shown."""
    clerk.post(f"{path}/offers", holder="0", tx_code="1")
    identifier = path.rpartition("/")[2]
    [offer] = MadeOffers(node.database).of(identifier, ())
    page = clerk.get(path)
    assert "待领取" in page
    assert "有验证码" in page
    assert offer.reference not in page
    give(node, identifier, f"grant:{offer.reference}:0", START, 3)
    give(node, identifier, f"grant:{offer.reference}~0:0", START + timedelta(days=1), 2)
    node.database["issuance_offers"].update_one(
        {"_id": offer.reference},
        {
            "$set": {
                "state": "redeemed",
                "issuances.one": {"event": "credential_accepted", "told_at": START + timedelta(minutes=1)},
            }
        },
    )
    page = clerk.get(path)
    assert "已领取" in page
    assert "钱包确认已保存" in page
    assert "3 份" in page
    assert "自动更新，2 份" in page
    StatusStore(node.database).set_values(identifier, StatusValue.SUSPENDED, 9)
    assert "状态：暂停" in clerk.get(path)


def test_copies_whose_offer_is_gone_are_told_of_all_the_same(clerk, path, node):
    """Offers go after a day, copies stay as long as they live; those of a batch have no offer at all."""
    identifier = path.rpartition("/")[2]
    give(node, identifier, "grant:gone:0", START, 1)
    give(node, identifier, "batch:job:7", START, 4)
    page = clerk.get(path)
    assert page.count("已发出</span>") == 2
    assert "4 份" in page


def test_an_offer_that_nobody_took_is_over_after_its_time(node, clerk, path):
    licence = node.licences.find(path.rpartition("/")[2])
    clerk.post(f"{path}/offers", holder="0")
    offers = MadeOffers(node.database).of(str(licence.identifier), ())
    lookup: LookupKey = node.master_key.lookup_key()
    [waits] = forms_out(licence, offers, (), lookup, START)
    assert (waits.state.zh, waits.holder) == ("待领取", licence.holders[0].name)
    [over] = forms_out(licence, offers, (), lookup, START + timedelta(days=1))
    assert over.state.zh == "过期未领取"
    assert offers_named(()) == frozenset()


def give(node, identifier, use, at, copies):
    entries = Entries(1, tuple(range(100, 100 + copies)))
    made = NewCopies(identifier, entries, at, at + timedelta(days=30))
    StatusStore(node.database).insert_copies([(use, made)])
