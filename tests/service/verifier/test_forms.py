"""The one form of a case at the window and over the interface: filled, completed, in conflict, closed by the decision."""

from __future__ import annotations

import re

from tests.service.verifier.test_cases import accepted, case_of, shown
from tests.support.verifier_world import COMPANY, VerifierWorld


def test_what_the_licence_says_is_filled_in_and_the_rest_is_kept(world: VerifierWorld) -> None:
    clerk = world.sign_in()
    case = case_of(world, shown(world, clerk))
    page = f"/window/cases/{case.id}/form"
    form = clerk.page(page + "?lang=zh").text
    assert COMPANY["holder_name"] in form
    assert "来自 营业执照" in re.sub(r"\s+", " ", form)
    assert 'name="applicant"' not in form, "what a licence says is nobody's to type"
    wrong = clerk.submit(page, telephone="1\u202e2", items="热食类")
    assert wrong.status_code == 400
    assert "热食类" in wrong.text, "what was typed stays"
    assert world.node.cases.form_of(case) == {}
    assert clerk.submit(page, telephone="057188888888", items="热食类").status_code == 303
    assert "057188888888" in clerk.page(page).text
    assert clerk.submit(page, telephone="").status_code == 303
    told = world.api("GET", f"/api/v1/cases/{case.id}/form").json
    values = {field["id"]: field["value"] for field in told["fields"]}
    assert (values["items"], values["telephone"]) == ("热食类", "")
    assert not told["complete"]


def test_over_the_interface(world: VerifierWorld) -> None:
    case = case_of(world, shown(world, world.sign_in()))
    address = f"/api/v1/cases/{case.id}/form"
    filled = world.api("PUT", address, {"telephone": "12345", "items": "冷食类", "applicant": "别家公司"})
    assert filled.status_code == 200
    assert filled.json["complete"]
    [applicant] = [field for field in filled.json["fields"] if field["id"] == "applicant"]
    assert (applicant["value"], applicant["locked"]) == (COMPANY["holder_name"], True)
    refused = world.api("PUT", address, {"telephone": 5, "nothing": "x"})
    assert (refused.status_code, refused.json["type"]) == (400, "urn:elicence:problem:invalid-form")
    assert world.api("GET", address, department=1).status_code == 404


def test_a_form_closes_with_the_decision(world: VerifierWorld) -> None:
    clerk = world.sign_in()
    case = accepted(world, clerk)
    assert clerk.submit(f"/window/cases/{case.id}/form", telephone="1").status_code == 409
    assert world.api("PUT", f"/api/v1/cases/{case.id}/form", {"telephone": "1"}).status_code == 409
