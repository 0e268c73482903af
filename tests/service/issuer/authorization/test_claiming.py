"""From the pushed request to the licences: what a person finds, and who gets it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from issuer.library.store.persons import PersonsLicences
from issuer.library.store.representative_index import RepresentativeIndex
from issuer.node import record_seal
from service.web.sign_in.store import SessionStore
from standards.sd_jwt_vc import parse_credential
from tests.service.issuer.authorization.conftest import HOSPITAL, MARKET, POLICE
from tests.support.claiming_world import (
    BIRTH,
    BUSINESS,
    FOOD,
    IDENTITY,
    LI,
    WANG,
    ZHANG,
    ClaimingWallet,
)
from tests.support.issuance_world import IssuanceWorld, verified


@pytest.fixture(scope="module")
def recorded(shared_world: IssuanceWorld) -> dict[str, str]:
    """Zhang's identity card, his noodle shop's two licences, and his child's birth certificate."""
    found = {}
    for authority, code in ((MARKET, BUSINESS), (MARKET, FOOD), (POLICE, IDENTITY), (HOSPITAL, BIRTH)):
        types = shared_world.api("GET", "/api/v1/types", authority=authority).get_json()["types"]
        example = next(one["example"] for one in types if one["code"] == code)
        answer = shared_world.api("POST", "/api/v1/licences", example, authority=authority)
        assert answer.status_code == 201, answer.text
        found[code] = answer.get_json()["identifier"]
    return found


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """The queries with which the library looks for persons."""
    seen: list[dict] = []
    read = PersonsLicences._read

    def noted(self: PersonsLicences, query: dict) -> tuple:
        seen.append({**query, "superseded_by": None})
        return read(self, query)

    monkeypatch.setattr(PersonsLicences, "_read", noted)
    return seen


def granted(token: dict) -> dict[str, tuple[str, str]]:
    """Type code → (issuer, credential identifier)."""
    return {
        one["credential_configuration_id"].partition("-")[0]: (
            one["locations"][0],
            one["credential_identifiers"][0],
        )
        for one in token["authorization_details"]
    }


def test_one_sign_in_finds_everything_that_is_the_persons(
    wallet: ClaimingWallet, world: IssuanceWorld, recorded: dict[str, str]
) -> None:
    """His own card, his shop's licences because its business licence names him, his child's certificate."""
    token = wallet.claim(ZHANG)
    assert token["token_type"] == "DPoP"
    assert "uses" in token["scope"].split()
    found = granted(token)
    assert set(found) == {IDENTITY, BUSINESS, FOOD, BIRTH}
    assert found[IDENTITY][0] == world.identifier_of(POLICE)
    kinds = {}
    for code, (issuer, identifier) in found.items():
        answer = wallet.credential(issuer, identifier)
        assert answer.status_code == 200, answer.text
        body = answer.get_json()
        assert body["elicence_refresh_token"]
        copy = verified(body["credentials"][0]["credential"])
        assert copy.claims["licence_identifier"] == recorded[code]
        kinds[code] = copy.claims["holder_code_type"]
    assert kinds == {IDENTITY: "111", BUSINESS: "001", FOOD: "001", BIRTH: "999"}


def test_the_page_says_whose_licences_go_to_which_wallet(
    wallet: ClaimingWallet, recorded: dict[str, str]
) -> None:
    assert recorded
    wallet.push()
    text = wallet.open(ZHANG).text
    for words in (
        "示例钱包服务",
        "https://wallet.example",
        "张小明",
        "杭州小明面馆",
        "您担任法定代表人",
        "您是监护人",
    ):
        assert words in text


def test_somebody_else_finds_only_what_is_theirs(wallet: ClaimingWallet, recorded: dict[str, str]) -> None:
    """The mother finds her child's certificate and nothing of her husband's; a stranger finds nothing."""
    assert recorded
    assert set(granted(wallet.claim(LI))) == {BIRTH}
    stranger = ClaimingWallet(wallet.world, wallet.provider)
    stranger.push()
    assert "证照库中没有您的证照" in stranger.open(WANG).text


def test_the_person_chooses(wallet: ClaimingWallet, recorded: dict[str, str]) -> None:
    wallet.push()
    wallet.open(ZHANG)
    token = wallet.request_token(wallet.code(wallet.decide([recorded[IDENTITY]]))).get_json()
    assert set(granted(token)) == {IDENTITY}


def test_only_what_the_wallet_asked_for_is_offered(wallet: ClaimingWallet, recorded: dict[str, str]) -> None:
    wallet.push(scope=f"{IDENTITY}-2")
    assert recorded[IDENTITY] in wallet.open(ZHANG).text
    assert recorded[BUSINESS] not in wallet.page().text


def test_authorization_details_do_as_well_as_scopes(wallet: ClaimingWallet, recorded: dict[str, str]) -> None:
    assert recorded
    details = f'[{{"type":"openid_credential","credential_configuration_id":"{BIRTH}-1"}}]'
    assert wallet.push(scope="x", authorization_details=details).status_code == 201
    wallet.open(ZHANG)
    token = wallet.request_token(wallet.code(wallet.decide())).get_json()
    assert set(granted(token)) == {BIRTH}


def test_nothing_goes_when_the_person_declines(wallet: ClaimingWallet) -> None:
    wallet.push()
    wallet.open(ZHANG)
    answer = wallet.decide(decision="decline")
    assert answer.status_code == 303
    assert "error=access_denied" in answer.headers["Location"]
    assert "code=" not in answer.headers["Location"].replace("code_", "")


def test_a_licence_that_ended_is_shown_and_does_not_go(
    wallet: ClaimingWallet, world: IssuanceWorld, recorded: dict[str, str]
) -> None:
    assert recorded
    types = world.api("GET", "/api/v1/types").get_json()["types"]
    example = next(one["example"] for one in types if one["code"] == FOOD)
    ended = world.api("POST", "/api/v1/licences", example).get_json()["identifier"]
    world.change(ended, "revoke")
    wallet.push()
    text = wallet.open(ZHANG).text
    assert "已吊销" in text
    assert ended not in text
    token = wallet.request_token(wallet.code(wallet.decide([ended, recorded[FOOD]]))).get_json()
    assert set(granted(token)) == {FOOD}


def test_the_refresh_token_of_a_claimed_licence_is_good_at_its_issuer(
    wallet: ClaimingWallet, world: IssuanceWorld, recorded: dict[str, str]
) -> None:
    assert recorded
    issuer, identifier = granted(wallet.claim(ZHANG))[IDENTITY]
    refresh = wallet.credential(issuer, identifier).get_json()["elicence_refresh_token"]
    uri = f"{issuer}/openid4vci/token"
    form = {"grant_type": "refresh_token", "refresh_token": refresh}
    path = uri.removeprefix(world.issuer_url)
    answer = world.app.test_client().post(path, data=form, headers=wallet.dpop(uri))
    assert answer.status_code == 200, answer.text
    fresh = answer.get_json()["access_token"]
    again = wallet.credential(issuer, None, token=fresh, credential_configuration_id=f"{IDENTITY}-2")
    assert again.status_code == 200, again.text
    assert parse_credential(again.get_json()["credentials"][0]["credential"])


def test_the_sign_in_serves_this_request_and_is_no_session(wallet: ClaimingWallet) -> None:
    """A citizen who also has a post never comes from here to a staff desk: the session has ended."""
    wallet.push()
    secret = wallet.sign_in(ZHANG)
    world = wallet.world
    sessions = SessionStore(world.node.database, world.master_key.envelope("sign-in session"))
    assert sessions.find(secret) is not None
    wallet.browser.get("/authorize/open", query_string={"request": wallet.handle})
    assert sessions.find(secret) is None
    assert wallet.browser.get_cookie("elicence_issuer", domain="localhost") is None
    assert wallet.page().status_code == 200


def test_a_person_learns_who_looked(
    wallet: ClaimingWallet, world: IssuanceWorld, recorded: dict[str, str]
) -> None:
    """Searches by the person's number and by a licence's identifier; searches for others stay out."""
    body = {
        "holder_code_type": "111",
        "holder_number": ZHANG.number,
        "type": IDENTITY,
        "cause": "补办材料核对",
    }
    assert world.api("POST", "/api/v1/licences/search", body, authority=POLICE).status_code == 200
    world.clock.advance(timedelta(seconds=1))
    by_identifier = {"identifier": recorded[BUSINESS], "cause": "双随机检查"}
    assert world.api("POST", "/api/v1/licences/search", by_identifier).status_code == 200
    other = {**body, "holder_number": WANG.number, "cause": "别人的事"}
    assert world.api("POST", "/api/v1/licences/search", other, authority=POLICE).status_code == 200
    wallet.claim(ZHANG)
    answer = wallet.uses()
    assert answer.status_code == 200, answer.text
    newest, before = answer.get_json()["uses"][:2]
    assert (newest["cause"], newest["kind"], newest["licence"]["identifier"]) == (
        "双随机检查",
        "viewed",
        recorded[BUSINESS],
    )
    assert before["cause"] == "补办材料核对"
    assert before["department"]["code"] == POLICE.uscc
    assert before["basis"]["kind"] == "statutory"
    assert "别人的事" not in answer.text
    later = wallet.uses({"since": world.clock.now().isoformat()}).get_json()
    assert all(one["at"] >= world.clock.now().isoformat() for one in later["uses"])


def test_uses_come_in_pages(
    wallet: ClaimingWallet, world: IssuanceWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("issuer.authorization.persons_uses.PAGE", 2)
    body = {"holder_code_type": "111", "holder_number": LI.number, "type": IDENTITY, "cause": "分页"}
    for _ in range(5):
        world.api("POST", "/api/v1/licences/search", body, authority=POLICE)
    wallet.claim(LI)
    seen, cursor = [], None
    while True:
        page = wallet.uses({"cursor": cursor}).get_json()
        seen += [one["id"] for one in page["uses"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 5
    assert wallet.uses({"cursor": "1.x"}).status_code == 400


def test_metadata_say_what_the_profile_asks_for(world: IssuanceWorld) -> None:
    """HAIP 1.0 section 4: PAR, PKCE S256, DPoP, attestation, ``iss``; authorities name the shared server."""
    client = world.app.test_client()
    server = client.get("/.well-known/oauth-authorization-server").get_json()
    assert server["require_pushed_authorization_requests"]
    assert server["authorization_response_iss_parameter_supported"]
    assert server["code_challenge_methods_supported"] == ["S256"]
    assert "attest_jwt_client_auth" in server["token_endpoint_auth_methods_supported"]
    assert "authorization_code" in server["grant_types_supported"]
    path = f"/.well-known/openid-credential-issuer/authorities/{POLICE.uscc}"
    issuer = client.get(path).get_json()
    assert issuer["authorization_servers"] == [world.identifier_of(POLICE), world.issuer_url]
    assert "authorization_servers" not in client.get("/.well-known/openid-credential-issuer").get_json()


def test_older_licences_are_found_once_their_representatives_are_entered(
    wallet: ClaimingWallet, world: IssuanceWorld, recorded: dict[str, str]
) -> None:
    """Rows from before representatives were looked for; the command may run twice."""
    licences = world.node.database["licences"]
    licences.update_many({}, {"$unset": {"representatives": ""}})
    assert set(granted(wallet.claim(ZHANG))) == {IDENTITY}
    index = RepresentativeIndex(world.node.database, record_seal(world.node.master_key))
    assert list(index.enter())[-1] == licences.count_documents({"representatives": {"$exists": True}}) > 0
    assert sum(index.enter()) == 0
    after = ClaimingWallet(world, wallet.provider)
    assert set(granted(after.claim(ZHANG))) == set(recorded)


def test_finding_a_person_reads_the_index_and_no_more(
    world: IssuanceWorld, recorded: dict[str, str], reads: list[dict]
) -> None:
    """A thousand licences of others in the library: neither search examines them."""
    assert recorded
    licences = world.node.database["licences"]
    some = licences.find_one({"type": FOOD})
    rows = [
        {**some, "_id": f"x{place}", "holders": [f"h{place}"], "superseded_by": "x"} for place in range(1000)
    ]
    licences.insert_many(rows)
    try:
        persons = world.node.authorization.finding.persons
        codes = [authority.uscc for authority in world.authorities]
        assert persons.held_by(codes, "111", ZHANG.number)
        assert persons.naming(codes, "111", ZHANG.number)
        for query in reads:
            done = world.node.database.command(
                "explain", {"find": "licences", "filter": query}, verbosity="executionStats"
            )
            assert done["executionStats"]["totalDocsExamined"] < 20
    finally:
        licences.delete_many({"_id": {"$regex": "^x"}})


def test_a_licence_that_waits_for_its_first_day_comes_later(
    wallet: ClaimingWallet, world: IssuanceWorld, recorded: dict[str, str]
) -> None:
    """202 with a transaction, again 202, then the copy for the key that was proven at first; once."""
    assert recorded
    types = world.api("GET", "/api/v1/types").get_json()["types"]
    example = next(one["example"] for one in types if one["code"] == FOOD)
    tomorrow = (world.clock.now() + timedelta(hours=8 + 24)).date().isoformat()
    made = world.api("POST", "/api/v1/licences", example | {"valid_from": tomorrow})
    assert made.status_code == 201, made.text
    waiting = made.get_json()["identifier"]
    wallet.push()
    assert "尚未生效" in wallet.open(ZHANG).text
    token = wallet.request_token(wallet.code(wallet.decide([waiting]))).get_json()
    assert token["expires_in"] == 24 * 3600
    wallet.access_token = token["access_token"]
    issuer, identifier = granted(token)[FOOD]
    first = wallet.credential(issuer, identifier)
    assert first.status_code == 202, first.text
    transaction = first.get_json()["transaction_id"]
    uri = f"{issuer}/openid4vci/deferred_credential"
    assert wallet.post(uri, {"transaction_id": transaction}).status_code == 202
    world.clock.advance(timedelta(hours=23, minutes=50))
    done = wallet.post(uri, {"transaction_id": transaction})
    assert done.status_code == 200, done.text
    body = done.get_json()
    assert verified(body["credentials"][0]["credential"]).claims["licence_identifier"] == waiting
    assert body["elicence_refresh_token"]
    again = wallet.post(uri, {"transaction_id": transaction})
    assert (again.status_code, again.get_json()["error"]) == (400, "invalid_transaction_id")
    altered = wallet.post(uri, {"transaction_id": identifier})
    assert (altered.status_code, altered.get_json()["error"]) == (400, "invalid_transaction_id")


def test_what_waits_for_one_wallet_is_not_fetched_by_another(
    wallet: ClaimingWallet, world: IssuanceWorld, recorded: dict[str, str]
) -> None:
    """Another wallet of the same person, with its own token, sends the transaction of the first."""
    assert recorded
    types = world.api("GET", "/api/v1/types").get_json()["types"]
    example = next(one["example"] for one in types if one["code"] == FOOD)
    later = (world.clock.now() + timedelta(days=2)).date().isoformat()
    world.api("POST", "/api/v1/licences", example | {"valid_from": later})
    token = wallet.claim(ZHANG)
    answers = [
        wallet.credential(one["locations"][0], name)
        for one in token["authorization_details"]
        for name in one["credential_identifiers"]
    ]
    transaction = next(one.get_json()["transaction_id"] for one in answers if one.status_code == 202)
    thief = ClaimingWallet(world, wallet.provider)
    thief.claim(ZHANG)
    answer = thief.post(f"{world.issuer_url}/openid4vci/deferred_credential", {"transaction_id": transaction})
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_transaction_id")
