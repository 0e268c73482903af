"""Acting for others over HTTP: an entity's wallet, its managers and agents, a child's, a relative's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from service.demo.people import CITIZENS
from standards.codes.citizen_number import build_citizen_number
from standards.mandate import UnverifiedActing, VerifiedGrant, parse_acting, refusal_of_chain, verify_grant
from standards.openid4vp import Presentations
from standards.sd_jwt import parse_sd_jwt
from standards.sd_jwt_vc import VerifiedCredential, parse_credential, verify_credential
from standards.status_list import StatusValue
from tests.service.wallet.test_provider import certify
from tests.support.asking_peer import ITEM, Asked
from tests.support.represented import (
    BIRTH_CERTIFICATE,
    BUSINESS_LICENCE,
    COMPANY,
    COMPANY_NUMBER,
    accepted,
    act_for,
    birth_claims,
    company_claims,
    grant_body,
    right_for,
)
from tests.support.wallet_world import (
    FOOD_LICENCE,
    IDENTITY_CARD,
    LI,
    Browser,
    WalletWorld,
    food_claims,
    identity_claims,
    query_for,
)
from wallet.refreshing.look_after import look_after_wallets
from wallet.refreshing.need import LOOK_EVERY, LOOK_JITTER
from wallet.refreshing.refresh_licence import Outcome

WANG, CHEN, ZHAO = CITIZENS[2], CITIZENS[3], CITIZENS[4]
COMPANY_QUERY = query_for(BUSINESS_LICENCE, "holder_name", "premises")
CHILD = "张小宝"


@pytest.fixture
def zhang(world: WalletWorld) -> Browser:
    """张小明, the legal representative, acting for his company."""
    certify(world)
    browser = world.sign_in()
    assert browser.receive(world.issuer.offer(BUSINESS_LICENCE.vct, company_claims())).status_code == 201
    assert act_for(browser, right_for(browser)["right"]).status_code == 200
    return browser


def show(world: WalletWorld, browser: Browser, query: dict[str, Any] = COMPANY_QUERY) -> tuple[Any, Asked]:
    """Ask and consent; the wallet's answer, and the request in the verifier's books."""
    link, asked = world.verifier.ask(query)
    view = browser.post("/api/v1/requests", {"uri": link})
    assert view.status_code == 201, view.text
    return browser.post(f"/api/v1/requests/{view.json['id']}/consent"), asked


def acting_in(
    world: WalletWorld, asked: Asked, query_id: str = "licence"
) -> tuple[UnverifiedActing, list[VerifiedGrant], VerifiedCredential]:
    """What the verifier got about who acts, checked from the issuer's key down."""
    [answer] = asked.answers
    assert isinstance(answer, Presentations)
    [shown] = answer.unverified_vp_token[query_id]
    binding = parse_sd_jwt(shown).key_binding
    assert binding is not None
    acting = parse_acting(binding.claims()["acting"])
    root = verify_credential(parse_credential(acting.root), world.issuer.signer.public_key)
    assert root.registered.holder_key is not None
    return acting, [verify_grant(one, root.registered.holder_key) for one in acting.grants], root


def test_the_legal_representative_opens_the_companys_wallet(world: WalletWorld, zhang: Browser) -> None:
    session = zhang.get("/api/v1/session").json
    assert session["person"]["name"] == "张小明"
    assert session["acting_for"]["name"] == COMPANY
    assert session["acting_for"]["capacity"] == "legal_representative"
    page = zhang.page("/?lang=zh").text
    assert "acting--entity" in page
    assert COMPANY in page
    assert [use["kind"] for use in zhang.uses()] == ["received", "wallet-opened"]


def test_what_a_representative_shows_says_so_and_names_him_by_the_licence(
    world: WalletWorld, zhang: Browser
) -> None:
    sent, asked = show(world, zhang)
    assert sent.status_code == 200, sent.text
    acting, grants, root = acting_in(world, asked)
    assert (acting.capacity, acting.person.name, grants) == ("legal_representative", "张小明", [])
    assert root.claims["legal_representative_number"] == acting.person.number
    assert "business_scope" not in root.claims


def test_a_person_answers_for_himself_and_for_his_company_in_one_request(
    world: WalletWorld, zhang: Browser
) -> None:
    """A window asks for the company's licence and the representative's identity card; only one says who acts."""
    act_for(zhang, "self")
    assert zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims())).status_code == 201
    both = {
        "credentials": [
            *query_for(BUSINESS_LICENCE, "holder_name", query_id="company")["credentials"],
            *query_for(IDENTITY_CARD, "holder_name", query_id="person")["credentials"],
        ]
    }
    sent, asked = show(world, zhang, both)
    assert sent.status_code == 200, sent.text
    assert acting_in(world, asked, "company")[0].capacity == "legal_representative"
    [answer] = asked.answers
    assert isinstance(answer, Presentations)
    [own] = answer.unverified_vp_token["person"]
    binding = parse_sd_jwt(own).key_binding
    assert binding is not None
    assert "acting" not in binding.claims()
    # Each keeper's log tells of what was the keeper's.
    assert zhang.uses()[0]["licences"][0]["zh"] == "居民身份证"
    act_for(zhang, right_for(zhang)["right"])
    assert zhang.uses()[0]["licences"][0]["zh"] == "营业执照"


def test_an_agent_shows_within_a_grant_that_anyone_can_check(world: WalletWorld, zhang: Browser) -> None:
    li = world.sign_in(LI)
    right = accepted(
        zhang,
        li,
        grant_body(
            LI, scope={"licence_types": [BUSINESS_LICENCE.code], "service_items": [ITEM["code"]], "uses": 2}
        ),
    )
    assert act_for(li, right).status_code == 200
    assert [one["holder"]["acting"] for one in li.credentials()] == ["agent"]

    sent, asked = show(world, li)
    assert sent.status_code == 200, sent.text
    acting, grants, root = acting_in(world, asked)
    assert [one.grant.id for one in grants] == [right]
    assert (
        refusal_of_chain(
            grants,
            capacity="agent",
            subject=grants[0].grant.subject,
            person=acting.person,
            type_code=BUSINESS_LICENCE.code,
            item_code=ITEM["code"],
            division="510100",
            at=world.clock.now(),
        )
        is None
    )
    assert grants[0].grant.subject.number == root.claims["holder_number"] == COMPANY_NUMBER
    assert set(root.claims) & {"premises", "legal_representative_number"} == set()
    assert right_for(li)["uses_left"] == 1


def test_an_agent_sees_only_what_the_grant_names(world: WalletWorld, zhang: Browser) -> None:
    """A grant for the business licence: the food licence is not in the agent's list, nor by its id."""
    food = food_claims(holder_name=COMPANY, holder_code_type="001", holder_number=COMPANY_NUMBER)
    zhang.receive(world.issuer.offer(FOOD_LICENCE.vct, food))
    [hidden] = [one["id"] for one in zhang.credentials() if one["vct"] == FOOD_LICENCE.vct]
    li = world.sign_in(LI)
    act_for(li, accepted(zhang, li, grant_body(LI, scope={"licence_types": [BUSINESS_LICENCE.code]})))
    assert [one["vct"] for one in li.credentials()] == [BUSINESS_LICENCE.vct]
    assert li.get(f"/api/v1/credentials/{hidden}").status_code == 404
    assert li.page(f"/licences/{hidden}").status_code == 404


def test_a_use_is_given_back_when_nothing_was_sent(world: WalletWorld, zhang: Browser) -> None:
    """The verifier is gone when the agent consents: the one use is still there."""
    li = world.sign_in(LI)
    act_for(li, accepted(zhang, li, grant_body(LI, scope={"uses": 1})))
    link, _ = world.verifier.ask(COMPANY_QUERY)
    view = li.post("/api/v1/requests", {"uri": link})
    world.verifier.served.close()
    assert li.post(f"/api/v1/requests/{view.json['id']}/consent").status_code == 502
    assert right_for(li)["uses_left"] == 1


def test_what_a_verifier_refused_was_used(world: WalletWorld, zhang: Browser) -> None:
    """It was sent: the verifier has seen it, whatever it answered."""
    li = world.sign_in(LI)
    act_for(li, accepted(zhang, li, grant_body(LI, scope={"uses": 1})))
    world.verifier.refuse_answers = True
    assert show(world, li)[0].status_code == 502
    assert right_for(li)["uses_left"] == 0


def test_a_managers_agent_falls_with_the_manager(world: WalletWorld, zhang: Browser) -> None:
    wang, li = world.sign_in(WANG), world.sign_in(LI)
    manager = accepted(zhang, wang, grant_body(WANG, "manager"))
    act_for(wang, manager)
    right = accepted(wang, li, grant_body(LI))
    act_for(li, right)
    sent, asked = show(world, li)
    assert sent.status_code == 200, sent.text
    _, grants, _ = acting_in(world, asked)
    assert [one.grant.id for one in grants] == [right, manager]

    assert zhang.post(f"/api/v1/grants/{manager}/withdraw").status_code == 200
    for browser in (wang, li):
        refused = browser.get("/api/v1/credentials")
        assert (refused.status_code, refused.json["type"]) == (403, "urn:elicence:problem:right-ended")
    statuses = world.node.provider.statuses
    assert [statuses.value_of(one.grant.status) for one in grants] == [StatusValue.INVALID] * 2
    assert "grant-ended" in [use["kind"] for use in zhang.uses()]


def test_there_are_five_managers_at_most(world: WalletWorld, zhang: Browser) -> None:
    people = [
        "990101199203080023",
        "990101197511230039",
        "990101196607150047",
        "990101200001010057",
        "990101198102140061",
        "990101197909090072",
    ]
    answers = [
        zhang.post(
            "/api/v1/grants",
            grant_body(WANG, "manager") | {"person": {"name": "某经理", "number": number}},
        )
        for number in people
    ]
    assert [one.status_code for one in answers] == [201] * 5 + [409]
    assert zhang.post(f"/api/v1/grants/{answers[0].json['id']}/withdraw").status_code == 200
    again = grant_body(WANG, "manager") | {"person": {"name": "某经理", "number": people[5]}}
    assert zhang.post("/api/v1/grants", again).status_code == 201


def test_a_new_representative_takes_over_and_the_wallet_stays(world: WalletWorld, zhang: Browser) -> None:
    """A newer business licence names Wang: Zhang's right is gone, the agent's grant lives, the wallet is the same."""
    li, wang = world.sign_in(LI), world.sign_in(WANG)
    right = accepted(zhang, li, grant_body(LI))
    newer = company_claims(
        WANG,
        issue_date="2026-01-05",
        licence_identifier="1.2.156.3005.2.11100000MB0143028R001.11330100MB00000014.0009.002.A",
    )
    assert wang.receive(world.issuer.offer(BUSINESS_LICENCE.vct, newer)).status_code == 201
    refused = zhang.get("/api/v1/credentials")
    assert (refused.status_code, refused.json["type"]) == (403, "urn:elicence:problem:right-ended")
    assert right_for(zhang)["can_be_chosen"] is False

    act_for(wang, right_for(wang)["right"])
    assert [one["id"] for one in wang.get("/api/v1/grants").json["grants"]] == [right]
    act_for(li, right)
    sent, asked = show(world, li)
    assert sent.status_code == 200, sent.text
    # The grant was signed anew by a copy of the licence that is in force.
    _, grants, _ = acting_in(world, asked)
    assert grants[0].grant.id == right


def test_a_parent_keeps_a_childs_licences_and_shows_them(world: WalletWorld) -> None:
    certify(world)
    father, mother = world.sign_in(), world.sign_in(LI)
    claims = birth_claims(LI, CITIZENS[0])
    for parent in (father, mother):
        assert parent.receive(world.issuer.offer(BIRTH_CERTIFICATE.vct, claims)).status_code == 201
        right = right_for(parent, CHILD)
        assert (right["capacity"], right["kind"]) == ("guardian", "child")
    act_for(mother, right_for(mother, CHILD)["right"])
    sent, asked = show(world, mother, query_for(BIRTH_CERTIFICATE, "holder_name"))
    assert sent.status_code == 200, sent.text
    acting, _, root = acting_in(world, asked)
    assert acting.capacity == "guardian"
    assert root.claims["birth_date"] == "2025-01-10"
    assert root.claims["mother_number"] == LI.number
    assert "father_number" not in root.claims
    # A child grants nothing.
    assert mother.post("/api/v1/grants", grant_body(WANG, "relative")).status_code == 422


def test_a_childs_wallet_passes_to_the_child(world: WalletWorld) -> None:
    """Born 2010-05-20: at fourteen both can use it, at eighteen only the child."""
    certify(world)
    mother = world.sign_in(LI)
    born = world.clock.now() - timedelta(days=15 * 365 + 30)
    number = str(build_citizen_number("990101", born.date(), "123"))
    claims = birth_claims(LI, birth_date=born.date().isoformat())
    assert mother.receive(world.issuer.offer(BIRTH_CERTIFICATE.vct, claims)).status_code == 201
    guardian = right_for(mother, CHILD)["right"]
    wrong = mother.post(
        f"/api/v1/rights/{guardian}/hand-over", {"name": CHILD, "number": "990101197511230039"}
    )
    assert wrong.status_code == 422
    assert "移交给孩子" in mother.page("/acting-for").text
    given = mother.post(f"/api/v1/rights/{guardian}/hand-over", {"name": CHILD, "number": number})
    assert given.status_code == 201, given.text
    waiting = mother.page("/acting-for").text
    assert f"等待{CHILD}本人登录后接受" in waiting
    assert "移交给孩子" not in waiting

    child = world.sign_in(replace(ZHAO, subject="child", name=CHILD, number=number))
    assert child.post(f"/api/v1/rights/{given.json['right']}/accept").status_code == 200
    act_for(child, given.json["right"])
    assert len(child.credentials()) == 1
    assert "代为保管" not in child.page("/").text
    act_for(mother, guardian)
    assert len(mother.credentials()) == 1
    assert "代为保管" in mother.page("/").text
    assert f"{CHILD}本人已接受" in mother.page("/acting-for").text

    world.clock.advance(timedelta(days=3 * 365 + 10))
    mother = world.sign_in(LI)
    assert "孩子已满十八周岁" in mother.page("/acting-for").text
    assert mother.post("/api/v1/acting-for", {"right": guardian}).status_code == 403
    child = world.sign_in(replace(ZHAO, subject="child", name=CHILD, number=number))
    assert "移交给我的钱包" in child.page("/").text


def test_an_elderly_person_lets_a_relative_show_within_limits(world: WalletWorld) -> None:
    certify(world)
    chen, zhao = world.sign_in(CHEN), world.sign_in(ZHAO)
    card = identity_claims(CHEN, licence_number=CHEN.number)
    assert chen.receive(world.issuer.offer(IDENTITY_CARD.vct, card)).status_code == 201
    right = accepted(
        chen, zhao, grant_body(ZHAO, "relative", scope={"divisions": ["510000"]}), name=CHEN.name
    )
    act_for(zhao, right)
    sent, asked = show(world, zhao, query_for(IDENTITY_CARD, "holder_name"))
    assert sent.status_code == 200, sent.text
    acting, grants, _ = acting_in(world, asked)
    assert (acting.capacity, acting.person.name) == ("relative", ZHAO.name)
    assert grants[0].grant.subject.name == CHEN.name
    # Chen reads in her own log who did it.
    uses = chen.uses()
    assert uses[0]["kind"] == "sharing"
    assert ZHAO.name in str(chen.page("/log?lang=zh").text)


def test_the_pages_walk_through_a_grant(world: WalletWorld, zhang: Browser) -> None:
    """Form with an error keeps what was typed; then grant, accept by page, act, withdraw."""
    wrong = zhang.submit(
        "/mandates/new", name="李小红", number="123", capacity="agent", until="2029-12-31", reach="full"
    )
    assert wrong.status_code == 422
    assert 'value="李小红"' in wrong.text
    made = zhang.submit(
        "/mandates/new", name="李小红", number=LI.number, capacity="agent", until="2029-12-31", reach="full"
    )
    assert made.status_code == 303
    assert "李小红" in zhang.page("/mandates").text
    li = world.sign_in(LI)
    page = li.page("/acting-for?lang=zh").text
    assert "等待您接受" in page
    assert COMPANY in page
    right = right_for(li)["right"]
    assert li.submit(f"/rights/{right}/acceptance").status_code == 303
    assert "acting--entity" in li.page("/").text
    assert zhang.page(f"/mandates/{right}/withdrawal").status_code == 200
    assert zhang.submit(f"/mandates/{right}/withdrawal").status_code == 303
    assert li.page("/").status_code == 403
    assert "acting--self" in li.page("/").text


def test_a_change_at_the_library_takes_the_right_away_by_itself(world: WalletWorld, zhang: Browser) -> None:
    """The library names Wang from now on; the worker brings the new version into the company's wallet."""
    first = str(company_claims()["licence_identifier"])
    second = f"{first[:-5]}002.A"
    world.issuer.replaced[first] = company_claims(WANG, licence_identifier=second, issue_date="2026-01-05")
    for index in range(100, 105):
        world.issuer.statuses.set(index, StatusValue.INVALID)
    world.clock.set(world.clock.now() + LOOK_EVERY + LOOK_JITTER)
    assert look_after_wallets(world.node, world.clock.now()).outcomes == {Outcome.UPDATED: 1}

    refused = zhang.get("/api/v1/credentials")
    assert (refused.status_code, refused.json["type"]) == (403, "urn:elicence:problem:right-ended")
    assert zhang.credentials() == []
    # The peer gives every offer the same places of its list; the old copies are gone.
    for index in range(100, 105):
        world.issuer.statuses.set(index, StatusValue.VALID)
    world.clock.set(world.clock.now() + timedelta(minutes=1))
    # Wang receives the version that names him, and finds what the company has.
    wang = world.sign_in(WANG)
    newest = world.issuer.offer(BUSINESS_LICENCE.vct, dict(world.issuer.replaced[first]))
    assert wang.receive(newest).status_code == 201
    assert right_for(wang)["reason"] is None
    assert [one["claims"]["licence_identifier"] for one in wang.credentials()] == [second]
