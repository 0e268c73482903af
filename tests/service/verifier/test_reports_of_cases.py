"""From the case at the window to the figure in the report, and to the message that tells of it."""

from __future__ import annotations

from urllib.parse import urlsplit

from tests.service.verifier.test_cases import case_of, shown
from tests.service.verifier.test_pages import request_link, start
from tests.support.verifier_world import IDENTITY, IDENTITY_CARD, VerifierWorld
from verifier.webhooks.endpoint import Wish
from verifier.webhooks.event import EventType


def test_paper_taken_at_the_window_is_counted_with_its_reason(world: VerifierWorld) -> None:
    """One material on paper, the other by licence, in one visit → the share saved, the reason, at most one visit."""
    clerk = world.sign_in()
    case = case_of(world, start(clerk, "driving-licence-exchange"))
    item = world.node.items.by_code("driving-licence-exchange", version=case.item_version)
    first = next(iter(case.missing))
    paper = clerk.submit(f"/window/cases/{case.id}/paper", material=first, reason="no-electronic-licence")
    assert paper.status_code == 303
    path = urlsplit(clerk.submit(f"/window/cases/{case.id}/ask").location).path
    world.wallet(world.issue(IDENTITY_CARD, IDENTITY)).show(request_link(clerk.page(path)))
    assert clerk.submit(f"{path}/decision", decision="accept").status_code == 303
    figures = world.api("GET", "/api/v1/reports?item=driving-licence-exchange").json
    on_paper = {one.id: one.paper_baseline for one in item.materials}[first]
    (row,) = figures["tables"]["materials"]
    assert (row["accepted"], row["paper"]) == (1, on_paper)
    assert row["baseline"] > on_paper
    assert row["saved"] == round(1 - on_paper / row["baseline"], 4)
    assert [(one["code"], one["number"]) for one in figures["tables"]["paper"]] == [
        ("no-electronic-licence", 1)
    ]
    (visits,) = figures["tables"]["visits"]
    assert (visits["cases"], visits["at_most_one"]) == (1, 1)
    page = world.sign_in().page("/reports").text
    assert "该证照没有电子证照" in page


def test_each_step_of_a_case_is_told_once(world: VerifierWorld) -> None:
    """Accepted, then approved: two messages of one case, by state, and none more when they are read again."""
    node, department = world.node, world.departments[0].uscc
    wish = Wish("https://example.org/hook", frozenset({EventType.CASE_CHANGED}), "")
    endpoint = node.webhooks.add(department, wish, by="test", at=node.clock.now())
    clerk = world.sign_in()
    path = shown(world, clerk)
    assert clerk.submit(f"{path}/decision", decision="accept").status_code == 303
    case = case_of(world, path)
    assert world.sign_in("window-approver").submit(f"/window/cases/{case.id}/approve").status_code == 303
    told = [message.body for message in node.webhooks.latest(department, endpoint.id)]
    states = [
        state for state in ("accepted", "approved") if any(f'"{state}"'.encode() in body for body in told)
    ]
    assert states == ["accepted", "approved"]
    assert all(case.id.encode() in body for body in told)
