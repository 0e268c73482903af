"""Cases at the window: opened by asking, decided, approved by somebody else, handed to whom they belong."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from standards.verification_report import Indication
from tests.service.verifier.test_kiosk import start as start_at_kiosk
from tests.service.verifier.test_pages import request_link, start
from tests.service.verifier.test_terminals import enrolled
from tests.support.verifier_world import COMPANY, IDENTITY, IDENTITY_CARD, Clerk, VerifierWorld
from verifier.acceptance.check_record import check_record_file
from verifier.acceptance.record_file import parse_record_file
from verifier.cases.case import Case, State
from verifier.cases.periodic import lapse_overdue
from verifier.items import load_items

FORMS = {"Accept": "text/html"}


def case_of(world: VerifierWorld, path: str) -> Case:
    """The case of a presentation's page."""
    found = world.node.presentations.find(path.rsplit("/", 1)[1])
    assert found
    case = world.node.cases.find(found.asked.case or "")
    assert case
    return case


def shown(world: VerifierWorld, clerk: Clerk, item: str = "food-business-licence", *held: Any) -> str:
    """Ask and show; answers the path of the verdict."""
    path = start(clerk, item)
    world.wallet(*held).show(request_link(clerk.page(path)))
    return path


def accepted(world: VerifierWorld, clerk: Clerk) -> Case:
    path = shown(world, clerk)
    assert clerk.submit(f"{path}/decision", decision="accept").status_code == 303
    return case_of(world, path)


def test_asking_opens_a_case_that_ticks_itself(world: VerifierWorld) -> None:
    clerk = world.sign_in()
    path = start(clerk)
    case = case_of(world, path)
    assert (case.state, len(case.visits)) == (State.OPEN, 1)
    assert "缺少" in clerk.page(f"/window/cases/{case.id}").text
    world.wallet().show(request_link(clerk.page(path)))
    page = clerk.page(path).text
    assert "证照已满足" in page
    assert case.number in page
    assert clerk.submit(f"{path}/decision", decision="accept").status_code == 303
    after = case_of(world, path)
    assert after.state is State.ACCEPTED
    assert len(after.records) == 1
    assert case.number in clerk.page("/cases?queue=approval").text
    found = clerk.page(f"/cases?number={case.number.lower()}")
    assert urlsplit(found.location).path == f"/window/cases/{case.id}"


def test_who_received_does_not_approve(world: VerifierWorld) -> None:
    """Reception by Wu, approval by Zheng; Zheng's own reception is refused to Zheng, on the page and behind it (R8)."""
    case = accepted(world, world.sign_in())
    clerk, approver = world.sign_in(), world.sign_in("window-approver")
    assert clerk.submit(f"/window/cases/{case.id}/approve").status_code == 403
    page = approver.page(f"/window/cases/{case.id}").text
    assert "批准" in page
    assert approver.submit(f"/window/cases/{case.id}/approve").status_code == 303
    own = accepted(world, approver)
    assert "须由其他人审批" in approver.page(f"/window/cases/{own.id}").text
    assert approver.submit(f"/window/cases/{own.id}/approve").status_code == 403
    still = world.node.cases.find(own.id)
    assert still
    assert still.state is State.ACCEPTED


def test_approval_twice_and_without_a_reason(world: VerifierWorld) -> None:
    case = accepted(world, world.sign_in())
    approver = world.sign_in("window-approver")
    assert approver.submit(f"/window/cases/{case.id}/disapprove", reason="because").status_code == 400
    assert (
        approver.submit(f"/window/cases/{case.id}/disapprove", reason="conditions-not-met").status_code == 303
    )
    assert approver.submit(f"/window/cases/{case.id}/approve").status_code == 409


def test_paper_for_one_material_and_a_licence_for_the_other(world: VerifierWorld) -> None:
    """No electronic driving licence: taken on paper with its reason. Then only the rest is asked for, shown, accepted."""
    clerk = world.sign_in()
    case = case_of(world, start(clerk, "driving-licence-exchange"))
    page = clerk.page(f"/window/cases/{case.id}").text
    assert "收纸质" in page
    assert "仍要求纸质" not in page
    first = next(iter(case.missing))
    for wrong in ("", "because", "no-such"):
        assert _paper(clerk, case, first, wrong).status_code == 400
    assert _paper(clerk, case, "no-such-material", "no-electronic-licence").status_code == 400
    assert _paper(clerk, case, first, "no-electronic-licence").status_code == 303
    asked = clerk.submit(f"/window/cases/{case.id}/ask")
    path = urlsplit(asked.location).path
    world.wallet(world.issue(IDENTITY_CARD, IDENTITY)).show(request_link(clerk.page(path)))
    verdict = clerk.page(path).text
    assert "已收纸质" in verdict
    assert "含纸质材料" in verdict
    assert 'id="accept"' in verdict
    assert clerk.submit(f"{path}/decision", decision="accept").status_code == 303
    assert case_of(world, path).state is State.ACCEPTED


def test_a_case_wholly_on_paper(world: VerifierWorld) -> None:
    """Nothing electronic at all: each material on paper with its reason, then decided, recorded, counted and delivered."""
    clerk = world.sign_in()
    case = case_of(world, start(clerk, "driving-licence-exchange"))
    way = f"/window/cases/{case.id}/nothing-shown"
    who = {"name": "周纸质", "number": "990101198805120016"}
    assert clerk.submit(way, **who).status_code == 409, "nothing was handed in yet"
    assert "按纸质材料决定" not in clerk.page(f"/window/cases/{case.id}").text
    for material in case.missing:
        assert _paper(clerk, case, material, "no-electronic-licence").status_code == 303
    assert "按纸质材料决定" in clerk.page(f"/window/cases/{case.id}").text
    for wrong in ({}, {"name": "周纸质"}, {"number": who["number"]}, {**who, "number": "1"}):
        refused = clerk.submit(way, **wrong)
        assert refused.status_code == 400
        assert "请照证件填写申请人的姓名和证件号码" in refused.text
    answer = clerk.submit(way, **who)
    assert answer.status_code == 303
    path = urlsplit(answer.location).path
    verdict = clerk.page(path).text
    assert "已收纸质" in verdict
    assert "全部为纸质材料" in verdict
    assert 'id="accept"' in verdict
    assert clerk.submit(way, **who).status_code == 409, "it was said already"
    assert clerk.submit(f"{path}/decision", decision="accept").status_code == 303
    done = case_of(world, path)
    assert done.state is State.ACCEPTED
    assert [event.step for event in done.events][-2:] == ["nothing-shown", "accepted"]
    history = clerk.page(f"/window/cases/{case.id}").text
    assert "未出示证照，按纸质材料办理" in history
    record = world.node.records.find(world.departments[0].uscc, done.records[0])
    assert record is not None
    materials = record.facts()["materials"]
    assert {one["satisfied_by"] for one in materials if one["satisfied_by"]} == {"paper"}
    assert {one["paper_reason"] for one in materials if one["satisfied_by"]} == {"no-electronic-licence"}
    exported = world.api("GET", f"/api/v1/records/{record.record_id}/export")
    assert exported.status_code == 200, exported.text
    report = check_record_file(parse_record_file(exported.data), (world.nation.anchor,), load_items())
    assert "record-nothing-shown" in {finding.code for finding in report.findings}
    assert report.indication is Indication.PASSED
    assert who["number"].encode() not in exported.data
    approver = world.sign_in("window-approver")
    assert approver.submit(f"/window/cases/{case.id}/approve").status_code == 303
    if case_of(world, path).state is State.APPROVED:
        deliver = f"/window/cases/{case.id}/deliver"
        deliverer = _deliverer(world)
        assert deliverer.submit(deliver, name="别人", number=who["number"]).status_code == 409
        assert deliverer.submit(deliver, **who).status_code == 303


def test_paper_for_all_but_one_is_not_accepted(world: VerifierWorld) -> None:
    """A required material is still missing: on paper or not, it cannot be accepted."""
    clerk = world.sign_in()
    case = case_of(world, start(clerk, "driving-licence-exchange"))
    first = next(iter(case.missing))
    assert _paper(clerk, case, first, "no-electronic-licence").status_code == 303
    who = {"name": "周纸质", "number": "990101198805120016"}
    path = urlsplit(clerk.submit(f"/window/cases/{case.id}/nothing-shown", **who).location).path
    assert 'id="accept"' not in clerk.page(path).text
    assert clerk.submit(f"{path}/decision", decision="accept").status_code == 409
    assert case_of(world, path).state is State.OPEN
    for material in case.missing[1:]:
        assert _paper(clerk, case, material, "no-electronic-licence").status_code == 303
    assert clerk.submit(f"{path}/decision", decision="accept").status_code == 303


def test_paper_in_spite_of_a_licence_needs_a_ground_in_law(world: VerifierWorld) -> None:
    """The licence satisfies it: convenience is no reason, the law's is; both are asked of the table, not of the page (R12)."""
    clerk = world.sign_in()
    path = shown(world, clerk)
    clerk.page(path)
    case = case_of(world, path)
    page = clerk.page(path).text
    assert "仍要求纸质" in page
    satisfied = next(material for material, slot in case.slots.items() if slot.locked)
    assert _paper(clerk, case, satisfied, "holder-prefers-paper").status_code == 400
    assert _paper(clerk, case, satisfied, "original-kept-by-law").status_code == 303
    assert case_of(world, path).slots[satisfied].reason == "original-kept-by-law"


def _paper(clerk: Clerk, case: Case, material: str, reason: str) -> Any:
    return clerk.submit(f"/window/cases/{case.id}/paper", material=material, reason=reason)


def test_what_was_prepared_at_a_kiosk_goes_on_at_the_window(world: VerifierWorld) -> None:
    """Kiosk: shown. Window: the slip's code scanned → judged again, and the verdict with its decision is there."""
    from tests.service.verifier.test_kiosk import request_link as kiosk_link

    kiosk = enrolled(world, world.sign_in("window-approver"), "kiosk")
    code = start_at_kiosk(kiosk)
    world.wallet().show(kiosk_link(world, code))
    assert "材料齐了" in kiosk.page("/kiosk/visit").text
    clerk = world.sign_in()
    answer = clerk.submit("/window/scan", text=code)
    assert answer.status_code == 303
    path = urlsplit(answer.location).path
    page = clerk.page(path)
    assert "核验通过" in page.text
    assert clerk.submit(f"{path}/decision", decision="accept").status_code == 303


def test_a_case_of_another_department(world: VerifierWorld) -> None:
    """Its page is not found, its code says where to go, its steps are refused."""
    clerk = world.sign_in()
    case = accepted(world, clerk)
    clerk.client.set_cookie("elicence_verifier_department", world.departments[1].uscc, domain="localhost")
    assert clerk.page(f"/window/cases/{case.id}").status_code == 404
    for step in ("ask", "paper", "withdraw", "lapse"):
        assert clerk.submit(f"/window/cases/{case.id}/{step}").status_code == 404
    kiosk = enrolled(world, world.sign_in("window-approver"), "kiosk")
    other = clerk.submit("/window/scan", text=start_at_kiosk(kiosk))
    assert other.status_code == 404
    assert world.departments[0].name.zh in other.text


def test_withdrawn_is_over(world: VerifierWorld) -> None:
    clerk = world.sign_in()
    case = accepted(world, clerk)
    assert clerk.submit(f"/window/cases/{case.id}/withdraw").status_code == 303
    assert clerk.submit(f"/window/cases/{case.id}/ask").status_code == 409
    assert clerk.submit(f"/window/cases/{case.id}/lapse").status_code == 409
    assert case.number in clerk.page("/cases?queue=over").text


@pytest.mark.parametrize(
    ("name", "number", "status"),
    [
        (COMPANY["holder_name"], COMPANY["holder_number"], 303),
        (COMPANY["holder_name"], "91330100MA0000009X", 409),
        ("别人", COMPANY["holder_number"], 409),
        ("", "", 409),
    ],
)
def test_the_result_goes_to_whom_it_belongs(
    world: VerifierWorld, name: str, number: str, status: int
) -> None:
    clerk, approver = world.sign_in(), world.sign_in("window-approver")
    case = accepted(world, clerk)
    approver.submit(f"/window/cases/{case.id}/approve")
    approved = world.node.cases.find(case.id)
    assert approved
    if approved.state is not State.APPROVED:
        pytest.skip("the item has no result to hand over")
    deliverer = _deliverer(world)
    answer = deliverer.submit(f"/window/cases/{case.id}/deliver", name=name, number=number)
    assert answer.status_code == status, re.sub(r"\s+", " ", answer.text)[:400]
    after = world.node.cases.find(case.id)
    assert after
    assert (after.state is State.DELIVERED) is (status == 303)


def _deliverer(world: VerifierWorld) -> Clerk:
    from service.demo.people import person
    from verifier.departments.department import Role
    from verifier.departments.enrol_staff import enrol_staff

    who = person("issuer-clerk")
    enrol_staff(
        department=world.departments[0].uscc,
        code_type=who.code_type,
        number=who.number,
        name=who.name,
        roles={Role.DELIVERY},
        departments=world.node.departments,
        staff=world.node.staff,
        at=world.clock.now(),
    )
    return world.sign_in("issuer-clerk")


# The last one: it moves the clock by weeks.
def test_what_may_follow_follows(world: VerifierWorld) -> None:
    """School: birth certificate on paper, one of the rest asked for and shown, the proof of residence may follow.

    Accepted so; it waits in the queue with its last day, may not be approved, and lapses once the day is over.
    """
    clerk = world.sign_in()
    case = case_of(world, start(clerk, "school-enrolment"))
    _paper(clerk, case, "birth_certificate", "no-electronic-licence")
    asked = clerk.submit(f"/window/cases/{case.id}/ask", material="guardian_identity")
    path = urlsplit(asked.location).path
    world.wallet(world.issue(IDENTITY_CARD, IDENTITY)).show(request_link(clerk.page(path)))
    page = clerk.page(path).text
    assert "容缺受理" in page
    assert 'id="accept"' not in page
    assert clerk.submit(f"{path}/decision", decision="accept").status_code == 409
    answer = clerk.submit(f"{path}/decision", decision="accept-provisionally")
    assert answer.status_code == 303, answer.text
    waiting = case_of(world, path)
    assert waiting.state is State.ACCEPTED_PROVISIONALLY
    assert waiting.due_on
    assert case.number in clerk.page("/cases?queue=supplement").text
    assert world.sign_in("window-approver").submit(f"/window/cases/{case.id}/approve").status_code == 409
    assert clerk.submit(f"/window/cases/{case.id}/lapse").status_code == 409
    assert lapse_overdue(world.node, world.clock.now()) == 0
    world.clock.advance(timedelta(days=60))
    world.publish()
    clerk = world.sign_in()
    assert "已逾期" in clerk.page("/cases?queue=supplement").text
    assert lapse_overdue(world.node, world.clock.now()) == 1
    assert lapse_overdue(world.node, world.clock.now()) == 0
    assert clerk.submit(f"/window/cases/{case.id}/lapse").status_code == 409
    after = world.node.cases.find(case.id)
    assert after
    assert after.state is State.LAPSED
