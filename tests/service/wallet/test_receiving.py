"""Receiving licences over HTTP, against a real issuer, with the real store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from keys.master_key import MasterKey
from service.settings import Settings
from tests.support.clock import FixedClock
from tests.support.represented import BUSINESS_LICENCE, COMPANY, COMPANY_NUMBER, company_claims
from tests.support.wallet_world import (
    FOOD_LICENCE,
    IDENTITY_CARD,
    ISSUER_NAME,
    LI,
    Browser,
    WalletWorld,
    food_claims,
    identity_claims,
    stranger,
    wallet_world,
)


@pytest.mark.parametrize("by", ["value", "reference"])
def test_an_offer_ends_as_one_card_with_a_batch_of_copies(
    world: WalletWorld, zhang: Browser, by: str
) -> None:
    answer = zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims(), by=by))

    assert answer.status_code == 201, answer.text
    assert answer.json["issuer"]["name"] == ISSUER_NAME.to_json()
    [card] = zhang.credentials()
    assert (card["copies"], card["unused_copies"]) == (5, 5)
    assert card["state"] == "valid"
    assert card["claims"]["holder_name"] == "张小明"
    assert [one["event"] for one in world.issuer.notifications] == ["credential_accepted"]
    [use] = zhang.uses()
    assert (use["kind"], use["party"]) == ("received", ISSUER_NAME.to_json())


def test_a_repeat_of_the_call_answers_the_same_licence(world: WalletWorld, zhang: Browser) -> None:
    link = world.issuer.offer(IDENTITY_CARD.vct, identity_claims())
    first = zhang.receive(link)
    again = zhang.receive(link)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json["already_received"] is True
    assert again.json["credentials"][0]["id"] == first.json["credentials"][0]["id"]


def test_the_same_licence_received_by_another_offer_takes_the_place_of_the_first(
    world: WalletWorld, zhang: Browser
) -> None:
    zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims()))
    zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims()))

    assert len(zhang.credentials()) == 1


def test_a_transaction_code_is_asked_for_then_counted_then_accepted(
    world: WalletWorld, zhang: Browser
) -> None:
    link = world.issuer.offer(IDENTITY_CARD.vct, identity_claims(), tx_code="493536")

    missing = zhang.receive(link)
    wrong = zhang.receive(link, "000000")
    right = zhang.receive(link, "493536")

    assert (missing.status_code, missing.json["type"]) == (422, "urn:elicence:problem:tx-code-required")
    assert wrong.json["type"] == "urn:elicence:problem:tx-code-wrong"
    assert "2 times" in wrong.json["next"]["en"]
    assert right.status_code == 201, right.text


def test_too_many_wrong_codes_end_the_offer(world: WalletWorld, zhang: Browser) -> None:
    link = world.issuer.offer(IDENTITY_CARD.vct, identity_claims(), tx_code="493536")
    answers = [zhang.receive(link, "000000") for _ in range(4)]

    assert [one.status_code for one in answers] == [422, 422, 410, 410]
    assert answers[-1].json["type"] == "urn:elicence:problem:offer-gone"


@pytest.mark.parametrize("lost", ["credential", "nonce"])
def test_a_lost_answer_of_the_issuer_leaves_nothing_and_a_retry_succeeds(
    world: WalletWorld, zhang: Browser, lost: str
) -> None:
    """The answer breaks off after the issuer's work; nothing half-written; the same call then succeeds."""
    link = world.issuer.offer(IDENTITY_CARD.vct, identity_claims())
    world.issuer.lose = {lost}

    broken = zhang.receive(link)
    assert broken.status_code == 502, broken.text
    assert broken.json["type"] == "urn:elicence:problem:issuer-unreachable"
    assert zhang.credentials() == []

    assert zhang.receive(link).status_code == 201
    assert len(zhang.credentials()) == 1


def test_a_lost_token_answer_is_told_as_a_used_offer(world: WalletWorld, zhang: Browser) -> None:
    """The code was spent and the token is lost: only the issuer can help, and the person is told so."""
    link = world.issuer.offer(IDENTITY_CARD.vct, identity_claims())
    world.issuer.lose = {"token"}
    assert zhang.receive(link).status_code == 502

    gone = zhang.receive(link)
    assert (gone.status_code, gone.json["type"]) == (410, "urn:elicence:problem:offer-gone")
    assert "new offer" in gone.json["next"]["en"]


def test_an_offer_that_waited_a_day_is_gone(world: WalletWorld, zhang: Browser) -> None:
    """Refused by its own end, whether or not the store has forgotten it already."""
    link = world.issuer.offer(IDENTITY_CARD.vct, identity_claims(), tx_code="493536")
    assert zhang.receive(link).status_code == 422
    world.clock.advance(timedelta(days=1))
    answer = world.sign_in().receive(link, "493536")
    assert (answer.status_code, answer.json["type"]) == (410, "urn:elicence:problem:offer-gone")
    assert "token" not in world.issuer.calls


def test_an_issuer_that_is_down_can_be_asked_again_later(world: WalletWorld, zhang: Browser) -> None:
    link = world.issuer.offer(IDENTITY_CARD.vct, identity_claims())
    world.issuer.down = {"credential"}
    assert zhang.receive(link).status_code == 502
    world.issuer.down = set()
    assert zhang.receive(link).status_code == 201


def test_an_issuer_that_demands_its_own_dpop_nonce_gets_it(world: WalletWorld, zhang: Browser) -> None:
    world.issuer.dpop_nonce = "nonce-of-the-server"
    assert zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims())).status_code == 201
    assert world.issuer.calls.count("token") == 2


def test_an_issuer_that_makes_no_batches_gives_one_copy(world: WalletWorld, zhang: Browser) -> None:
    world.issuer.batch_size = 1
    answer = zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims()))
    assert answer.json["credentials"][0]["copies"] == 1


def test_an_issuer_whose_identifier_bears_a_path(
    settings: Settings, master_key: MasterKey, clock: FixedClock, tmp_path: Path
) -> None:
    """The well-known part goes between host and path (OpenID4VCI 1.0 section 12.2.2)."""
    fresh = replace(settings, data=tmp_path, trust_anchor_file=tmp_path / "anchor.pem")
    with wallet_world(fresh, master_key, clock, issuer_path="/authorities/11330100MB00000014") as world:
        answer = world.sign_in().receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims()))
        assert answer.status_code == 201, answer.text
        assert answer.json["issuer"]["identifier"].endswith("/authorities/11330100MB00000014")


def test_another_persons_licence_is_refused_and_nothing_kept(world: WalletWorld, zhang: Browser) -> None:
    answer = zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims(LI)))

    assert (answer.status_code, answer.json["type"]) == (422, "urn:elicence:problem:another-persons-licence")
    assert zhang.credentials() == []
    assert [one["event"] for one in world.issuer.notifications] == ["credential_failure"]


def test_a_companys_licence_waits_for_who_may_act_for_the_company(world: WalletWorld, zhang: Browser) -> None:
    """A food licence names no representative: refused at first, kept for the company once Zhang represents it."""
    food = food_claims(holder_name=COMPANY, holder_code_type="001", holder_number=COMPANY_NUMBER)
    early = zhang.receive(world.issuer.offer(FOOD_LICENCE.vct, food))
    assert (early.status_code, early.json["type"]) == (422, "urn:elicence:problem:not-represented")

    opened = zhang.receive(world.issuer.offer(BUSINESS_LICENCE.vct, company_claims()))
    assert opened.status_code == 201, opened.text
    assert opened.json["kept_for"][0] | {"credential": "", "right": ""} == {
        "credential": "",
        "right": "",
        "kind": "entity",
        "name": COMPANY,
    }
    assert zhang.receive(world.issuer.offer(FOOD_LICENCE.vct, food)).status_code == 201
    assert {one["holder"]["acting"] for one in zhang.credentials()} == {"legal_representative"}
    assert world.sign_in(LI).credentials() == []


def test_a_signer_outside_the_lists_is_refused(world: WalletWorld, zhang: Browser) -> None:
    world.issuer.sign_with = stranger(world)
    answer = zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims()))

    assert (answer.status_code, answer.json["type"]) == (422, "urn:elicence:problem:issuer-not-trusted")
    assert zhang.credentials() == []


def test_an_issuer_that_may_not_issue_the_type_is_refused(world: WalletWorld, zhang: Browser) -> None:
    world.publish(issuer_types=(FOOD_LICENCE.code,))
    answer = zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims()))

    assert (answer.status_code, answer.json["type"]) == (422, "urn:elicence:problem:issuer-not-trusted")


def test_a_credential_bound_to_another_key_is_refused(world: WalletWorld, zhang: Browser) -> None:
    world.issuer.bind_to = stranger(world).public_jwk
    answer = zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims()))

    assert (answer.status_code, answer.json["type"]) == (422, "urn:elicence:problem:credential-rejected")
    assert zhang.credentials() == []


def test_another_type_than_the_one_offered_is_refused(world: WalletWorld, zhang: Browser) -> None:
    world.issuer.vct_in_credential = FOOD_LICENCE.vct
    answer = zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims()))
    assert (answer.status_code, answer.json["type"]) == (422, "urn:elicence:problem:credential-rejected")


def test_a_batch_whose_copies_differ_is_refused_whole(world: WalletWorld, zhang: Browser) -> None:
    world.issuer.differing_claim = True
    answer = zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims()))
    assert (answer.status_code, answer.json["type"]) == (422, "urn:elicence:problem:credential-rejected")
    assert zhang.credentials() == []


def test_an_expired_credential_is_refused(world: WalletWorld, zhang: Browser) -> None:
    world.issuer.expires_in_days = -2
    answer = zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims()))
    assert (answer.status_code, answer.json["type"]) == (422, "urn:elicence:problem:credential-rejected")


def test_without_trust_lists_nothing_is_received_and_the_offer_stays_good(
    world: WalletWorld, zhang: Browser
) -> None:
    lists, world.issuer.trust_lists = world.issuer.trust_lists, {}
    link = world.issuer.offer(IDENTITY_CARD.vct, identity_claims())

    answer = zhang.receive(link)
    assert (answer.status_code, answer.json["type"]) == (503, "urn:elicence:problem:trust-unavailable")

    world.issuer.trust_lists = lists
    world.clock.advance(timedelta(seconds=5))
    assert zhang.receive(link).status_code == 201


def test_the_page_names_the_issuer_by_the_trust_list_and_asks_for_the_code(
    world: WalletWorld, zhang: Browser
) -> None:
    link = world.issuer.offer(IDENTITY_CARD.vct, identity_claims(), tx_code="493536", by="reference")
    opened = zhang.page(f"/offers?{link.partition('?')[2]}")
    assert opened.status_code == 303

    page = zhang.page(opened.headers["Location"]).text
    assert ISSUER_NAME.zh in page
    assert "自称的机构" not in page
    assert "短信验证码" in page

    wrong = zhang.submit(opened.headers["Location"], tx_code="1")
    assert wrong.status_code == 422
    assert 'aria-invalid="true"' in wrong.text

    done = zhang.submit(opened.headers["Location"], tx_code="493536")
    assert done.status_code == 303
    assert "张小明" in zhang.page(done.headers["Location"]).text


def test_an_issuer_that_no_list_knows_is_not_asked_for_anything(world: WalletWorld, zhang: Browser) -> None:
    link = world.issuer.offer(IDENTITY_CARD.vct, identity_claims())
    world.issuer.trust_lists["330000"] = world.region_list("330000", ())

    answer = zhang.receive(link)
    assert (answer.status_code, answer.json["type"]) == (422, "urn:elicence:problem:issuer-not-trusted")
    assert "token" not in world.issuer.calls


def test_a_licence_of_a_child_that_names_nobody_is_not_kept(world: WalletWorld, zhang: Browser) -> None:
    """Holder code type 999 and no parent named: nothing says that Zhang acts for this child."""
    claims = identity_claims(holder_name="张小宝", holder_code_type="999", holder_number="Z990000016")
    answer = zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, claims))
    assert (answer.status_code, answer.json["type"]) == (422, "urn:elicence:problem:not-represented")
    assert zhang.credentials() == []


def test_the_state_of_a_card_follows_the_status_list(world: WalletWorld, zhang: Browser) -> None:
    """Suspended on the list, suspended on the card; revoked on one copy, ended on the card."""
    zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims()))
    for value, state in ((2, "suspended"), (3, "inspection_overdue"), (1, "ended")):
        world.issuer.statuses.set(102, value)
        world.clock.advance(timedelta(seconds=2))
        assert zhang.credentials()[0]["state"] == state


def test_a_status_service_that_is_down_makes_the_state_unknown_not_bad(
    world: WalletWorld, zhang: Browser
) -> None:
    world.issuer.down = {"1"}
    zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims()))
    assert zhang.credentials()[0]["state"] == "unknown"


def test_a_licence_can_be_taken_out_and_put_back(world: WalletWorld, zhang: Browser) -> None:
    zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims()))
    page = f"/licences/{zhang.credentials()[0]['id']}"
    assert zhang.page(f"{page}/removal").status_code == 200

    assert zhang.submit(f"{page}/removal").status_code == 303
    assert zhang.credentials() == []
    assert "放回钱包" in zhang.page(f"{page}?lang=zh").text

    zhang.submit(f"{page}/restoration")
    assert len(zhang.credentials()) == 1
    assert [use["kind"] for use in zhang.uses()] == ["restored", "removed", "received"]


def test_a_licence_taken_out_a_week_ago_is_gone(world: WalletWorld, zhang: Browser) -> None:
    zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims()))
    page = f"/licences/{zhang.credentials()[0]['id']}"
    zhang.submit(f"{page}/removal")
    world.clock.advance(timedelta(days=7))

    assert world.sign_in().get(page).status_code == 404


def test_nothing_personal_lies_in_clear_in_the_store(world: WalletWorld, zhang: Browser) -> None:
    zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims()))

    stored = b"".join(
        bytes(raw)
        for name in world.node.database.list_collection_names()
        for raw in world.node.database[name].find_raw_batches()
    )
    for secret in ("张小明", "990101198805120016", "1988-05-12", IDENTITY_CARD.vct, world.issuer.identifier):
        assert secret.encode() not in stored
