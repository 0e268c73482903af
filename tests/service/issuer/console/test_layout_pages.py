"""Layouts at the console: drafted and looked at by a clerk, approved by another, then in force for that authority."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from issuer.catalogue.errors import TypeVersionChangedError, TypeVersionStateError
from issuer.catalogue.type_version import VersionState
from issuer.documents.faces.layouts import layout_of, layout_text
from issuer.documents.layouts.layout_desk import FRESH_SECONDS, LayoutDesk
from issuer.library.event import Actor
from issuer.node import IssuerNode
from service.demo.people import STAFF, DemoPerson
from standards.licence_types import LicenceType, load_catalogue
from tests.service.issuer.conftest import MARKET, POLICE
from tests.support.clock import START

CLERK, APPROVER, AUDITOR, ADMINISTRATOR = STAFF
TYPE = load_catalogue().by_code("11100000000013338W902")
ID_CARD = load_catalogue().by_code("11100000000013338W001")
DRIVING = load_catalogue().by_code("11100000000013338W901")
SignIn = Callable[[DemoPerson], Any]


def begun(clerk: Any, licence_type: LicenceType) -> tuple[str, str]:
    """Path of the open draft, and its revision."""
    clerk.post("/post", authority=POLICE.uscc)
    page = clerk.post(f"/layouts/{licence_type.code}/{licence_type.version}")
    action = re.search(r'action="(/layouts/[^"]+/\d+)"', page)
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert action is not None
    assert revision is not None
    return action[1], revision[1]


def retitled(licence_type: LicenceType, title: str) -> str:
    data = json.loads(layout_text(licence_type))
    blocks = (one for page in data["pages"] for one in page["blocks"])
    next(one for one in blocks if one["kind"] == "heading")["text"] = title
    return json.dumps(data, ensure_ascii=False, indent=1)


def test_a_layout_is_made_approved_and_in_force(sign_in: SignIn, node: IssuerNode) -> None:
    clerk = sign_in(CLERK)
    path, revision = begun(clerk, TYPE)
    text = retitled(TYPE, "行驶证（本机构版式）")
    saved = clerk.post(path, revision=revision, action="save", text=text)
    assert "已保存" in saved
    assert saved.count("data:image/png;base64,") == 2
    layouts = node.documents.layouts
    layouts.forget()
    assert layouts.of(POLICE.uscc, TYPE) == layout_of(TYPE)
    sent = clerk.post(path, revision=str(int(revision) + 1), action="propose", text=text)
    assert "待批准" in sent
    approver = sign_in(APPROVER)
    assert "已发布" in approver.post(f"{path}/decision", decision="publish")
    own = layouts.of(POLICE.uscc, TYPE)
    assert own.name == f"{POLICE.uscc}/{TYPE.code}-{TYPE.version}/{path.rsplit('/', 1)[1]}"
    assert own.pages[0].blocks[1].text == "行驶证（本机构版式）"
    assert layouts.of(MARKET.uscc, TYPE) == layout_of(TYPE)
    clerk.post(path, 400, revision="9", action="save", text=text)
    again, _ = begun(clerk, TYPE)
    assert again != path
    assert "行驶证（本机构版式）" in clerk.get(again)
    clerk.post(again, action="discard")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{\n"name": "x",\n"pages": [}', "第 3 行第 11 个字符"),
        ('{"name": "x", "name": "y"}', "出现两次"),
        ('{"name": NaN}', "NaN"),
        ("[" * 50_000, "JSON|嵌套"),
        (retitled(ID_CARD, "居民身份证").replace('"x": 6,', '"x": 600,', 1), "第 1 页第 2 块的 x"),
    ],
)
def test_a_mistake_is_kept_and_its_place_named(sign_in: SignIn, text: str, said: str) -> None:
    clerk = sign_in(CLERK)
    path, revision = begun(clerk, ID_CARD)
    page = clerk.post(path, 400, revision=revision, action="propose", text=text)
    assert re.search(said, page)
    assert text[:40].splitlines()[0] in page
    assert "草案" in clerk.get(path)


def test_the_preview_draws_what_is_typed_and_keeps_nothing(sign_in: SignIn, node: IssuerNode) -> None:
    clerk = sign_in(CLERK)
    clerk.post("/post", authority=POLICE.uscc)
    before = node.documents.layouts.store.of_owner(POLICE.uscc)
    path = f"/layouts/{DRIVING.code}/{DRIVING.version}/preview"
    drawn = json.loads(clerk.post(path, text=layout_text(DRIVING)))
    assert len(drawn["pictures"]) == 2
    wrong = json.loads(clerk.post(path, text="{"))
    assert "第 1 行" in wrong["error"]
    assert node.documents.layouts.store.of_owner(POLICE.uscc) == before


def test_nobody_approves_his_own_layout_and_one_can_be_sent_back(sign_in: SignIn) -> None:
    approver = sign_in(APPROVER)
    path, revision = begun(approver, DRIVING)
    approver.post(path, revision=revision, action="propose", text=layout_text(DRIVING))
    assert "编制人不能批准自己的草案" in approver.post(f"{path}/decision", 400, decision="publish")
    approver.post(f"{path}/decision", 400, decision="send_back", reason="")
    approver.post(f"{path}/decision", decision="send_back", reason="标题太小")
    assert "已退回：标题太小" in approver.get(path)


def test_roles_and_authorities(sign_in: SignIn) -> None:
    auditor = sign_in(AUDITOR)
    assert "居民身份证" in auditor.get("/layouts")
    address = f"/layouts/{DRIVING.code}/{DRIVING.version}"
    auditor.post(address, 403)
    sign_in(ADMINISTRATOR).get("/layouts", 403)
    clerk = sign_in(CLERK)
    path, _ = begun(clerk, DRIVING)
    assert auditor.get(path)
    clerk.post("/post", authority=MARKET.uscc)
    clerk.get(path, 404)
    clerk.post(address, 404)
    clerk.get("/layouts/11100000000013338W901/7/picture.png", 404)


def test_two_who_save_at_once(node: IssuerNode) -> None:
    layouts, by = node.documents.layouts, Actor("王经办", "a")
    food = load_catalogue().by_code("11100000MB0143028R901")
    draft = layouts.begin(MARKET.uscc, food, by=by, at=START)
    assert layouts.begin(MARKET.uscc, food, by=by, at=START) == draft
    layouts.edit(draft, "{}", by=by, at=START)
    with pytest.raises(TypeVersionChangedError):
        layouts.edit(draft, "[]", by=by, at=START)
    with pytest.raises(TypeVersionStateError):
        layouts.publish(draft, food, by=by, at=START)


def test_another_process_sees_a_new_layout_within_a_second(node: IssuerNode) -> None:
    now = [0.0]
    writer = node.documents.layouts
    reader = LayoutDesk(writer.store, lambda: now[0])
    business = load_catalogue().by_code("11100000MB0143028R001")
    assert reader.of(MARKET.uscc, business) == layout_of(business)
    author, second = Actor("王经办", "a"), Actor("李审批", "b")
    draft = writer.begin(MARKET.uscc, business, by=author, at=START)
    sent = writer.propose(draft, business, by=author, at=START + timedelta(minutes=1))
    done = writer.publish(sent, business, by=second, at=START + timedelta(minutes=2))
    assert done.state is VersionState.PUBLISHED
    assert reader.of(MARKET.uscc, business).name == layout_of(business).name
    now[0] += FRESH_SECONDS
    assert reader.of(MARKET.uscc, business).name.startswith(MARKET.uscc)
