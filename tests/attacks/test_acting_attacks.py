"""Attacks on acting for others: each ends in a clear refusal, and nothing is disclosed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from keys.master_key import MasterKey
from service.demo.people import CITIZENS, DemoPerson
from service.settings import Settings
from service.web.sign_in import Person
from standards.codes.citizen_number import build_citizen_number
from standards.status_list import StatusValue
from tests.service.wallet.test_provider import certify
from tests.support.asking_peer import ITEM
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
    ISSUER_NAME,
    LI,
    Browser,
    WalletWorld,
    food_claims,
    identity_claims,
    query_for,
    running_clock,
    stranger,
    wallet_world,
)
from wallet.accounts.account import Holder
from wallet.accounts.open_account import open_account
from wallet.mandates.errors import GrantRefusedError
from wallet.mandates.open_right import act_for as open_right
from wallet.mandates.show_as import take_use
from wallet.refreshing.look_after import look_after_wallets
from wallet.refreshing.need import LOOK_EVERY, LOOK_JITTER

WANG, ZHAO = CITIZENS[2], CITIZENS[4]
QUERY = query_for(BUSINESS_LICENCE, "holder_name")
PROBLEM = "urn:elicence:problem:"


@pytest.fixture
def world(settings: Settings, master_key: MasterKey, tmp_path: Path) -> Iterator[WalletWorld]:
    fresh = replace(settings, data=tmp_path, trust_anchor_file=tmp_path / "anchor.pem")
    with wallet_world(fresh, master_key, running_clock()) as made:
        for name in made.node.database.list_collection_names():
            made.node.database[name].delete_many({})
        yield made


@pytest.fixture
def zhang(world: WalletWorld) -> Browser:
    """张小明, acting for his company."""
    certify(world)
    browser = world.sign_in()
    assert browser.receive(world.issuer.offer(BUSINESS_LICENCE.vct, company_claims())).status_code == 201
    act_for(browser, right_for(browser)["right"])
    return browser


@pytest.fixture
def li(world: WalletWorld) -> Browser:
    return world.sign_in(LI)


def show(world: WalletWorld, browser: Browser) -> tuple[int, str, int]:
    """Status, kind of problem, and how many answers the verifier got."""
    link, asked = world.verifier.ask(QUERY)
    view = browser.post("/api/v1/requests", {"uri": link})
    if view.status_code != 201:
        return view.status_code, view.json["type"].removeprefix(PROBLEM), len(asked.answers)
    sent = browser.post(f"/api/v1/requests/{view.json['id']}/consent")
    problem = sent.json.get("type", "").removeprefix(PROBLEM)
    return sent.status_code, problem, len(asked.answers)


def test_anothers_right_by_its_id(world: WalletWorld, zhang: Browser, li: Browser) -> None:
    """Li names Zhang's right to act, in the call, in the header and in the form → refused; she sees nothing."""
    stolen = right_for(zhang)["right"]
    assert act_for(li, stolen).status_code == 403
    named = li.client.get("/api/v1/credentials", headers={"X-Acting-For": stolen})
    assert (named.status_code, named.json["type"]) == (403, PROBLEM + "right-ended")
    assert li.submit("/acting-for", right=stolen).status_code == 403
    assert li.credentials() == []


@pytest.mark.parametrize("step", ["accept", "give-up"])
def test_an_invitation_of_somebody_else(world: WalletWorld, zhang: Browser, li: Browser, step: str) -> None:
    """The grant is for Wang; Li answers it by its id → not found, and it still waits for Wang."""
    right = zhang.post("/api/v1/grants", grant_body(WANG)).json["id"]
    assert li.post(f"/api/v1/rights/{right}/{step}").status_code == 404
    assert right_for(world.sign_in(WANG))["state"] == "offered"


def test_anothers_licence_log_request_and_grant_by_id(
    world: WalletWorld, zhang: Browser, li: Browser
) -> None:
    """Every id of the company's wallet, asked for by somebody who acts for nobody → not found or forbidden."""
    grant = zhang.post("/api/v1/grants", grant_body(WANG)).json["id"]
    licence = zhang.credentials()[0]["id"]
    link, asked = world.verifier.ask(QUERY)
    request = zhang.post("/api/v1/requests", {"uri": link}).json["id"]
    entry = zhang.uses()[0]["id"]
    for path in (
        f"/api/v1/credentials/{licence}",
        f"/licences/{licence}",
        f"/api/v1/requests/{request}",
        f"/api/v1/log/{entry}",
    ):
        assert li.get(path).status_code == 404, path
    assert li.post(f"/api/v1/requests/{request}/consent").status_code == 404
    assert li.post(f"/api/v1/grants/{grant}/withdraw").status_code == 404
    assert li.submit(f"/licences/{licence}/removal").status_code == 404
    assert asked.answers == []
    assert COMPANY not in li.page("/log").text


def test_a_withdrawn_grant(world: WalletWorld, zhang: Browser, li: Browser) -> None:
    """Withdrawn between opening the request and consenting → refused at the click, nothing sent, status published."""
    right = accepted(zhang, li, grant_body(LI))
    act_for(li, right)
    link, asked = world.verifier.ask(QUERY)
    request = li.post("/api/v1/requests", {"uri": link}).json["id"]
    assert zhang.post(f"/api/v1/grants/{right}/withdraw").status_code == 200
    sent = li.post(f"/api/v1/requests/{request}/consent")
    assert (sent.status_code, sent.json["type"]) == (403, PROBLEM + "right-ended")
    assert asked.answers == []
    assert li.uses()[0]["kind"] == "attempt-refused"
    # With the choice forgotten, the request is not reached from her own wallet either.
    assert li.post(f"/api/v1/requests/{request}/consent").status_code == 404
    assert zhang.post(f"/api/v1/grants/{right}/withdraw").status_code == 409


def test_an_expired_grant(world: WalletWorld, zhang: Browser, li: Browser) -> None:
    last = (world.clock.now() + timedelta(days=2)).date().isoformat()
    act_for(li, accepted(zhang, li, grant_body(LI) | {"until": last}))
    world.clock.advance(timedelta(days=4))
    fresh = world.sign_in(LI)
    right = right_for(fresh)
    assert right["can_be_chosen"] is False
    assert act_for(fresh, right["right"]).status_code == 403


def test_an_exhausted_grant(world: WalletWorld, zhang: Browser, li: Browser) -> None:
    """One use: the second show is refused before anything is sent, and the licence can still be looked at."""
    act_for(li, accepted(zhang, li, grant_body(LI, scope={"uses": 1})))
    assert show(world, li) == (200, "", 1)
    assert show(world, li) == (422, "grant-refused", 0)
    assert len(li.credentials()) == 1
    assert zhang.uses()[0]["kind"] == "attempt-refused"


@pytest.mark.parametrize(
    "scope",
    [
        {"service_items": ["another-item"]},
        {"divisions": ["330000"]},
        {"service_items": [ITEM["code"]], "divisions": ["510300"]},
    ],
)
def test_a_show_beyond_the_grant(
    world: WalletWorld, zhang: Browser, li: Browser, scope: dict[str, list[str]]
) -> None:
    """Another item, another region (the window is in Chengdu 510100) → refused, and in the company's log."""
    act_for(li, accepted(zhang, li, grant_body(LI, scope=scope)))
    assert show(world, li) == (422, "grant-refused", 0)
    assert zhang.uses()[0]["kind"] == "attempt-refused"


def test_an_agent_grants_receives_removes_reads_the_log(
    world: WalletWorld, zhang: Browser, li: Browser
) -> None:
    """An agent sees and shows; everything else in the wallet is refused."""
    act_for(li, accepted(zhang, li, grant_body(LI)))
    licence = li.credentials()[0]["id"]
    assert li.post("/api/v1/grants", grant_body(WANG)).status_code == 403
    assert li.get("/api/v1/grants").status_code == 403
    assert li.submit("/mandates/new", name="王大为").status_code == 403
    assert li.submit(f"/licences/{licence}/removal").status_code == 403
    assert len(zhang.credentials()) == 1


def test_a_manager_makes_managers_and_reaches_further_than_his_own_grant(
    world: WalletWorld, zhang: Browser
) -> None:
    """A manager appoints a manager, withdraws another's agent, grants longer than he has → refused."""
    wang = world.sign_in(WANG)
    anothers = zhang.post("/api/v1/grants", grant_body(LI)).json["id"]
    act_for(wang, accepted(zhang, wang, grant_body(WANG, "manager")))
    assert wang.post("/api/v1/grants", grant_body(LI, "manager")).status_code == 403
    assert wang.post(f"/api/v1/grants/{anothers}/withdraw").status_code == 404
    assert wang.get("/api/v1/grants").json["grants"] == []
    longer = wang.post("/api/v1/grants", grant_body(LI) | {"until": "2030-06-30"})
    assert (longer.status_code, longer.json["type"]) == (422, PROBLEM + "grant-refused")


def test_a_removed_manager(world: WalletWorld, zhang: Browser) -> None:
    """Removed while he sits at the form: the grant that he posts is not made."""
    wang = world.sign_in(WANG)
    manager = accepted(zhang, wang, grant_body(WANG, "manager"))
    act_for(wang, manager)
    assert wang.page("/mandates/new").status_code == 200
    zhang.post(f"/api/v1/grants/{manager}/withdraw")
    assert wang.post("/api/v1/grants", grant_body(LI)).status_code == 403
    assert wang.post("/api/v1/grants", grant_body(LI)).status_code in (422, 403)
    assert [one["id"] for one in zhang.get("/api/v1/grants").json["grants"]] == [manager]


def test_a_self_made_root(world: WalletWorld, li: Browser) -> None:
    """A business licence that names Li, signed by somebody on no list → refused, and no wallet is opened."""
    world.issuer.sign_with = stranger(world)
    answer = li.receive(world.issuer.offer(BUSINESS_LICENCE.vct, company_claims(LI)))
    assert (answer.status_code, answer.json["type"]) == (422, PROBLEM + "issuer-not-trusted")
    assert li.get("/api/v1/rights").json["rights"] == []
    candidates = world.node.lookup_key.candidates("001", COMPANY_NUMBER)
    assert world.node.accounts.find(candidates) is None


@pytest.mark.parametrize("reader", [LI, replace(LI, name=CITIZENS[0].name)])
def test_a_licence_that_names_somebody_else(world: WalletWorld, reader: DemoPerson) -> None:
    """The licence names Zhang; Li redeems the offer, also under Zhang's name → refused: the number decides."""
    browser = world.sign_in(reader)
    answer = browser.receive(world.issuer.offer(BUSINESS_LICENCE.vct, company_claims()))
    assert (answer.status_code, answer.json["type"]) == (422, PROBLEM + "not-represented")
    assert browser.credentials() == []


def test_a_type_that_names_nobody_but_carries_the_claim(world: WalletWorld, li: Browser) -> None:
    """An identity card "of" the company with a claim of the business licence → the type names no representative."""
    claims = identity_claims(
        holder_code_type="001",
        holder_number=COMPANY_NUMBER,
        legal_representative=LI.name,
        legal_representative_number=LI.number,
        issuing_authority=ISSUER_NAME.zh,
    )
    answer = li.receive(world.issuer.offer(IDENTITY_CARD.vct, claims))
    assert (answer.status_code, answer.json["type"]) == (422, PROBLEM + "not-represented")


def test_a_revoked_business_licence(world: WalletWorld, zhang: Browser, li: Browser) -> None:
    """The root licence is revoked: its representative acts no more, and no grant can be shown."""
    right = accepted(zhang, li, grant_body(LI))
    for index in range(100, 110):
        world.issuer.statuses.set(index, StatusValue.INVALID)
    world.clock.advance(timedelta(minutes=10))
    assert zhang.get("/api/v1/credentials").status_code == 403
    act_for(li, right)
    assert show(world, li)[2] == 0


def test_what_is_left_of_a_revoked_business_licence(world: WalletWorld, zhang: Browser, li: Browser) -> None:
    """The issuer said that it is revoked: its representative sees the red card, and every deed but seeing is refused."""
    food = food_claims(holder_name=COMPANY, holder_code_type="001", holder_number=COMPANY_NUMBER)
    assert zhang.receive(world.issuer.offer(FOOD_LICENCE.vct, food, first_index=300)).status_code == 201
    zhang.get("/code/plain")
    [card] = [one for one in zhang.credentials() if one["vct"] == BUSINESS_LICENCE.vct]
    revoke(world, "revoked")

    right = right_for(zhang)
    assert (right["can_be_chosen"], right["only_to_look"]) == (True, True)
    assert act_for(zhang, right["right"]).json["acting_for"]["only_to_look"] is True
    seen = {one["vct"]: one for one in zhang.credentials()}
    assert seen[BUSINESS_LICENCE.vct]["state"] == "ended"
    assert seen[BUSINESS_LICENCE.vct]["state_text"]["zh"] == "已吊销"
    assert seen[FOOD_LICENCE.vct]["state"] == "valid"
    page = zhang.page(f"/licences/{card['id']}?lang=zh").text
    assert "已吊销" in page
    assert "只能查看" in page
    assert f"licence={card['id']}" not in page

    link, asked = world.verifier.ask(query_for(FOOD_LICENCE, "holder_name"))
    view = zhang.post("/api/v1/requests", {"uri": link})
    refused = [
        zhang.post(f"/api/v1/requests/{view.json['id']}/consent"),
        zhang.post("/api/v1/grants", grant_body(LI)),
        zhang.get("/api/v1/log"),
        zhang.get("/code/plain"),
        zhang.submit(f"/licences/{seen[FOOD_LICENCE.vct]['id']}/removal"),
        zhang.receive(world.issuer.offer(FOOD_LICENCE.vct, food, first_index=320)),
    ]
    assert [one.status_code for one in refused] == [403] * len(refused)
    # Nor for the person himself, with the company's wallet at hand.
    act_for(zhang, "self")
    again = zhang.post("/api/v1/requests", {"uri": link})
    assert zhang.post(f"/api/v1/requests/{again.json['id']}/consent").status_code != 200
    assert asked.answers == []


@pytest.mark.parametrize("word", ["replaced", "holder_changed", None])
def test_a_business_licence_that_ended_otherwise(
    world: WalletWorld, zhang: Browser, word: str | None
) -> None:
    """It was replaced, or nobody said why: another may be named by now, so that nobody looks."""
    revoke(world, word)
    assert right_for(zhang)["can_be_chosen"] is False
    assert act_for(zhang, right_for(zhang)["right"]).status_code == 403


def revoke(world: WalletWorld, word: str | None) -> None:
    """The business licence ends; its issuer tells the wallet's worker why, or does not answer."""
    if word is None:
        world.issuer.down = {"token"}
    else:
        refusal = {"error": "invalid_grant", "elicence_licence": {"state": word}}
        world.issuer.refresh_refusal = (400, refusal, {})
    for index in range(100, 105):
        world.issuer.statuses.set(index, StatusValue.INVALID)
    world.clock.advance(LOOK_EVERY + LOOK_JITTER)
    look_after_wallets(world.node, world.clock.now())


def test_a_guardian_after_eighteen(world: WalletWorld) -> None:
    """The child comes of age tomorrow: the mother's right ends with the day; she cannot open the wallet anew."""
    certify(world)
    mother = world.sign_in(LI)
    today = world.clock.now() + timedelta(hours=8)
    born = (today - timedelta(days=18 * 365 + 3)).date().isoformat()
    claims = birth_claims(LI, birth_date=born)
    assert mother.receive(world.issuer.offer(BIRTH_CERTIFICATE.vct, claims)).status_code == 201
    act_for(mother, right_for(mother, "张小宝")["right"])
    assert len(mother.credentials()) == 1

    world.clock.advance(timedelta(days=6))
    later = world.sign_in(LI)
    assert right_for(later, "张小宝")["can_be_chosen"] is False
    assert act_for(later, right_for(later, "张小宝")["right"]).status_code == 403
    world.publish()
    again = later.receive(world.issuer.offer(BIRTH_CERTIFICATE.vct, claims))
    assert (again.status_code, again.json["type"]) == (422, PROBLEM + "not-represented")


def test_a_wallet_of_a_small_child_is_not_handed_over(world: WalletWorld) -> None:
    """A guardian "hands over" a baby's wallet to an accomplice → refused by age, and by the birth date."""
    certify(world)
    mother = world.sign_in(LI)
    mother.receive(world.issuer.offer(BIRTH_CERTIFICATE.vct, birth_claims(LI)))
    right = right_for(mother, "张小宝")["right"]
    given = mother.post(f"/api/v1/rights/{right}/hand-over", {"name": "张小宝", "number": ZHAO.number})
    assert (given.status_code, given.json["type"]) == (422, PROBLEM + "hand-over-refused")
    assert world.sign_in(ZHAO).get("/api/v1/rights").json["rights"] == []


def test_eight_threads_for_the_last_use(world: WalletWorld, zhang: Browser, li: Browser) -> None:
    """Eight shows at once under a grant with one use left: one is counted, seven are refused."""
    right = accepted(zhang, li, grant_body(LI, scope={"uses": 1}))
    act_for(li, right)
    node = world.node
    with world.app.test_request_context():
        own = _own(world, LI)
        [sealed] = node.rights.of_person(own.account_id)
        holder = open_right(node, own, sealed.subject_account, sealed.right_id)

    def take(_: int) -> bool:
        try:
            return take_use(node, holder)
        except GrantRefusedError:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(take, range(8))) == [False] * 7 + [True]
    assert right_for(li)["uses_left"] == 0


def test_eight_threads_for_the_last_managers_place(world: WalletWorld, zhang: Browser) -> None:
    """Four managers are there; eight further ones are appointed at once → one gets the place."""
    people = [str(build_citizen_number("990101", date(1970 + n, 1, 1), f"{n:03}")) for n in range(12)]

    def appoint(number: str) -> int:
        body = grant_body(WANG, "manager") | {"person": {"name": "某经理", "number": number}}
        browser = Browser(world.app.test_client(), zhang.csrf)
        cookie = zhang.client.get_cookie("elicence_wallet", domain="localhost")
        assert cookie is not None
        browser.client.set_cookie("elicence_wallet", cookie.value, domain="localhost")
        return int(browser.post("/api/v1/grants", body).status_code)

    assert [appoint(number) for number in people[:4]] == [201] * 4
    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(appoint, people[4:])) == [201] + [409] * 7


def test_a_session_left_open_grants_nothing(world: WalletWorld, zhang: Browser, li: Browser) -> None:
    """Ten minutes after the sign-in somebody else has the phone → a grant needs the person again."""
    right = zhang.post("/api/v1/grants", grant_body(LI)).json["id"]
    world.clock.advance(timedelta(minutes=10))
    for refused in (
        zhang.post("/api/v1/grants", grant_body(WANG)),
        li.post(f"/api/v1/rights/{right}/accept"),
    ):
        assert (refused.status_code, refused.json["type"]) == (403, PROBLEM + "step-up-required")
    page = zhang.submit("/mandates/new", name="王大为", number=WANG.number, capacity="agent")
    assert page.status_code in (302, 303)
    assert WANG.number not in page.headers["Location"]
    assert right_for(li)["state"] == "offered"


def test_a_form_of_another_site(world: WalletWorld, zhang: Browser, li: Browser) -> None:
    """POST /acting-for, a grant and an acceptance without the token → refused."""
    right = zhang.post("/api/v1/grants", grant_body(LI)).json["id"]
    posts: list[Callable[[], int]] = [
        lambda: li.client.post("/acting-for", data={"right": "self"}).status_code,
        lambda: li.client.post(f"/rights/{right}/acceptance").status_code,
        lambda: zhang.client.post("/mandates/new", data={"name": "x"}).status_code,
        lambda: zhang.client.post(f"/mandates/{right}/withdrawal").status_code,
    ]
    assert [post() for post in posts] == [403] * 4
    assert right_for(li)["state"] == "offered"


def test_the_way_back_leads_nowhere_else(world: WalletWorld, zhang: Browser) -> None:
    """``next`` of the switch names another site → the first page."""
    answer = zhang.submit("/acting-for", right="self", next="https://evil.example/")
    assert answer.headers["Location"] == "/"


def _own(world: WalletWorld, person: DemoPerson) -> Holder:
    node = world.node
    return open_account(
        Person(person.code_type, person.number, person.name, person.subject, "https://provider.example", ""),
        store=node.accounts,
        lookup_key=node.lookup_key,
        envelope=node.account_envelope,
        at=node.clock.now(),
    )
