"""What the issuer refuses, and how: each attack or mistake, and the error that the standards name for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from standards.jose import b64url_encode
from tests.support.issuance_world import GRANT_TYPE, HolderKey, IssuanceWorld, WalletVisit, enrol, verified


def refused(answer: TestResponse, status: int, error: str) -> dict[str, Any]:
    assert (answer.status_code, orjson.loads(answer.data).get("error")) == (status, error), answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    body: dict[str, Any] = orjson.loads(answer.data)
    assert body["error_description"].isascii()
    return body


def at_once(count: int, act: Callable[[], TestResponse]) -> list[TestResponse]:
    """The same request from ``count`` threads that start together."""
    start = threading.Barrier(count)
    answers: list[TestResponse] = []

    def run() -> None:
        start.wait()
        answers.append(act())

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == count
    return answers


@pytest.fixture
def visit(world: IssuanceWorld) -> WalletVisit:
    return world.wallet(world.offer(world.record_licence()))


@pytest.fixture
def bound(world: IssuanceWorld) -> WalletVisit:
    """A visit whose token is bound to a DPoP key."""
    opened = world.wallet(world.offer(world.record_licence()), dpop=True)
    opened.redeem()
    return opened


# -- the offer --------------------------------------------------------------------------------------------------------


def test_an_offer_used_by_eight_at_once_serves_exactly_one(visit: WalletVisit) -> None:
    """Eight token requests with one code at the same moment → one 200, seven invalid_grant."""
    answers = at_once(8, visit.request_token)
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7
    assert {orjson.loads(answer.data)["error"] for answer in answers if answer.status_code == 400} == {
        "invalid_grant"
    }


def test_an_offer_is_not_served_once_it_was_redeemed(world: IssuanceWorld) -> None:
    made = world.offer(world.record_licence(), {"by": "reference"})
    visit = world.wallet(made)
    visit.redeem()
    refused(visit.request_token(), 400, "invalid_grant")
    reference = visit.code.split(".")[0]
    refused(world.app.test_client().get(f"/openid4vci/offers/{reference}"), 404, "invalid_request")


def test_an_expired_offer_is_refused_before_the_store_removes_it(world: IssuanceWorld) -> None:
    made = world.offer(world.record_licence(), {"by": "reference"})
    visit = world.wallet(made)
    world.clock.advance(timedelta(minutes=30))
    refused(visit.request_token(), 400, "invalid_grant")
    reference = visit.code.split(".")[0]
    assert world.app.test_client().get(f"/openid4vci/offers/{reference}").status_code == 404


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c[:-1] + ("A" if c[-1] != "A" else "B"),
        lambda c: c.split(".")[0],
        lambda _: "x",
        lambda c: c + "é",
    ],
)
def test_a_code_that_was_not_made_here_is_refused(visit: WalletVisit, spoil: Callable[[str], str]) -> None:
    code = spoil(visit.code)
    refused(visit.request_token(**{"pre-authorized_code": code}), 400, "invalid_grant")


def test_a_code_of_one_authority_is_refused_by_another(world: IssuanceWorld, visit: WalletVisit) -> None:
    other = world.path_of(world.authorities[1])
    form = {"grant_type": GRANT_TYPE, "pre-authorized_code": visit.code}
    refused(world.app.test_client().post(f"{other}/openid4vci/token", data=form), 400, "invalid_grant")
    visit.redeem()


def test_wrong_transaction_codes_are_limited(world: IssuanceWorld) -> None:
    """Five wrong codes → the offer is dead, the right one does not help any more."""
    made = world.offer(world.record_licence(), {"tx_code": True})
    visit = world.wallet(made)
    wrong = f"{(int(made['tx_code']) + 1) % 10**6:06d}"
    left = [refused(visit.request_token(wrong), 400, "invalid_grant")["tx_code_tries_left"] for _ in range(5)]
    assert left == [4, 3, 2, 1, 0]
    refused(visit.request_token(made["tx_code"]), 400, "invalid_grant")


def test_wrong_transaction_codes_at_once_are_all_counted(world: IssuanceWorld) -> None:
    """Eight guesses at the same moment against five tries → no more than five are compared."""
    made = world.offer(world.record_licence(), {"tx_code": True})
    visit = world.wallet(made)
    wrong = f"{(int(made['tx_code']) + 1) % 10**6:06d}"
    bodies = [orjson.loads(answer.data) for answer in at_once(8, lambda: visit.request_token(wrong))]
    assert sorted(body.get("tx_code_tries_left", -1) for body in bodies) == [-1, -1, -1, 0, 1, 2, 3, 4]
    refused(visit.request_token(made["tx_code"]), 400, "invalid_grant")


def test_the_right_transaction_code_still_works_after_a_wrong_one(world: IssuanceWorld) -> None:
    made = world.offer(world.record_licence(), {"tx_code": True})
    visit = world.wallet(made)
    refused(visit.request_token("not the code"), 400, "invalid_grant")
    visit.redeem(made["tx_code"])


def test_a_transaction_code_is_neither_left_out_nor_made_up(world: IssuanceWorld, visit: WalletVisit) -> None:
    """Section 6.3: invalid_request, and no try is used up."""
    refused(visit.request_token("123456"), 400, "invalid_request")
    made = world.offer(world.record_licence(), {"tx_code": True})
    guarded = world.wallet(made)
    for _ in range(6):
        refused(guarded.request_token(), 400, "invalid_request")
    guarded.redeem(made["tx_code"])


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, "invalid_request"),
        ({"data": {"grant_type": "client_credentials"}}, "unsupported_grant_type"),
        ({"data": {"grant_type": GRANT_TYPE}}, "invalid_request"),
        ({"json": {"grant_type": GRANT_TYPE}}, "invalid_request"),
    ],
)
def test_malformed_token_requests(visit: WalletVisit, arguments: dict[str, Any], error: str) -> None:
    refused(visit.post("token", **arguments), 400, error)


def test_other_methods_are_refused_in_the_protocols_form(world: IssuanceWorld) -> None:
    assert world.app.test_client().get("/openid4vci/token").status_code == 405


def test_a_credential_request_is_json(visit: WalletVisit) -> None:
    """The right request, sent as text → 400 (section 8.2), and the nonce is still good."""
    visit.redeem()
    proof = visit.proof(visit.nonce())
    body = {"credential_configuration_id": visit.configuration_id, "proofs": {"jwt": [proof]}}
    answer = visit.post(
        "credential",
        data=orjson.dumps(body),
        content_type="text/plain",
        headers=visit.authorization("credential"),
    )
    refused(answer, 400, "invalid_credential_request")
    assert visit.request_credential([proof]).status_code == 200


# -- DPoP -------------------------------------------------------------------------------------------------------------


def test_a_bad_proof_at_the_token_endpoint_leaves_the_code_good(world: IssuanceWorld) -> None:
    visit = world.wallet(world.offer(world.record_licence()), dpop=True)
    form = {"grant_type": GRANT_TYPE, "pre-authorized_code": visit.code}
    wrong = visit.dpop_header("credential")
    refused(visit.post("token", data=form, headers=wrong), 400, "invalid_dpop_proof")
    doubled = [("DPoP", visit.dpop_header("token")["DPoP"])] * 2
    refused(visit.post("token", data=form, headers=doubled), 400, "invalid_dpop_proof")
    visit.redeem()


@pytest.mark.parametrize("case", ["bearer", "no proof", "other key", "other token", "other endpoint", "late"])
def test_a_bound_token_is_worth_nothing_without_its_key(bound: WalletVisit, case: str) -> None:
    """A stolen DPoP token: as bearer, without proof, or with a proof for something else → 401 and a challenge."""
    headers = bound.authorization("credential")
    if case == "bearer":
        headers = {"Authorization": f"Bearer {bound.access_token}"}
    elif case == "no proof":
        del headers["DPoP"]
    elif case == "other key":
        bound.dpop_key = HolderKey()
        headers = bound.authorization("credential")
    elif case == "other token":
        headers |= bound.dpop_header("credential", access_token="another")
    elif case == "other endpoint":
        headers |= bound.dpop_header("token", access_token=bound.access_token)
    else:
        late = bound.world.clock.now() - timedelta(minutes=9)
        headers |= bound.dpop_header("credential", access_token=bound.access_token, at=late)
    answer = bound.request_credential([bound.proof(bound.nonce())], headers=headers)
    refused(answer, 401, "invalid_token" if case == "bearer" else "invalid_dpop_proof")
    assert ("Bearer" if case == "bearer" else "DPoP") in answer.headers["WWW-Authenticate"]


def test_a_dpop_proof_serves_once(bound: WalletVisit) -> None:
    """Token and DPoP proof of a request, caught and sent again with the thief's own key and a fresh nonce → 401.

    RFC 9449 section 11.1. The holder's next request, with a proof of its own, goes through.
    """
    headers = bound.authorization("credential")
    assert bound.request_credential([bound.proof(bound.nonce())], headers=headers).status_code == 200
    thief = bound.proof(bound.nonce(), key=HolderKey())
    again = bound.request_credential([thief], headers=headers)
    refused(again, 401, "invalid_dpop_proof")
    assert again.headers["WWW-Authenticate"].startswith("DPoP")
    assert bound.request_credential([bound.proof(bound.nonce())]).status_code == 200


def test_one_dpop_proof_sent_eight_times_at_once_serves_once(bound: WalletVisit) -> None:
    headers = bound.authorization("credential")
    answers = at_once(8, lambda: bound.request_credential([bound.proof(bound.nonce())], headers=headers))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7


@pytest.mark.parametrize("jti", ["\x00", "证" * 128, "a:b", "$where"])
def test_any_text_may_be_a_jti(bound: WalletVisit, jti: str) -> None:
    headers = bound.authorization("credential")
    headers |= bound.dpop_header("credential", access_token=bound.access_token, jti=jti)
    assert bound.request_credential([bound.proof(bound.nonce())], headers=headers).status_code == 200


def test_a_bearer_token_does_not_pass_as_bound(visit: WalletVisit) -> None:
    visit.redeem()
    visit.dpop_key = HolderKey()
    refused(visit.request_credential([visit.proof(visit.nonce())]), 401, "invalid_token")


# -- the access token -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header", [None, "Bearer x", "Bearer " + "A" * 22 + "." + "B" * 32, "Basic eDp5", "DPoP"]
)
def test_a_token_that_was_not_made_here_is_refused(visit: WalletVisit, header: str | None) -> None:
    answer = visit.request_credential(
        [visit.proof(visit.nonce())], headers={} if header is None else {"Authorization": header}
    )
    refused(answer, 401, "invalid_token")
    assert "WWW-Authenticate" in answer.headers


def test_without_a_token_the_challenge_names_no_error(visit: WalletVisit) -> None:
    """RFC 6750 section 3.1: who sent no credentials only learns the schemes."""
    answer = visit.request_credential([], headers={})
    challenges = answer.headers.getlist("WWW-Authenticate")
    assert {challenge.split(" ")[0] for challenge in challenges} == {"DPoP", "Bearer"}
    assert not any("error" in challenge for challenge in challenges)


def test_a_code_is_no_token_and_a_token_is_no_code(visit: WalletVisit) -> None:
    code, token = visit.code, visit.redeem()["access_token"]
    refused(visit.request_token(**{"pre-authorized_code": token}), 400, "invalid_grant")
    answer = visit.request_credential([], headers={"Authorization": f"Bearer {code}"})
    refused(answer, 401, "invalid_token")


def test_an_expired_token_is_refused(visit: WalletVisit) -> None:
    visit.redeem()
    visit.world.clock.advance(timedelta(minutes=10))
    refused(visit.request_credential([visit.proof(visit.nonce())]), 401, "invalid_token")


def test_a_token_of_one_authority_is_refused_by_another(world: IssuanceWorld, visit: WalletVisit) -> None:
    visit.redeem()
    visit.offer["credential_issuer"] = world.identifier_of(world.authorities[1])
    refused(visit.request_credential([visit.proof(visit.nonce())]), 401, "invalid_token")


def test_a_grant_serves_three_requests(visit: WalletVisit) -> None:
    """An answer may be lost on its way; a token is still no fountain of copies."""
    visit.redeem()
    for _ in range(3):
        visit.receive()
    refused(visit.request_credential([visit.proof(visit.nonce())]), 400, "credential_request_denied")


# -- proofs -----------------------------------------------------------------------------------------------------------


def test_a_replayed_nonce_is_refused(visit: WalletVisit) -> None:
    """The nonce of one credential request in a second one, with a fresh key → invalid_nonce."""
    visit.redeem()
    nonce = visit.nonce()
    assert visit.request_credential([visit.proof(nonce)]).status_code == 200
    refused(visit.request_credential([visit.proof(nonce)]), 400, "invalid_nonce")
    assert visit.request_credential([visit.proof(visit.nonce())]).status_code == 200


def test_a_nonce_used_by_eight_at_once_serves_exactly_one(world: IssuanceWorld) -> None:
    """Eight grants, one nonce, at the same moment → one gets its copy."""
    first = world.wallet(world.offer(world.record_licence()))
    nonce = first.nonce()
    visits = [world.wallet(world.offer(world.record_licence())) for _ in range(8)]
    proofs = []
    for one in visits:
        one.redeem()
        proofs.append((one, one.proof(nonce)))
    waiting = iter(proofs)
    lock = threading.Lock()

    def act() -> TestResponse:
        with lock:
            one, proof = next(waiting)
        return one.request_credential([proof])

    assert sorted(answer.status_code for answer in at_once(8, act)) == [200] + [400] * 7


def test_a_nonce_that_expired_or_was_made_up_is_refused(visit: WalletVisit) -> None:
    visit.redeem()
    nonce = visit.nonce()
    refused(visit.request_credential([visit.proof(b64url_encode(bytes(40)))]), 400, "invalid_nonce")
    visit.world.clock.advance(timedelta(minutes=5))
    refused(visit.request_credential([visit.proof(nonce)]), 400, "invalid_nonce")


def test_nonces_are_not_cached_and_not_stored(world: IssuanceWorld) -> None:
    visit = world.wallet(world.offer(world.record_licence()))
    answer = visit.post("nonce")
    assert answer.headers["Cache-Control"] == "no-store"
    assert visit.nonce() != orjson.loads(answer.data)["c_nonce"]


def test_a_proof_for_another_issuer_is_refused(world: IssuanceWorld, visit: WalletVisit) -> None:
    visit.redeem()
    other = world.identifier_of(world.authorities[1])
    refused(visit.request_credential([visit.proof(visit.nonce(), issuer=other)]), 400, "invalid_proof")


def test_an_anonymous_proof_names_no_client(visit: WalletVisit) -> None:
    visit.redeem()
    refused(visit.request_credential([visit.proof(visit.nonce(), client_id="wallet")]), 400, "invalid_proof")


def test_one_key_for_two_copies_is_refused(visit: WalletVisit) -> None:
    visit.redeem()
    key, nonce = HolderKey(), visit.nonce()
    proofs = [visit.proof(nonce, key=key), visit.proof(nonce, key=key)]
    refused(visit.request_credential(proofs), 400, "invalid_proof")


def test_one_bad_proof_spoils_the_batch_and_uses_nothing_up(visit: WalletVisit) -> None:
    visit.redeem()
    nonce = visit.nonce()
    good = visit.proof(nonce)
    refused(visit.request_credential([good, good[:-4] + "AAAA"]), 400, "invalid_proof")
    assert visit.request_credential([good]).status_code == 200


def test_several_nonces_in_one_batch_are_all_used_up(visit: WalletVisit) -> None:
    visit.redeem()
    first, second = visit.nonce(), visit.nonce()
    assert visit.request_credential([visit.proof(first), visit.proof(second)]).status_code == 200
    for nonce in (first, second):
        refused(visit.request_credential([visit.proof(nonce)]), 400, "invalid_nonce")


def test_a_batch_beyond_the_announced_size_is_refused(visit: WalletVisit) -> None:
    visit.redeem()
    nonce = visit.nonce()
    refused(
        visit.request_credential([visit.proof(nonce) for _ in range(21)]), 400, "invalid_credential_request"
    )


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"credential_configuration_id": "unknown"}, "unknown_credential_configuration"),
        ({"credential_configuration_id": ...}, "invalid_credential_request"),
        ({"credential_identifier": "x"}, "invalid_credential_request"),
        ({"credential_configuration_id": ..., "credential_identifier": "x"}, "unknown_credential_identifier"),
        ({"format": "dc+sd-jwt"}, "invalid_credential_request"),
        ({"proofs": ...}, "invalid_proof"),
        ({"credential_response_encryption": {}}, "invalid_encryption_parameters"),
    ],
)
def test_malformed_credential_requests(visit: WalletVisit, changes: dict[str, Any], error: str) -> None:
    visit.redeem()
    refused(visit.request_credential([visit.proof(visit.nonce())], **changes), 400, error)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"proofs": {"jwt": ["\\ud800"]}}'])
def test_a_body_that_is_no_request_is_refused(visit: WalletVisit, body: bytes) -> None:
    visit.redeem()
    for name, error in (
        ("credential", "invalid_credential_request"),
        ("notification", "invalid_notification_request"),
    ):
        answer = visit.post(
            name, data=body, content_type="application/json", headers=visit.authorization(name)
        )
        refused(answer, 400, error)


def test_a_body_that_is_too_large_is_refused(visit: WalletVisit) -> None:
    visit.redeem()
    answer = visit.post(
        "credential",
        data=bytes(300_000),
        content_type="application/json",
        headers=visit.authorization("credential"),
    )
    assert answer.status_code == 413


# -- notifications ----------------------------------------------------------------------------------------------------


def test_notifications_are_kept_and_may_be_repeated(visit: WalletVisit) -> None:
    visit.redeem()
    told = visit.receive()["notification_id"]
    assert [visit.notify(told).status_code for _ in range(2)] == [204, 204]
    assert visit.notify(told, "credential_deleted").status_code == 204
    refused(visit.notify(told, "credential_lost"), 400, "invalid_notification_request")
    refused(visit.notify("unknown"), 400, "invalid_notification_id")


def test_a_notification_needs_the_token_of_its_issuance(world: IssuanceWorld, visit: WalletVisit) -> None:
    visit.redeem()
    told = visit.receive()["notification_id"]
    other = world.wallet(world.offer(world.record_licence()))
    other.redeem()
    refused(other.notify(told), 400, "invalid_notification_id")


# -- the licence ------------------------------------------------------------------------------------------------------


def test_a_licence_that_ended_meanwhile_is_not_issued(world: IssuanceWorld) -> None:
    identifier = world.record_licence()
    visit = world.wallet(world.offer(identifier))
    visit.redeem()
    world.change(identifier, "suspend")
    refused(visit.request_credential([visit.proof(visit.nonce())]), 400, "credential_request_denied")
    answer = world.api("POST", f"/api/v1/licences/{identifier}/offers")
    assert (answer.status_code, orjson.loads(answer.data)["type"]) == (
        409,
        "urn:elicence:problem:licence-not-in-force",
    )


def test_another_authoritys_licence_cannot_be_offered(world: IssuanceWorld) -> None:
    identifier = world.record_licence()
    answer = world.api("POST", f"/api/v1/licences/{identifier}/offers", authority=world.authorities[1])
    assert answer.status_code == 404


def test_an_offer_needs_a_token(world: IssuanceWorld) -> None:
    identifier = world.record_licence()
    assert world.app.test_client().post(f"/api/v1/licences/{identifier}/offers").status_code == 401


def test_a_type_that_was_taken_from_the_authority_cannot_be_offered(world: IssuanceWorld) -> None:
    authority = world.authorities[0]
    identifier = world.record_licence()
    world.clock.advance(timedelta(days=1))
    enrol(world, authority, world.clock.now(), licence_types=authority.licence_types[1:])
    try:
        world.clock.advance(timedelta(seconds=5))
        answer = world.api("POST", f"/api/v1/licences/{identifier}/offers")
        assert answer.status_code == 403, answer.text
    finally:
        enrol(world, authority, world.clock.now())


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"holder": {"number": "911101000000000000"}}, 400),
        ({"holder": {}}, 400),
        ({"holder": 5}, 400),
        ({"by": "post"}, 400),
        ({"tx_code": "yes"}, 400),
        ({"unknown": 1}, 400),
        ([], 400),
        ({"holder": None, "tx_code": None}, 201),
    ],
)
def test_offer_requests(world: IssuanceWorld, body: Any, status: int) -> None:
    answer = world.api("POST", f"/api/v1/licences/{world.record_licence()}/offers", body)
    assert answer.status_code == status, answer.text


def test_a_licence_of_two_holders_needs_one_named(world: IssuanceWorld) -> None:
    """A marriage certificate: the copy says whose it is, so the offer has to."""
    authority = world.authorities[2]
    example = orjson.loads(world.api("GET", "/api/v1/types", authority=authority).data)["types"][0]["example"]
    first, second = example["holders"]
    identifier = world.record_licence(authority=authority)
    path = f"/api/v1/licences/{identifier}/offers"
    unclear = world.api("POST", path, authority=authority)
    assert (unclear.status_code, orjson.loads(unclear.data)["where"]) == (400, "/holder")
    stranger = world.api("POST", path, {"holder": {"number": "990101199001010010"}}, authority=authority)
    assert stranger.status_code == 400
    for holder in (first, second):
        for meant in (holder["number"], {"number": holder["number"], "code_type": holder["code_type"]}):
            visit = world.wallet(world.offer(identifier, {"holder": meant}, authority=authority))
            visit.redeem()
            claims = verified(visit.receive()["credentials"][0]["credential"]).claims
            assert (claims["holder_name"], claims["holder_number"]) == (holder["name"], holder["number"])


# -- anything at all --------------------------------------------------------------------------------------------------


def test_no_body_makes_an_endpoint_fail(visit: WalletVisit) -> None:
    """Random bytes and random JSON at every endpoint → an error of the protocol, never a 500."""
    visit.redeem()
    json_values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=6,
    )
    members = st.sampled_from(["proofs", "credential_configuration_id", "notification_id", "event", "x"])
    bodies = st.binary(max_size=40) | st.dictionaries(members, json_values).map(orjson_dumps)

    @given(st.sampled_from(["token", "credential", "notification"]), bodies, st.booleans())
    @settings(max_examples=60, deadline=None)
    def drawn(endpoint: str, body: bytes, form: bool) -> None:
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        answer = visit.post(endpoint, data=body, content_type=kind, headers=visit.authorization(endpoint))
        assert answer.status_code == 400, answer.text
        assert "error" in orjson.loads(answer.data)

    drawn()


def orjson_dumps(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except (TypeError, orjson.JSONEncodeError):  # an integer or a surrogate that JSON does not carry
        return b"{}"
