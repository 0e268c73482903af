"""An administrator enrols and removes staff; nobody else does, and nobody changes his own post."""

from __future__ import annotations

import re

import pytest

from issuer.staff import StaffRole
from service.demo.people import CITIZENS
from tests.service.issuer.conftest import MARKET, POLICE
from tests.service.issuer.console.conftest import WINDOW_APPROVER

PERSON = CITIZENS[1]
FORM = {"name": "新经办", "code_type": PERSON.code_type, "number": PERSON.number}


def members(node):
    return {member.name: member for member in node.staff.staff_of(POLICE.uscc)}


def test_a_person_is_enrolled_gets_other_roles_and_is_removed(administrator, node, sign_in):
    """With the next request after each of the three, the person may do what the post says."""
    page = administrator.post("/staff", roles="clerk", **FORM)
    assert "已登记：新经办" in page
    assert PERSON.number not in page
    person = sign_in(PERSON)
    assert "证照" in person.get("/find")
    person.get("/searches", 403)
    administrator.post("/staff", roles="auditor", **FORM)
    assert members(node)["新经办"].roles == {StaffRole.AUDITOR}
    assert "查询记录" in person.get("/searches")
    assert "已移除" in administrator.post(f"/staff/{members(node)['新经办'].id}/remove")
    assert "新经办" not in members(node)
    assert "您还不是颁发机构的工作人员" in person.get("/")
    person.get("/find", 303)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": " "}, "请填写姓名"),
        ({"number": "990101198805120017"}, "校验"),
        ({"number": ""}, "field__error"),
        ({"code_type": "000"}, "field__error"),
        ({"roles": "emperor"}, "至少需要一个角色"),
    ],
)
def test_a_wrong_enrolment_keeps_what_was_typed(administrator, node, change, words):
    before = set(members(node))
    page = administrator.post("/staff", 400, **{**FORM, "roles": "clerk", **change})
    assert words in page
    assert 'name="name" required' in page
    assert set(members(node)) == before


def test_nobody_changes_his_own_post(administrator, node):
    """One administrator gives himself the role of a clerk, or removes himself: both are refused."""
    own = members(node)[WINDOW_APPROVER.name]
    form = {
        "name": WINDOW_APPROVER.name,
        "code_type": WINDOW_APPROVER.code_type,
        "number": WINDOW_APPROVER.number,
    }
    assert "不能变更自己的岗位" in administrator.post("/staff", 400, roles="clerk", **form)
    assert "不能变更自己的岗位" in administrator.post(f"/staff/{own.id}/remove", 400)
    assert members(node)[WINDOW_APPROVER.name].roles == {StaffRole.ADMINISTRATOR}
    assert not re.search(rf"/staff/{own.id}/remove", administrator.get("/staff"))


def test_staff_of_another_authority_is_out_of_reach(administrator, node, clerk):
    foreign = node.staff.staff_of(MARKET.uscc)[0]
    administrator.post(f"/staff/{foreign.id}/remove", 404)
    assert foreign in node.staff.staff_of(MARKET.uscc)


@pytest.mark.parametrize("role", ["clerk", "approver", "auditor"])
def test_only_administrators_see_the_page(request, role):
    one = request.getfixturevalue(role)
    one.get("/staff", 403)
    one.post("/staff", 403, roles="clerk", **FORM)
    one.post("/staff/x/remove", 403)
    assert 'href="/staff"' not in one.get("/")


def test_what_the_roles_may_do_stands_on_the_page(administrator):
    page = administrator.get("/staff")
    for role in StaffRole:
        assert f'value="{role.value}"' in page
    assert "限制权利的操作须两人办理" in page
