"""Attacks on passkeys through the wallet's interface, with an authenticator in software."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from keys import rotation
from keys.master_key import MasterKey
from service.web.csrf import csrf_token_of
from service.web.sign_in.session import session_id_of
from service.web.sign_in.store import PURPOSE, SessionStore
from standards.jose import b64url_encode
from tests.support.authenticator import UP, Authenticator
from tests.support.wallet_world import LI, ZHANG, Browser, WalletWorld, signed_in_person
from wallet.passkeys.passkey import MAX_PASSKEYS, VOUCHING_LASTS
from wallet.passkeys.use_passkey import vouch_for


def options_of(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    value = answer.json
    return value.get("publicKey", value)


def registered(browser: Browser, authenticator: Authenticator | None = None) -> Authenticator:
    authenticator = authenticator or Authenticator()
    options = options_of(browser.post("/account/passkeys/options", {}))
    answer = browser.post("/account/passkeys", {"name": "x", "credential": authenticator.create(options)})
    assert answer.status_code == 200, answer.text
    return authenticator


def sign_in_by(world: WalletWorld, credential: dict[str, Any]) -> Any:
    return world.app.test_client().post("/sign-in/passkey", json={"credential": credential})


def fresh_options(world: WalletWorld) -> dict[str, Any]:
    return options_of(world.app.test_client().post("/sign-in/passkey/options", json={}))


def passkey_browser(world: WalletWorld, authenticator: Authenticator) -> Browser:
    client = world.app.test_client()
    options = options_of(client.post("/sign-in/passkey/options", json={}))
    answer = client.post("/sign-in/passkey", json={"credential": authenticator.get(options)})
    assert answer.status_code == 200, answer.text
    cookie = client.get_cookie("elicence_wallet")
    assert cookie is not None
    return Browser(client, csrf_token_of(cookie.value))


def test_honest_use(world: WalletWorld, zhang: Browser) -> None:
    """A registered passkey of one's own → signed in, and the wallet answers."""
    one = registered(zhang)
    browser = passkey_browser(world, one)
    assert browser.get("/api/v1/credentials").status_code == 200


def test_a_replayed_answer(world: WalletWorld, zhang: Browser) -> None:
    """An answer that signed in once is sent again → refused: its challenge was used."""
    one = registered(zhang)
    credential = one.get(fresh_options(world))
    assert sign_in_by(world, credential).status_code == 200
    again = sign_in_by(world, credential)
    assert again.status_code in (400, 403, 409)


def test_a_challenge_of_ones_own(world: WalletWorld, zhang: Browser) -> None:
    """A good signature over random bytes that we never marked → refused."""
    one = registered(zhang)
    options = fresh_options(world) | {"challenge": b64url_encode(secrets.token_bytes(67))}
    assert sign_in_by(world, one.get(options)).status_code in (400, 403)


def test_old_challenge(world: WalletWorld, zhang: Browser) -> None:
    """A challenge five minutes old → refused."""
    one = registered(zhang)
    options = fresh_options(world)
    world.clock.advance(timedelta(minutes=5))
    assert sign_in_by(world, one.get(options)).status_code in (400, 403)


def test_a_challenge_for_stepping_up_signs_nobody_in(world: WalletWorld, zhang: Browser) -> None:
    """What was asked for to step up, sent to sign in → refused."""
    one = registered(zhang)
    options = options_of(zhang.post("/step-up/options", {}))
    assert sign_in_by(world, one.get(options)).status_code in (400, 403)


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://localhost:81"},
        {"rp_id": "evil.example"},
        {"flags": UP},
    ],
)
def test_wrong_origin_rp_or_unverified(world: WalletWorld, zhang: Browser, change: dict[str, Any]) -> None:
    """Made for another site, port or relying party, or without the person verified → refused."""
    one = registered(zhang)
    for name, value in change.items():
        setattr(one, name, value)
    assert sign_in_by(world, one.get(fresh_options(world))).status_code in (400, 403)


def test_counter_that_fell_back(world: WalletWorld, zhang: Browser) -> None:
    """The counter of a copied authenticator falls back → refused."""
    one = registered(zhang)
    one.count = 10
    assert sign_in_by(world, one.get(fresh_options(world))).status_code == 200
    one.count = 3
    assert sign_in_by(world, one.get(fresh_options(world))).status_code in (400, 403)


def test_other_key_under_the_same_id(world: WalletWorld, zhang: Browser) -> None:
    """A thief signs with a key of his own under the credential id → refused."""
    one = registered(zhang)
    thief = Authenticator(credential_id=one.credential_id)
    assert sign_in_by(world, thief.get(fresh_options(world))).status_code in (400, 403)


def test_registering_anothers_id(world: WalletWorld, zhang: Browser) -> None:
    """李小红 registers a key of hers under 张小明's credential id → refused, and his goes on working."""
    one = registered(zhang)
    li = world.sign_in(LI)
    thief = Authenticator(credential_id=one.credential_id)
    options = options_of(li.post("/account/passkeys/options", {}))
    answer = li.post("/account/passkeys", {"name": "x", "credential": thief.create(options)})
    assert answer.status_code in (400, 403, 409)
    assert passkey_browser(world, one).get("/api/v1/session").json is not None


def test_anothers_passkey_steps_up_nothing(world: WalletWorld, zhang: Browser) -> None:
    """李小红's passkey answers the step-up of 张小明's session → refused, nothing is proved."""
    li = world.sign_in(LI)
    of_li = registered(li)
    world.clock.advance(timedelta(minutes=6))
    options = options_of(zhang.post("/step-up/options", {}))
    answer = zhang.post("/step-up", {"credential": of_li.get(options)})
    assert answer.status_code in (400, 403, 404)
    assert zhang.post("/account/passkeys/options", {}).status_code == 403


def test_step_up_challenge_of_another_session(world: WalletWorld, zhang: Browser) -> None:
    """The step-up challenge of one session is answered in another → refused."""
    one = registered(zhang)
    other = world.sign_in()
    options = options_of(other.post("/step-up/options", {}))
    assert zhang.post("/step-up", {"credential": one.get(options)}).status_code in (400, 403)


def test_rename_remove_anothers(world: WalletWorld, zhang: Browser) -> None:
    """李小红 renames and removes 张小明's passkey by its id → not found, unchanged."""
    registered(zhang)
    name = world.node.passkeys.of_account(world.account_of().account_id)[0].passkey_id
    li = world.sign_in(LI)
    assert li.submit(f"/account/passkeys/{name}/name", name="y").status_code == 404
    assert li.submit(f"/account/passkeys/{name}/removal").status_code == 404
    assert len(world.node.passkeys.of_account(world.account_of().account_id)) == 1


def test_without_csrf(world: WalletWorld, zhang: Browser) -> None:
    """Each form and script address without its proof, or from another origin → refused."""
    registered(zhang)
    for path in ("/account/sessions/end", "/account/passkeys/options", "/step-up/options"):
        assert zhang.client.post(path, json={}).status_code == 403
    answer = world.app.test_client().post(
        "/sign-in/passkey", json={}, headers={"Origin": "http://evil.example"}
    )
    assert answer.status_code == 403


def test_fixation(world: WalletWorld, zhang: Browser) -> None:
    """A session planted in the browser, then a sign-in by passkey with `next` elsewhere → a new session, the planted one is dead, and the way leads home."""
    one = registered(zhang)
    li = world.sign_in(LI)
    planted = li.client.get_cookie("elicence_wallet").value
    options = options_of(li.post("/sign-in/passkey/options", {}))
    answer = li.post("/sign-in/passkey", {"credential": one.get(options), "next": "//evil.example"})
    assert answer.status_code == 200
    assert answer.json["next"] == "/"
    assert li.client.get_cookie("elicence_wallet").value != planted
    old = world.app.test_client()
    old.set_cookie("elicence_wallet", planted, domain="localhost")
    assert old.get("/api/v1/credentials").status_code == 401


def test_ninety_days(world: WalletWorld, zhang: Browser) -> None:
    """Ninety days after the provider vouched → refused, a minute before not."""
    one = registered(zhang)
    world.clock.advance(VOUCHING_LASTS - timedelta(minutes=1))
    assert sign_in_by(world, one.get(fresh_options(world))).status_code == 200
    world.clock.advance(timedelta(minutes=1))
    answer = sign_in_by(world, one.get(fresh_options(world)))
    assert answer.status_code in (401, 403)


def test_a_second_passkey_does_not_lengthen(world: WalletWorld, zhang: Browser) -> None:
    """On day 89 a second passkey is registered in a passkey's session → it ends with the first."""
    one = registered(zhang)
    world.clock.advance(timedelta(days=89))
    two = registered(passkey_browser(world, one))
    world.clock.advance(timedelta(days=1))
    assert sign_in_by(world, two.get(fresh_options(world))).status_code in (401, 403)


def test_removing_the_first_does_not_lengthen(world: WalletWorld, zhang: Browser) -> None:
    """On day 89 the only passkey is removed in its own session and another registered → ends on day 90 all the same."""
    one = registered(zhang)
    world.clock.advance(timedelta(days=89))
    browser = passkey_browser(world, one)
    name = world.node.passkeys.of_account(world.account_of().account_id)[0].passkey_id
    assert browser.submit(f"/account/passkeys/{name}/removal").status_code == 303
    answer = browser.post("/account/passkeys/options", {})
    two = Authenticator()
    browser.post("/account/passkeys", {"name": "x", "credential": two.create(options_of(answer))})
    world.clock.advance(timedelta(days=2))
    assert sign_in_by(world, two.get(fresh_options(world))).status_code != 200


def test_coming_back_from_the_provider_vouches(world: WalletWorld, zhang: Browser) -> None:
    """The provider vouches for the person on day 80 → the passkey goes on signing in on day 91."""
    one = registered(zhang)
    world.clock.advance(timedelta(days=80))
    at = world.clock.now()
    sessions = SessionStore(world.node.database, world.master_key.envelope(PURPOSE))
    session = sessions.find(sessions.begin(signed_in_person(ZHANG), at))
    assert session is not None
    vouch_for(world.node, session)
    world.clock.advance(timedelta(days=11))
    assert sign_in_by(world, one.get(fresh_options(world))).status_code == 200


def test_a_replaced_session_is_told_ended(world: WalletWorld, zhang: Browser) -> None:
    """Somebody signs in by passkey where another was signed in → the other's session is told ended, and codes with it."""
    told: list[str] = []
    world.app.extensions["elicence.session_ended"].append(told.append)
    of_li = registered(world.sign_in(LI))
    before = zhang.client.get_cookie("elicence_wallet").value
    options = options_of(zhang.post("/sign-in/passkey/options", {}))
    assert zhang.post("/sign-in/passkey", {"credential": of_li.get(options)}).status_code == 200
    assert told == [session_id_of(before)]


def test_sessions_are_listed_after_a_change_of_key(world: WalletWorld, tmp_path: Any) -> None:
    """A session from before a change of the master key → still in the person's list afterwards, to be ended."""
    path = tmp_path / "m.key"

    def store(master: Any) -> SessionStore:
        return SessionStore(world.node.database, master.envelope(PURPOSE), master.lookup_key(purpose=PURPOSE))

    at, person = world.clock.now(), signed_in_person(ZHANG)
    store(MasterKey.create(path)).begin(person, at)
    both = rotation.begin(path)
    rows = store(both).sealed_rows()
    assert sum(rows.reseal()) == 1
    assert len(store(both).of_person(person, at)) == 1
    rotation.finish(path, [])
    assert len(store(MasterKey.load(path)).of_person(person, at)) == 1


def test_a_session_goes_on_after_a_change_of_key(world: WalletWorld, tmp_path: Any) -> None:
    """The same session's cookie → still signs in."""
    path = tmp_path / "m.key"

    def store(master: Any) -> SessionStore:
        return SessionStore(world.node.database, master.envelope(PURPOSE), master.lookup_key(purpose=PURPOSE))

    token = store(MasterKey.create(path)).begin(signed_in_person(ZHANG), world.clock.now())
    assert sum(store(rotation.begin(path)).sealed_rows().reseal()) == 1
    rotation.finish(path, [])
    assert store(MasterKey.load(path)).find(token) is not None


def test_four_devices_for_the_last_place(world: WalletWorld, zhang: Browser) -> None:
    """Nine passkeys are there; four more answer at once, all with options of before → never more than ten."""
    for _ in range(MAX_PASSKEYS - 1):
        registered(zhang)
    waiting = [(Authenticator(), options_of(zhang.post("/account/passkeys/options", {}))) for _ in range(4)]
    cookie = zhang.client.get_cookie("elicence_wallet", domain="localhost")
    assert cookie is not None

    def finish(one: tuple[Authenticator, dict[str, Any]]) -> int:
        client = world.app.test_client()
        client.set_cookie("elicence_wallet", cookie.value, domain="localhost")
        body = {"name": "x", "credential": one[0].create(one[1])}
        return int(Browser(client, zhang.csrf).post("/account/passkeys", body).status_code)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(finish, waiting))
    assert set(answers) <= {200, 409}
    account = world.account_of().account_id
    assert (
        len(world.node.passkeys.of_account(account)) == MAX_PASSKEYS - 1 + answers.count(200) <= MAX_PASSKEYS
    )
