"""The catalogue at the console: a clerk makes a type in the form, an approver publishes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Flask

from issuer.catalogue.draft_shape import _SHAPE
from issuer.node import IssuerNode
from service.api_tokens import mint
from service.demo.people import STAFF, DemoPerson
from tests.service.issuer.conftest import MARKET, POLICE
from tests.support.made_types import bee_permit, inputs_of

CLERK, APPROVER, AUDITOR, ADMINISTRATOR = STAFF
SignIn = Callable[[DemoPerson], Any]


def clerk_at_police(sign_in: SignIn) -> Any:
    clerk = sign_in(CLERK)
    clerk.post("/post", authority=POLICE.uscc)
    return clerk


def new_draft(clerk: Any) -> tuple[str, str]:
    """Path of a fresh draft, and its revision."""
    page = clerk.post("/catalogue")
    action = re.search(r'action="(/catalogue/[^"]+/versions/1)"', page)
    assert action is not None
    return action[1], "1"


def filled(data: dict[str, Any], revision: str, action: str) -> dict[str, Any]:
    return dict(inputs_of(data)) | {"revision": revision, "action": action, "fields.4.mask": "number"}


def test_a_type_is_made_checked_approved_and_published(sign_in: SignIn, node: IssuerNode) -> None:
    clerk = clerk_at_police(sign_in)
    path, revision = new_draft(clerk)
    refused = clerk.post(path, **filled(bee_permit(name={"zh": "", "en": ""}), revision, "propose"))
    assert refused.count('class="field__error"') == 2
    assert "草案" in refused
    sent = clerk.post(path, **filled(bee_permit(), "2", "propose"))
    assert "待批准" in sent
    approver = sign_in(APPROVER)
    assert "养蜂许可证（示例）" in approver.get("/catalogue")
    published = approver.post(f"{path}/decision", decision="publish")
    assert "已发布" in published
    assert "蜂场地点" in published
    code = path.split("/")[2]
    found = node.catalogue.by_code(code)
    field = found.field("contact_number")
    assert field is not None
    assert field.mask is not None
    assert field.mask.apply("13800000000") == "138****0000"
    authority = node.authorities.find(POLICE.uscc)
    assert authority is not None
    assert code in authority.licence_types


def test_a_draft_that_somebody_else_saved_keeps_what_was_typed(sign_in: SignIn) -> None:
    clerk = clerk_at_police(sign_in)
    path, revision = new_draft(clerk)
    clerk.post(path, **filled(bee_permit(), revision, "save"))
    late = clerk.post(
        path, 400, **filled(bee_permit(description={"zh": "后写的", "en": "late"}), revision, "save")
    )
    assert "后写的" in late


def test_an_approver_sends_back_with_a_reason(sign_in: SignIn) -> None:
    clerk = clerk_at_police(sign_in)
    path, revision = new_draft(clerk)
    clerk.post(path, **filled(bee_permit(), revision, "propose"))
    approver = sign_in(APPROVER)
    approver.post(f"{path}/decision", 400, decision="send_back", reason="")
    approver.post(f"{path}/decision", decision="send_back", reason="名称应与规范一致")
    assert "已退回：名称应与规范一致" in clerk.get(path)


def test_who_drafted_does_not_publish(sign_in: SignIn) -> None:
    """The approver of this authority is a clerk as well: own draft, own approval, refused."""
    approver = sign_in(APPROVER)
    path, revision = new_draft(approver)
    approver.post(path, **filled(bee_permit(), revision, "propose"))
    assert "编制人不能批准自己的草案" in approver.post(f"{path}/decision", 400, decision="publish")


def test_roles_decide_who_may_what(sign_in: SignIn) -> None:
    auditor, administrator = sign_in(AUDITOR), sign_in(ADMINISTRATOR)
    assert "新建证照类型" not in auditor.get("/catalogue")
    assert "居民身份证" in administrator.get("/catalogue")
    auditor.post("/catalogue", 403)
    administrator.post("/catalogue", 403)


def test_another_authoritys_draft_is_not_found(sign_in: SignIn) -> None:
    clerk = sign_in(CLERK)
    clerk.post("/post", authority=MARKET.uscc)
    path, _ = new_draft(clerk)
    sign_in(APPROVER).get(path, 404)


def test_every_type_has_its_page(sign_in: SignIn, node: IssuerNode) -> None:
    auditor = sign_in(AUDITOR)
    for licence_type in node.catalogue.all():
        page = auditor.get(f"/catalogue/{licence_type.code}")
        assert licence_type.name.zh in page
        assert all(field.label.zh in page for field in licence_type.fields)


def test_colours_of_a_draft_are_served_as_a_class_and_nothing_else_is(sign_in: SignIn) -> None:
    clerk = clerk_at_police(sign_in)
    assert ".type--5b3b00-ffffff{background:#5b3b00;color:#ffffff}" in clerk.get(
        "/catalogue/colours.css?more=5b3b00-ffffff"
    )
    assert "evil" not in clerk.get("/catalogue/colours.css?more=ffffff}evil{-ffffff")


def test_a_withdrawal_is_asked_for_and_approved_by_two(sign_in: SignIn, node: IssuerNode) -> None:
    clerk, approver = clerk_at_police(sign_in), sign_in(APPROVER)
    path, revision = new_draft(clerk)
    clerk.post(path, **filled(bee_permit(), revision, "propose"))
    approver.post(f"{path}/decision", decision="publish")
    code = path.split("/")[2]
    clerk.post(f"/catalogue/{code}/withdrawal", 400, reason=" ")
    assert "待批准：停用此类型" in clerk.post(f"/catalogue/{code}/withdrawal", reason="改由备案管理")
    assert "已停用" in approver.post(f"/catalogue/{code}/withdrawal/decision", decision="approve")
    assert node.catalogue.is_withdrawn(code)


def test_a_draft_from_a_system_can_be_opened_and_mended_whatever_it_lacks(
    app: Flask, node: IssuerNode, sign_in: SignIn
) -> None:
    """Each member left out, then given as a text and as a strange object → refused with its place, or a draft whose form
    opens; never a page that cannot be shown.
    """
    clerk = clerk_at_police(sign_in)
    token = mint(node.master_key, "issuer", POLICE.uscc, at=node.clock.now())
    whole = {**bee_permit(), "inspection": {"name": {"zh": "年检", "en": "Inspection"}, "every_months": 12}}
    for name in (*_SHAPE, "inspection"):
        missing = {member: value for member, value in whole.items() if member != name}
        for content in (missing, {**whole, name: "s"}, {**whole, name: {"x": 1}}, {**whole, name: [1]}):
            answer = app.test_client().post(
                "/api/v1/catalogue", json={"type": content}, headers={"Authorization": f"Bearer {token}"}
            )
            if answer.status_code == 400:
                assert f"/{name}" in answer.get_json()["where"]
                continue
            assert answer.status_code == 201, answer.text
            code, version = answer.get_json()["code"], answer.get_json()["version"]
            assert "</form>" in clerk.get(f"/catalogue/{code}/versions/{version}")
            clerk.post(f"/catalogue/{code}/versions/{version}/removal")
