"""Attacks on the authorisation server: each request is right but for one thing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest

from issuer.demo.authorities import demo_authorities
from keys.trust_list import Role
from service.settings import Settings
from standards.oauth import build_code_challenge
from tests.support.claiming_world import (
    BIRTH,
    BUSINESS,
    IDENTITY,
    LI,
    WANG,
    ZHANG,
    ClaimingWallet,
    Provider,
    list_provider,
)
from tests.support.clock import FixedClock
from tests.support.issuance_world import HolderKey, IssuanceWorld, found_world

MARKET, POLICE, HOSPITAL = (demo_authorities()[place] for place in (0, 1, 4))


@pytest.fixture(scope="module")
def shared_world(settings: Settings) -> IssuanceWorld:
    world = found_world(settings, FixedClock(), (MARKET, POLICE, HOSPITAL))
    world.record_licence(authority=POLICE)
    return world


@pytest.fixture(scope="module")
def provider(shared_world: IssuanceWorld) -> Provider:
    return list_provider(shared_world)


@pytest.fixture
def world(shared_world: IssuanceWorld) -> Iterator[IssuanceWorld]:
    started = shared_world.clock.now()
    yield shared_world
    shared_world.clock.set(started)


@pytest.fixture
def wallet(world: IssuanceWorld, provider: Provider) -> ClaimingWallet:
    return ClaimingWallet(world, provider)


def error_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["error"]


def code_of(wallet: ClaimingWallet) -> str:
    assert wallet.push().status_code == 201
    wallet.open(ZHANG)
    return wallet.code(wallet.decide())


# -- who asks -----------------------------------------------------------------------------------------------------


def test_a_wallet_without_attestation_is_refused(wallet: ClaimingWallet) -> None:
    """PAR without headers, with half of them, with two attestations."""
    for headers in ({}, wallet.attestation(), wallet.pop()):
        assert wallet.push(headers=headers).status_code == 401


def test_a_provider_that_is_not_listed_as_one_is_refused(world: IssuanceWorld, provider: Provider) -> None:
    """A department that is listed as verifier attests a wallet with its right certificate."""
    assert provider
    verifier = list_provider(world, "window.example", role=Role.VERIFIER)
    forged = ClaimingWallet(world, verifier, client_id="https://window.example")
    answer = forged.push(redirect_uri="https://window.example/find/callback")
    assert error_of(answer) == (401, "invalid_client_attestation")


def test_a_provider_speaks_only_for_its_own_hosts(world: IssuanceWorld, provider: Provider) -> None:
    """A listed provider attests a client on somebody else's host."""
    other = ClaimingWallet(world, provider, client_id="https://bank.example")
    answer = other.push(redirect_uri="https://bank.example/callback")
    assert error_of(answer) == (401, "invalid_client_attestation")


def test_an_attestation_with_another_wallets_key_is_refused(wallet: ClaimingWallet) -> None:
    """The proof is signed by another key than the attested one."""
    thief = HolderKey()
    assert wallet.push(headers=wallet.attestation() | wallet.pop(sign=thief.sign)).status_code == 401


def test_a_proof_for_another_server_or_of_long_ago_is_refused(wallet: ClaimingWallet) -> None:
    for changes in (
        {"audience": "https://library.example"},
        {"at": wallet.world.clock.now() - timedelta(minutes=10)},
    ):
        assert wallet.push(headers=wallet.attestation() | wallet.pop(**changes)).status_code == 401


def test_a_proof_pushes_one_request_only(wallet: ClaimingWallet) -> None:
    """The same headers again: somebody replays what was heard."""
    headers = wallet.headers()
    assert wallet.push(headers=headers).status_code == 201
    assert error_of(wallet.push(headers=headers)) == (401, "invalid_client_attestation")


def test_an_attestation_that_has_run_out_is_refused(wallet: ClaimingWallet) -> None:
    past = wallet.world.clock.now() - timedelta(minutes=1)
    assert wallet.push(headers=wallet.attestation(expires_at=past) | wallet.pop()).status_code == 401


# -- the pushed request -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "https://evil.example/find/callback",
        "https://wallet.example.evil.example/",
        "https://wallet.example@evil.example/",
        "https://wallet.example:8443/find/callback",
        "http://wallet.example/find/callback",
        "https://wallet.example/find/callback#x",
        "javascript:alert(1)",
        "//evil.example",
        "https://wallet.example\\@evil.example/",
        "https://wallet.example/\r\nSet-Cookie: a=b",
    ],
)
def test_the_answer_goes_to_the_wallets_own_origin_only(wallet: ClaimingWallet, redirect_uri: str) -> None:
    """Open redirect and code injection by ``redirect_uri``."""
    assert error_of(wallet.push(redirect_uri=redirect_uri)) == (400, "invalid_request")


@pytest.mark.parametrize(
    "form",
    [
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"code_challenge": None},
        {"code_challenge": "short"},
        {"request_uri": "urn:ietf:params:oauth:request_uri:x"},
        {"state": None},
    ],
)
def test_pkce_cannot_be_left_out_or_weakened(wallet: ClaimingWallet, form: dict[str, Any]) -> None:
    """PKCE downgrade, and a request that names another one."""
    assert error_of(wallet.push(**form)) == (400, "invalid_request")


def test_parameters_in_the_browser_are_not_looked_at(wallet: ClaimingWallet) -> None:
    """A request without PAR, and another ``redirect_uri`` beside the pushed one."""
    wallet.push()
    direct = wallet.browser.get(
        "/authorize",
        query_string={
            "response_type": "code",
            "client_id": wallet.client_id,
            "redirect_uri": "https://evil.example",
        },
    )
    assert direct.status_code == 410
    beside = wallet.authorize(redirect_uri="https://evil.example/")
    assert beside.status_code == 303
    assert "evil" not in beside.headers["Location"]
    wallet.open(ZHANG)
    assert wallet.decide().headers["Location"].startswith("https://wallet.example/find/callback?")


def test_a_pushed_request_of_another_client_is_refused(wallet: ClaimingWallet) -> None:
    wallet.push()
    assert wallet.authorize(client_id="https://other.example").status_code == 410


def test_a_pushed_request_serves_one_browser_and_one_answer(wallet: ClaimingWallet) -> None:
    """Replayed PAR: a second browser, then the first one again after the answer."""
    wallet.push()
    wallet.open(ZHANG)
    second = ClaimingWallet(wallet.world, wallet.provider, request_uri=wallet.request_uri)
    assert second.authorize().status_code == 410
    second.sign_in(LI)
    assert second.browser.get("/authorize/open", query_string={"request": second.handle}).status_code == 410
    assert second.page().status_code == 403
    assert wallet.decide().status_code == 303
    assert wallet.page().status_code == 410
    wallet.sign_in(ZHANG)
    assert wallet.authorize().status_code == 410


def test_a_pushed_request_ends(wallet: ClaimingWallet) -> None:
    wallet.push()
    wallet.world.clock.advance(timedelta(minutes=10))
    assert wallet.authorize().status_code == 410


def test_a_made_up_request_uri_is_refused(wallet: ClaimingWallet) -> None:
    wallet.push()
    altered = wallet.request_uri[:-2] + ("AA" if not wallet.request_uri.endswith("AA") else "BB")
    for uri in (altered, "", "urn:ietf:params:oauth:request_uri:" + "A" * 22, "x" * 5000):
        assert wallet.authorize(request_uri=uri).status_code == 410


# -- the person ---------------------------------------------------------------------------------------------------


def test_nobody_decides_without_signing_in(wallet: ClaimingWallet) -> None:
    wallet.push()
    answer = wallet.browser.get("/authorize/open", query_string={"request": wallet.handle})
    assert answer.status_code in (302, 303)
    assert "/sign-in" in answer.headers["Location"]
    assert wallet.page().status_code == 410


def test_a_decision_that_no_page_of_ours_sent_is_refused(wallet: ClaimingWallet) -> None:
    """CSRF: another origin; the right origin without the page's proof; the proof of another browser."""
    wallet.push()
    wallet.open(ZHANG)
    form = {"request": wallet.handle, "decision": "agree", "uses": "1"}
    foreign = wallet.browser.post("/authorize/choose", data=form, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert wallet.browser.post("/authorize/choose", data=form).status_code == 403
    assert wallet.browser.post("/authorize/choose", data={**form, "proof": "x"}).status_code == 403
    assert wallet.page().status_code == 200


def test_the_page_cannot_be_framed(wallet: ClaimingWallet) -> None:
    wallet.push()
    assert "frame-ancestors 'none'" in wallet.open(ZHANG).headers["Content-Security-Policy"]


def test_licences_of_others_cannot_be_added_to_the_form(wallet: ClaimingWallet) -> None:
    """Li sends the identifier of Zhang's identity card with her decision."""
    owner = ClaimingWallet(wallet.world, wallet.provider)
    owner.push()
    stolen = owner.open(ZHANG).text.split('name="licence" value="')[1].split('"')[0]
    wallet.push()
    wallet.open(LI)
    token = wallet.request_token(wallet.code(wallet.decide([stolen]))).get_json()
    assert "authorization_details" not in token


def test_a_representative_who_was_replaced_finds_nothing(world: IssuanceWorld, provider: Provider) -> None:
    """The business licence names Wang, then a new version names Li: Wang's right is gone with the old version."""
    types = world.api("GET", "/api/v1/types").get_json()["types"]
    example = next(one["example"] for one in types if one["code"] == BUSINESS)
    fields = example["fields"] | {
        "legal_representative": WANG.name,
        "legal_representative_number": WANG.number,
    }
    made = world.api("POST", "/api/v1/licences", example | {"fields": fields})
    assert made.status_code == 201, made.text
    identifier = made.get_json()["identifier"]
    before = ClaimingWallet(world, provider)
    before.push()
    assert identifier in before.open(WANG).text
    change = {
        "operation": "change",
        "reason": "法定代表人变更",
        "changes": {"fields": {"legal_representative": LI.name, "legal_representative_number": LI.number}},
        "approval": {"proposer": "clerk-1", "approver": "approver-2"},
    }
    answer = world.api("POST", f"/api/v1/licences/{identifier}/events", change)
    assert answer.status_code == 201, answer.text
    successor = world.api("GET", f"/api/v1/licences/{identifier}").get_json()["superseded_by"]
    after = ClaimingWallet(world, provider)
    after.push()
    text = after.open(WANG).text
    assert identifier not in text
    assert successor not in text
    heir = ClaimingWallet(world, provider)
    heir.push()
    assert successor in heir.open(LI).text


def test_a_guardian_of_a_child_that_came_of_age_finds_nothing(
    world: IssuanceWorld, provider: Provider
) -> None:
    """The child has its eighteenth birthday today; the day before it is still a child."""
    types = world.api("GET", "/api/v1/types", authority=HOSPITAL).get_json()["types"]
    example = next(one["example"] for one in types if one["code"] == BIRTH)
    today = world.clock.china_day()
    found = []
    for number, born in (("Z990000018", today), ("Z990000017", today + timedelta(days=2))):
        fields = example["fields"] | {"birth_date": born.replace(year=born.year - 18).isoformat()}
        holders = [example["holders"][0] | {"number": number}]
        body = example | {"holders": holders, "fields": fields}
        answer = world.api("POST", "/api/v1/licences", body, authority=HOSPITAL)
        assert answer.status_code == 201, answer.text
        found.append(answer.get_json()["identifier"])
    wallet = ClaimingWallet(world, provider)
    wallet.push()
    text = wallet.open(LI).text
    assert found[0] not in text
    assert found[1] in text


# -- the code -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"code_verifier": "A" * 43}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"redirect_uri": "https://wallet.example/other"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"client_id": "https://other.example"}, "invalid_grant"),
        ({"code": "A" * 55}, "invalid_grant"),
    ],
)
def test_a_code_is_worth_nothing_without_the_rest(
    wallet: ClaimingWallet, form: dict[str, Any], error: str
) -> None:
    """Wrong verifier, address, client, code; the right request afterwards still works."""
    code = code_of(wallet)
    assert error_of(wallet.request_token(form.pop("code", code), **form)) == (400, error)
    assert wallet.request_token(code).status_code == 200


def test_a_code_injected_into_another_wallet_is_refused(wallet: ClaimingWallet) -> None:
    """Code injection: a stolen code, redeemed by an attested wallet of the same provider with its own keys."""
    code = code_of(wallet)
    thief = ClaimingWallet(wallet.world, wallet.provider, verifier=wallet.verifier)
    assert error_of(thief.request_token(code)) == (400, "invalid_grant")
    mine = ClaimingWallet(wallet.world, wallet.provider)
    code_of(mine)
    assert error_of(mine.request_token(code)) == (400, "invalid_grant")


def test_the_handle_of_a_pushed_request_is_no_code(wallet: ClaimingWallet) -> None:
    code_of(wallet)
    assert error_of(wallet.request_token(wallet.handle)) == (400, "invalid_grant")


def test_a_code_ends_after_a_minute(wallet: ClaimingWallet) -> None:
    code = code_of(wallet)
    wallet.world.clock.advance(timedelta(seconds=60))
    assert error_of(wallet.request_token(code)) == (400, "invalid_grant")


def test_a_token_without_dpop_or_with_another_key_is_refused(wallet: ClaimingWallet) -> None:
    """No DPoP; a code bound to a key by ``dpop_jkt`` redeemed with another."""
    code = code_of(wallet)
    assert error_of(wallet.request_token(code, headers=wallet.headers())) == (400, "invalid_dpop_proof")
    bound = ClaimingWallet(wallet.world, wallet.provider)
    bound.push(dpop_jkt=bound.instance.jwk.thumbprint())
    bound.open(ZHANG)
    bound_code = bound.code(bound.decide())
    uri = f"{bound.world.issuer_url}/openid4vci/token"
    other = bound.headers() | bound.dpop(uri, key=HolderKey())
    assert error_of(bound.request_token(bound_code, headers=other)) == (400, "invalid_grant")
    assert bound.request_token(bound_code).status_code == 200


def test_a_code_that_comes_twice_ends_what_it_gave(wallet: ClaimingWallet) -> None:
    """RFC 6749 section 4.1.2: the second redemption is refused, and the first token reaches nothing any more."""
    code = code_of(wallet)
    token = wallet.request_token(code).get_json()
    wallet.access_token = token["access_token"]
    detail = token["authorization_details"][0]
    issuer, identifier = detail["locations"][0], detail["credential_identifiers"][0]
    assert wallet.credential(issuer, identifier).status_code == 200
    assert error_of(wallet.request_token(code)) == (400, "invalid_grant")
    assert error_of(wallet.credential(issuer, identifier)) == (400, "unknown_credential_identifier")
    assert wallet.uses().status_code == 401


def test_of_eight_redemptions_at_once_one_gets_a_token(wallet: ClaimingWallet) -> None:
    """A race for the code: at most one token, and what it gave ends, because the code came more than once."""
    code = code_of(wallet)
    start, answers = Barrier(8), []

    def redeem() -> None:
        start.wait()
        answers.append(wallet.request_token(code))

    threads = [Thread(target=redeem) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers].count(200) <= 1
    assert all(error_of(answer)[1] == "invalid_grant" for answer in answers if answer.status_code != 200)


def test_of_eight_decisions_at_once_one_counts(wallet: ClaimingWallet) -> None:
    """Double-click: one code, the others are told that the request was answered."""
    wallet.push()
    text = wallet.open(ZHANG).text
    proof = text.partition('name="proof" value="')[2].partition('"')[0]
    form = {"request": wallet.handle, "proof": proof, "decision": "agree", "uses": "1"}
    secret = wallet.browser.get_cookie("elicence_issuer_claim", domain="localhost", path="/authorize")
    assert secret is not None
    start, answers = Barrier(8), []

    def decide() -> None:
        browser = wallet.world.app.test_client()
        browser.set_cookie("elicence_issuer_claim", secret.value, domain="localhost", path="/authorize")
        start.wait()
        answers.append(browser.post("/authorize/choose", data=form).status_code)

    threads = [Thread(target=decide) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303] + [410] * 7


# -- the token ----------------------------------------------------------------------------------------------------


def test_a_token_reaches_only_what_was_granted(wallet: ClaimingWallet) -> None:
    """A made-up identifier; a configuration that was not granted; the identifier of another person's grant; another issuer."""
    token = wallet.claim(ZHANG)
    detail = next(
        one for one in token["authorization_details"] if one["credential_configuration_id"] == f"{IDENTITY}-2"
    )
    issuer, identifier = detail["locations"][0], detail["credential_identifiers"][0]
    assert error_of(wallet.credential(issuer, "A" * 22)) == (400, "unknown_credential_identifier")
    by_type = wallet.credential(issuer, None, credential_configuration_id=f"{IDENTITY}-1")
    assert error_of(by_type) == (400, "unknown_credential_identifier")
    assert error_of(wallet.credential(wallet.world.issuer_url, identifier)) == (
        400,
        "unknown_credential_identifier",
    )
    other = ClaimingWallet(wallet.world, wallet.provider)
    other.claim(LI)
    assert error_of(other.credential(issuer, identifier)) == (400, "unknown_credential_identifier")


def test_a_token_is_worth_nothing_without_its_key_or_after_its_end(wallet: ClaimingWallet) -> None:
    wallet.claim(ZHANG)
    thief = ClaimingWallet(wallet.world, wallet.provider, access_token=wallet.access_token)
    assert thief.uses().status_code == 401
    bearer = wallet.world.app.test_client().post(
        "/my/uses", json={}, headers={"Authorization": f"Bearer {wallet.access_token}"}
    )
    assert bearer.status_code == 401
    wallet.world.clock.advance(timedelta(minutes=10))
    assert wallet.uses().status_code == 401


def test_uses_need_the_persons_word(wallet: ClaimingWallet) -> None:
    """The wallet asked for them; the person left the box empty."""
    wallet.push()
    wallet.open(ZHANG)
    text = wallet.page().text
    form = {
        "request": wallet.handle,
        "proof": text.partition('name="proof" value="')[2].partition('"')[0],
        "decision": "agree",
        "licence": [part.split('"')[0] for part in text.split('name="licence" value="')[1:]],
    }
    code = wallet.code(wallet.browser.post("/authorize/choose", data=form))
    wallet.access_token = wallet.request_token(code).get_json()["access_token"]
    assert wallet.uses().status_code == 403


def test_the_store_alone_opens_nothing(wallet: ClaimingWallet) -> None:
    """Whoever reads the collection finds neither name nor number, and can make no code or request of a row."""
    code = code_of(wallet)
    rows = list(wallet.world.node.database["authorizations"].find({"state": {"$exists": True}}))
    text = repr(rows)
    assert ZHANG.number not in text
    assert ZHANG.name not in text
    assert code not in text
    assert wallet.verifier not in text
    assert build_code_challenge(wallet.verifier) in text
    reference = next(row["_id"] for row in rows if row["_id"] == code.partition(".")[0])
    assert error_of(wallet.request_token(reference)) == (400, "invalid_grant")
