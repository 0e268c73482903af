"""Preparing at home: an item chosen, shown from the wallet, back in the same browser; the window resumes by the code."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from tests.support.verifier_world import VerifierWorld
from verifier.cases.case import Channel, SlotState, Stage, State
from verifier.cases.case_code import PREFIX
from verifier.cases.find_case import find_case_by_code

ITEM = "food-business-licence"


@pytest.fixture
def citizen(world: VerifierWorld) -> FlaskClient:
    return world.app.test_client()


def begin(world: VerifierWorld, citizen: FlaskClient, item: str = ITEM) -> str:
    """The page of a new case."""
    begun = citizen.post(f"/hall/{world.departments[0].uscc}/{item}")
    assert begun.status_code == 303, begun.text
    return str(begun.headers["Location"])


def show(world: VerifierWorld, citizen: FlaskClient, page: str) -> Any:
    """Show from the wallet; answers where the wallet sends the browser."""
    link = re.search(r'href="([^"]*/present\?[^"]*)"', citizen.get(page).text)
    assert link is not None
    query = urlsplit(link[1].replace("&amp;", "&")).query
    answer = world.wallet().show("openid4vp://?" + query)
    assert answer.status_code == 200, answer.text
    return urlsplit(answer.json["redirect_uri"])


def case_of(world: VerifierWorld, page: str) -> Any:
    return find_case_by_code(world.node.cases, PREFIX + page.rpartition("/")[2])


def test_from_the_choice_to_the_green_page(world: VerifierWorld, citizen: FlaskClient) -> None:
    hall = citizen.get("/hall").text
    assert f'action="/hall/{world.departments[0].uscc}/{ITEM}"' in hall
    page = begin(world, citizen)
    assert case_of(world, page).channel is Channel.ONLINE
    assert not case_of(world, page).visits, "nobody came"
    back = show(world, citizen, page)
    assert back.path == "/hall/back"
    assert page.rpartition("/")[2] not in back.query, "the code of the case is not in what wallets see"
    returned = citizen.get(f"{back.path}?{back.query}")
    assert returned.headers["Location"] == page
    done = citizen.get(page + "?lang=en").text
    assert "Ready" in done
    assert "<svg" in done
    case = case_of(world, page)
    assert (case.state, case.stage) == (State.OPEN, Stage.PRE_CHECK)
    assert case.slots["business_licence"].state is SlotState.SATISFIED


def test_another_browser_learns_nothing_from_a_wallet_that_was_sent_a_link(
    world: VerifierWorld, citizen: FlaskClient
) -> None:
    """An attacker begins, somebody else shows: without the way back in the attacker's browser his page stays amber."""
    page = begin(world, citizen)
    back = show(world, citizen, page)
    told = citizen.get(page + "?lang=en").text
    assert "Return in the browser that began this" in told
    assert "Ready" not in told
    stranger = world.app.test_client()
    assert stranger.get(f"{back.path}?{back.query}").status_code == 404, "another browser has no case"
    wrong = citizen.get(f"{back.path}?response_code=guessed")
    assert wrong.status_code in {400, 403}


def test_what_cannot_be_begun(world: VerifierWorld, citizen: FlaskClient) -> None:
    uscc = world.departments[0].uscc
    assert citizen.post(f"/hall/{uscc}/nothing").status_code in {400, 404}
    assert citizen.post(f"/hall/91330100MA0000001F/{ITEM}").status_code in {403, 404}
    assert citizen.get("/hall/cases/" + "A" * 22).status_code == 404
    assert citizen.post("/hall/cases/" + "A" * 22 + "/ask").status_code == 404
