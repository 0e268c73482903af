"""Attacks on a presentation, each with the request or the answer that it changes and the verdict.

request ──▶ wallet ──▶ answer ──▶ window. The attacker holds whatever the test says; the window holds the keys, the store
and the trust lists of its world.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest

from keys.master_key import MasterKey
from service.settings import Settings
from standards.jose import b64url_decode, b64url_encode
from standards.jwe import EphemeralKey, encrypt
from standards.openid4vp.errors import InvalidPresentationRequestError, InvalidVerifierError
from standards.openid4vp.request_object import parse_request_object, verify_request_object
from standards.openid4vp.response import build_direct_post, build_direct_post_jwt
from tests.support.clock import FixedClock
from tests.support.trust_world import new_signer
from tests.support.verifier_world import COMPANY, IDENTITY, IDENTITY_CARD, VerifierWorld, verifier_world
from verifier.app import build_app
from verifier.window.store import PresentationStore


@pytest.fixture(scope="module")
def world(
    settings: Settings, master_key: MasterKey, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[VerifierWorld]:
    data = tmp_path_factory.mktemp("window")
    fresh = replace(settings, data=data, trust_anchor_file=data / "anchor.pem")
    with verifier_world(fresh, master_key, FixedClock()) as made:
        yield made


def failed(world: VerifierWorld, made: dict[str, Any]) -> list[tuple[int, str]]:
    """Steps and codes that failed, after checking that nothing passed or was accepted."""
    result = world.result(made)
    assert result["state"] == "received"
    assert result["report"]["indication"] == "FAILED"
    decision = world.api("POST", f"/api/v1/presentations/{made['id']}/decision", {"decision": "accept"})
    assert decision.status_code == 409
    return [
        (finding["step"], finding["code"])
        for finding in result["report"]["findings"]
        if finding["outcome"] == "failed"
    ]


def test_replayed_nonce(world: VerifierWorld) -> None:
    """A key binding made for request 1 is sent as the answer to request 2 → FAILED at step 8."""
    first, second = world.ask(), world.ask()
    wallet = world.wallet()
    tokens = wallet.tokens(wallet.read(first["authorization_request"]))
    request = wallet.read(second["authorization_request"])
    assert wallet.post(request, wallet.form(request, tokens)).status_code == 200
    assert failed(world, second) == [(8, "wrong-nonce")]


def test_replayed_response_eight_at_once(world: VerifierWorld) -> None:
    """One good answer posted eight times at the same moment → exactly one 200, seven refusals, one state."""
    made = world.ask()
    wallet = world.wallet()
    request = wallet.read(made["authorization_request"])
    form = wallet.form(request)
    barrier = threading.Barrier(8)

    def post(_: int) -> int:
        client = world.app.test_client()
        barrier.wait()
        return int(client.post(urlsplit(request.response_uri).path, data=form).status_code)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(post, range(8)))
    assert sorted(answers) == [200] + [410] * 7
    assert world.result(made)["report"]["indication"] == "PASSED"
    assert wallet.post(request, form).status_code == 410


def test_wrong_audience(world: VerifierWorld) -> None:
    """Key binding with aud = another window's client id → FAILED at step 8."""
    made = world.ask()
    wallet = world.wallet()
    wallet.audience = "x509_hash:" + "A" * 43
    assert wallet.show(made["authorization_request"]).status_code == 200
    assert failed(world, made) == [(8, "wrong-audience")]


def test_audience_without_its_prefix(world: VerifierWorld) -> None:
    """Key binding with aud = the client id less ``x509_hash:`` → FAILED: the prefix is part of the identifier."""
    made = world.ask()
    wallet = world.wallet()
    wallet.audience = str(wallet.read(made["authorization_request"]).client_id).partition(":")[2]
    wallet.show(made["authorization_request"])
    assert failed(world, made) == [(8, "wrong-audience")]


def test_swapped_key_binding(world: VerifierWorld) -> None:
    """A stolen credential shown with the thief's own key → FAILED at step 7."""
    made = world.ask()
    wallet = world.wallet()
    wallet.binding_key = new_signer("thief")
    wallet.show(made["authorization_request"])
    assert failed(world, made)[0] == (7, "key-binding-invalid")


def test_key_binding_cut_off(world: VerifierWorld) -> None:
    """The presentation ends at its last ``~``: no proof of possession at all → FAILED at step 7."""
    made = world.ask()
    wallet = world.wallet()
    request = wallet.read(made["authorization_request"])
    tokens = {query: [texts[0].rpartition("~")[0] + "~"] for query, texts in wallet.tokens(request).items()}
    wallet.post(request, wallet.form(request, tokens))
    assert failed(world, made)[0] == (7, "key-binding-missing")


def test_presentation_of_another_request_in_its_place(world: VerifierWorld) -> None:
    """The encrypted answer to request 1 is posted to the response address of request 2 → refused, 2 stays open."""
    first, second = world.ask(), world.ask()
    wallet = world.wallet()
    form = wallet.form(wallet.read(first["authorization_request"]))
    other = wallet.read(second["authorization_request"])
    assert wallet.post(other, form).status_code == 400
    assert world.result(second)["state"] == "pending"
    assert wallet.show(second["authorization_request"]).status_code == 200


def test_state_of_another_request(world: VerifierWorld) -> None:
    """A plain answer with another ``state`` → refused, the request stays open."""
    made = world.ask(response_mode="direct_post")
    wallet = world.wallet()
    wallet.state = "guessed"
    answer = wallet.show(made["authorization_request"])
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")
    assert world.result(made)["state"] == "pending"


def test_refusal_by_somebody_who_never_read_the_request(world: VerifierWorld) -> None:
    """error=access_denied without the state → refused: a passer-by cannot end a request he only saw as a code."""
    made = world.ask()
    request = world.wallet().read(made["authorization_request"])
    path = urlsplit(request.response_uri).path
    assert world.app.test_client().post(path, data={"error": "access_denied"}).status_code == 400
    assert world.result(made)["state"] == "pending"


def test_a_request_with_another_type_is_not_answered_by_a_lookalike(world: VerifierWorld) -> None:
    """An identity card is sent under the query id that asks for a business licence → FAILED at step 8."""
    made = world.ask()
    wallet = world.wallet()
    request = wallet.read(made["authorization_request"])
    card = world.issue(IDENTITY_CARD, IDENTITY)
    query = request.dcql_query.credentials[0]
    shown = wallet._present(card, [("holder_name",)], request)
    wallet.post(request, wallet.form(request, {query.id: [shown]}))
    assert failed(world, made) == [(8, "wrong-type")]


@pytest.mark.parametrize("part", ["header", "payload", "signature"])
def test_altered_request_object_is_noticed_by_the_wallet(world: VerifierWorld, part: str) -> None:
    """One member of the request object changed on its way → the wallet refuses before showing anything."""
    wallet = world.wallet()
    reference, text, nonce = wallet.fetch(world.ask()["authorization_request"])
    header, payload, signature = text.split(".")
    if part == "payload":
        claims = orjson.loads(b64url_decode(payload))
        claims["response_uri"] = "http://localhost/openid4vp/responses/thief"
        payload = b64url_encode(orjson.dumps(claims))
    elif part == "header":
        members = orjson.loads(b64url_decode(header))
        members["alg"] = "none"
        header = b64url_encode(orjson.dumps(members))
    else:
        signature = signature[:-4] + ("AAAA" if signature[-4:] != "AAAA" else "BBBB")
    altered = f"{header}.{payload}.{signature}"
    with pytest.raises((InvalidPresentationRequestError, InvalidVerifierError)):
        verify_request_object(
            parse_request_object(altered), reference=reference, at=world.clock.now(), wallet_nonce=nonce
        )


def test_request_object_without_the_wallets_nonce(world: VerifierWorld) -> None:
    """A request object fetched by GET is played to a wallet that posted a nonce → the wallet refuses."""
    wallet = world.wallet()
    reference, text, _ = wallet.fetch(world.ask()["authorization_request"], method="GET")
    with pytest.raises(InvalidPresentationRequestError):
        verify_request_object(
            parse_request_object(text),
            reference=reference,
            at=world.clock.now(),
            wallet_nonce="my-own-nonce-1234",
        )


def test_expired_request(world: VerifierWorld) -> None:
    """Fetched or answered after five minutes → 410, and nothing is taken."""
    made = world.ask()
    wallet = world.wallet()
    request = wallet.read(made["authorization_request"])
    form = wallet.form(request)
    world.clock.advance(timedelta(minutes=5, seconds=1))
    assert wallet.post(request, form).status_code == 410
    reference = urlsplit(request.response_uri).path.replace("responses", "requests")
    assert wallet.client.get(reference).status_code == 410
    assert world.result(made)["state"] == "expired"


def test_encrypted_for_another_key(world: VerifierWorld) -> None:
    """The answer is encrypted for a key of the attacker's, once under its kid and once under the request's → refused."""
    made = world.ask()
    wallet = world.wallet()
    request = wallet.read(made["authorization_request"])
    payload = orjson.dumps({"vp_token": wallet.tokens(request), "state": request.state})
    for kid in ("other", request.client_metadata.encryption_keys[0].kid):
        form = {"response": encrypt(payload, EphemeralKey.generate(kid).public_jwk())}
        answer = wallet.post(request, form)
        assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")
    assert world.result(made)["state"] == "pending"


def test_plain_answer_where_an_encrypted_one_is_due(world: VerifierWorld) -> None:
    """direct_post.jwt was asked for; the answer comes readable, and the other way round → refused."""
    wallet = world.wallet()
    made = world.ask()
    request = wallet.read(made["authorization_request"])
    assert wallet.post(request, build_direct_post(wallet.tokens(request), request.state)).status_code == 400
    plain = wallet.read(world.ask(response_mode="direct_post")["authorization_request"])
    form = build_direct_post_jwt(wallet.tokens(plain), plain.state, request.client_metadata)
    assert wallet.post(plain, form).status_code == 400
    assert world.result(made)["state"] == "pending"


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"vp_token": "{"},
        {"vp_token": "[]"},
        {"vp_token": "{}"},
        {"response": "a.b.c.d.e"},
        {"response": "\x00"},
        {"error": ""},
        {"vp_token": "{}", "error": "access_denied"},
        {"vp_token": '{"business_licence": "not an array"}'},
    ],
)
def test_rubbish_leaves_the_request_open(world: VerifierWorld, form: dict[str, str]) -> None:
    """Anything that is no answer → 400 in the protocol's form; the holder can still answer."""
    made = world.ask()
    wallet = world.wallet()
    request = wallet.read(made["authorization_request"])
    answer = wallet.post(request, form)
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")
    assert wallet.post(request, wallet.form(request)).status_code == 200


def test_oversized_body(world: VerifierWorld) -> None:
    """Three megabytes at the response address → 413 in the protocol's form; nothing is taken."""
    made = world.ask()
    request = world.wallet().read(made["authorization_request"])
    answer = world.app.test_client().post(
        urlsplit(request.response_uri).path, data={"response": "a" * (3 * 1024 * 1024)}
    )
    assert answer.status_code == 413
    assert answer.json["error"] == "invalid_request"
    assert world.result(made)["state"] == "pending"


def test_deeply_nested_answer(world: VerifierWorld) -> None:
    """A vp_token of 100,000 brackets → 400, not a crash."""
    made = world.ask(response_mode="direct_post")
    wallet = world.wallet()
    request = wallet.read(made["authorization_request"])
    nested = "[" * 100_000 + "]" * 100_000
    assert wallet.post(request, {"vp_token": nested, "state": request.state or ""}).status_code == 400


def test_more_than_was_asked_for_is_not_kept_quietly(world: VerifierWorld) -> None:
    """A wallet shows the date of founding, which nobody asked for → FAILED at step 8."""
    made = world.ask()
    wallet = world.wallet()
    request = wallet.read(made["authorization_request"])
    asked = [claim.path for claim in request.dcql_query.credentials[0].claims]
    shown = wallet._present(wallet.held[0], [*asked, ("founded_date",)], request)
    wallet.post(request, wallet.form(request, {"business_licence": [shown]}))
    assert failed(world, made) == [(8, "claim-not-asked-for")]


SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def test_script_in_claims_is_harmless(world: VerifierWorld) -> None:
    """An authority's library holds markup in a name → it is shown as text, on the verdict and in the record."""
    clerk = world.sign_in()
    path = str(
        urlsplit(clerk.submit("/window/presentations", service_item="food-business-licence").location).path
    )
    pending = world.node.presentations.find(path.rpartition("/")[2])
    assert pending is not None
    held = world.issue(claims=COMPANY | {"holder_name": SCRIPT, "premises": "{{ 7*7 }}"})
    link = f"openid4vp://?client_id={pending.asked.client_id}&request_uri=http://localhost/openid4vp/requests/{pending.asked.id}"
    assert world.wallet(held).show(link).status_code == 200
    page = clerk.page(path).text
    record = clerk.page(urlsplit(clerk.submit(f"{path}/decision", decision="accept").location).path).text
    for text in (page, record):
        assert "&lt;script&gt;alert(1)" in text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "{{ 7*7 }}" in text


def test_an_issuer_that_may_not_issue_the_type(world: VerifierWorld) -> None:
    """An authority on the list signs a business licence that it was never granted → FAILED at step 4."""
    try:
        world.publish(issuer_types=(IDENTITY_CARD.code,))
        made = world.ask()
        world.wallet().show(made["authorization_request"])
        assert failed(world, made) == [(4, "issuer-licence-type-not-granted")]
    finally:
        world.publish()


def test_cookie_of_a_clerk_means_nothing_to_the_machine_interface(world: VerifierWorld) -> None:
    """A page elsewhere lets a clerk's browser post to the interface → 401: only a bearer token counts there."""
    clerk = world.sign_in()
    answer = clerk.client.post("/api/v1/presentations", json={"service_item": "food-business-licence"})
    assert answer.status_code == 401


def test_forged_decision(world: VerifierWorld) -> None:
    """A foreign page submits the decision form with the clerk's cookie but without the token → 403, nothing decided."""
    clerk = world.sign_in()
    path = str(
        urlsplit(clerk.submit("/window/presentations", service_item="food-business-licence").location).path
    )
    answer = clerk.client.post(f"{path}/decision", data={"decision": "refuse", "reason": "not-competent"})
    assert answer.status_code == 403


def test_replay_at_another_process_of_the_window(world: VerifierWorld) -> None:
    """The answer goes to process B, then again to process A, which made the request and remembers it as open → 410."""
    envelope = world.master_key.envelope("verifier evidence")
    other = build_app(replace(world.node, presentations=PresentationStore(world.node.database, envelope)))
    made = world.ask()
    wallet = world.wallet()
    request = wallet.read(made["authorization_request"])
    form = wallet.form(request)
    path = urlsplit(request.response_uri).path
    assert other.test_client().post(path, data=form).status_code == 200
    assert world.app.test_client().post(path, data=form).status_code == 410
    assert world.result(made)["report"]["indication"] == "PASSED"


def test_sealed_evidence_moved_to_another_row_does_not_open(world: VerifierWorld) -> None:
    """Somebody with write access to the store copies what was shown in case 1 into case 2 → it does not open."""
    rows = world.node.database["presentations"]
    cases = [world.ask() for _ in range(2)]
    for made in cases:
        world.wallet().show(made["authorization_request"])
    stolen = rows.find_one({"_id": cases[0]["id"]})
    assert stolen is not None
    rows.update_one({"_id": cases[1]["id"]}, {"$set": {"shown": stolen["shown"]}})
    answer = world.api("GET", f"/api/v1/presentations/{cases[1]['id']}")
    assert answer.status_code == 503
    assert "holder_name" not in answer.text
