"""The pages of the window as a browser gets them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from standards.status_list import StatusValue
from tests.support.verifier_world import COMPANY, IDENTITY, IDENTITY_CARD, Clerk, VerifierWorld


def start(clerk: Clerk, item: str = "food-business-licence", **more: str) -> str:
    """Start an item; answers the path of the waiting page."""
    answer = clerk.submit("/window/presentations", service_item=item, **more)
    assert answer.status_code == 303, answer.text
    return str(urlsplit(answer.location).path)


def request_link(page: Any) -> str:
    found = re.search(r'id="request-link"[^>]*>([^<]+)<', page.text)
    assert found
    return found[1].replace("&amp;", "&")


def test_a_stranger_sees_the_way_in_and_nothing_else(world: VerifierWorld) -> None:
    client = world.app.test_client()
    assert "/sign-in" in client.get("/", headers={"Accept": "text/html"}).text
    for path in ("/records", "/window/presentations/x"):
        answer = client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code in {302, 303}
        assert "/sign-in" in answer.location


def test_a_citizen_is_told_that_this_is_no_place_of_his(world: VerifierWorld) -> None:
    citizen = world.sign_in("zhang-xiaoming")
    assert "您还不是窗口工作人员" in citizen.page("/").text
    assert citizen.page("/records").status_code == 403


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_whole_case_at_a_desk(world: VerifierWorld, language: str) -> None:
    clerk = world.sign_in()
    path = start(clerk)
    waiting = clerk.page(f"{path}?lang={language}")
    assert "<svg" in waiting.text
    assert "data-refresh=" in waiting.text
    assert '<noscript><meta http-equiv="refresh"' in waiting.text
    world.wallet().show(request_link(waiting))
    verdict = clerk.page(path)
    assert {"zh": "核验通过", "en": "Passed"}[language] in verdict.text
    assert COMPANY["premises"] in verdict.text
    assert "data-refresh=" not in verdict.text
    assert 'data-key="Enter"' in verdict.text
    decided = clerk.submit(f"{path}/decision", decision="accept")
    assert decided.status_code == 303
    record = clerk.page(urlsplit(decided.location).path)
    assert "吴窗口" in record.text
    assert COMPANY["holder_name"] in record.text
    assert urlsplit(decided.location).path in clerk.page("/records").text
    assert 'data-key="Enter"' not in clerk.page(path).text, "what is decided is not decided again"


def test_what_did_not_pass_offers_no_acceptance(world: VerifierWorld) -> None:
    clerk = world.sign_in()
    held = world.issue(index=900)
    world.set_status(held, StatusValue.INVALID)
    path = start(clerk)
    world.wallet(held).show(request_link(clerk.page(path)))
    page = clerk.page(path)
    assert "核验未通过" in page.text
    assert 'value="accept"' not in page.text
    assert 'value="licence-not-valid"' in page.text
    answer = clerk.submit(f"{path}/decision", decision="accept")
    assert answer.status_code == 409
    assert clerk.submit(f"{path}/decision", decision="refuse").status_code == 400
    refused = clerk.submit(f"{path}/decision", decision="refuse", reason="licence-not-valid", note="已告知")
    assert refused.status_code == 303
    assert "已告知" in clerk.page(urlsplit(refused.location).path).text


def test_a_decline_can_be_recorded_or_asked_again(world: VerifierWorld) -> None:
    clerk = world.sign_in()
    path = start(clerk)
    world.wallet().refuse(request_link(clerk.page(path)))
    page = clerk.page(path)
    assert "未出示" in page.text
    assert "重新请求出示" in page.text
    assert clerk.submit(f"{path}/decision", decision="refuse", reason="applicant-declined").status_code == 303


def test_same_device_shows_the_answer_only_to_the_browser_that_started(world: VerifierWorld) -> None:
    """Clerk starts on this device, wallet answers → held back until this very session brings the code back."""
    clerk, colleague = world.sign_in(), world.sign_in("window-approver")
    path = start(clerk, device="here")
    link = re.search(r'href="(http://wallet\.localhost/present\?[^"]+)"', clerk.page(path).text)
    assert link
    answer = world.wallet().show(link[1].replace("&amp;", "&"))
    back = urlsplit(answer.json["redirect_uri"])
    assert back.path == f"{path}/return"
    assert COMPANY["premises"] not in clerk.page(path).text
    assert colleague.page(f"{back.path}?{back.query}").status_code == 403
    assert clerk.page(f"{back.path}?response_code=guessed").status_code == 403
    assert COMPANY["premises"] not in clerk.page(path).text
    assert clerk.page(f"{back.path}?{back.query}").status_code == 303
    assert COMPANY["premises"] in clerk.page(path).text


def test_the_field_checks_a_licence_finds_an_item_and_says_when_it_is_lost(world: VerifierWorld) -> None:
    clerk = world.sign_in()
    text = world.issue(IDENTITY_CARD, IDENTITY).text
    checked = clerk.submit("/window/scan", text=f"  {text[:500]}\r\n{text[500:]} ")
    assert "核验通过" in checked.text
    assert "不能据此受理" in checked.text
    forged = text[:-9] + ("A" if text[-9] != "A" else "B") + text[-8:]
    assert "核验未通过" in clerk.submit("/window/scan", text=forged).text
    found = clerk.submit("/window/scan", text="驾驶证")
    assert "机动车驾驶证跨省" in found.text
    assert "义务教育" not in found.text
    assert "认不出这段内容" in clerk.submit("/window/scan", text="没有这样的事项").text


def test_posts_can_be_changed_but_not_invented(world: VerifierWorld) -> None:
    clerk = world.sign_in()
    assert "食品经营许可" in clerk.page("/").text
    assert clerk.submit("/department", department=world.departments[1].uscc).status_code == 303
    page = clerk.page("/").text
    assert "不动产转移登记" in page
    assert "食品经营许可" not in page
    assert clerk.submit("/department", department="11330200MB99010593").status_code == 403


def test_every_page_has_one_heading_and_no_inline_script(world: VerifierWorld) -> None:
    clerk = world.sign_in()
    path = start(clerk)
    for page in ("/", "/records", path):
        text = clerk.page(page).text
        assert len(re.findall(r"<h1[ >]", text)) == 1, page
        assert not re.findall(r"<script(?![^>]*\bsrc=)", text), page
        assert not re.findall(r"\sstyle=|\son[a-z]+=", text), page
