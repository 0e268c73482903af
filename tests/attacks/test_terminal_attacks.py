"""Attacks on the devices of the windows: each draws what is sent and what has to come of it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from keys.master_key import MasterKey
from service.demo.people import person
from service.settings import Settings
from standards.jose import b64url_decode, b64url_encode
from tests.service.verifier.test_terminals import at_desk, enrolled, register
from tests.support.clock import FixedClock
from tests.support.terminal_device import Device
from tests.support.trust_world import new_signer
from tests.support.verifier_world import Clerk, VerifierWorld, verifier_world
from verifier.terminals.current import TERMINAL_COOKIE
from verifier.terminals.device_session import ENROLMENT_TYP, SESSION_TYP

STAFF_PATHS = ("/", "/records", "/terminals", "/complaints", "/window/presentations/x", "/sign-in")


@pytest.fixture(scope="module")
def world(
    settings: Settings, master_key: MasterKey, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[VerifierWorld]:
    data = tmp_path_factory.mktemp("terminals")
    fresh = replace(settings, data=data, trust_anchor_file=data / "anchor.pem")
    with verifier_world(fresh, master_key, FixedClock()) as made:
        yield made


@pytest.fixture
def admin(world: VerifierWorld) -> Clerk:
    return world.sign_in("window-approver")


def test_a_barred_terminal(world: VerifierWorld, admin: Clerk) -> None:
    """desk, session live, clerk signed in ── administrator bars it ──▶ 403 with the very next request, on every path."""
    device = enrolled(world, admin)
    clerk = at_desk(world, device)
    assert clerk.page("/").status_code == 200
    assert admin.submit(f"/terminals/{device.terminal}/bar", reason="失窃").status_code == 303
    for path in STAFF_PATHS:
        answer = clerk.page(path)
        assert answer.status_code == 403, path
        assert "已被停用" in answer.text
    assert clerk.submit("/window/scan", text="x").status_code == 403
    assert device.prove().json["type"] == "urn:elicence:problem:terminal-barred"


def test_a_barred_terminal_waits_for_no_cache(world: VerifierWorld, admin: Clerk) -> None:
    """another process bars it in the store ──▶ this process refuses with the next request: nothing is remembered."""
    device = enrolled(world, admin, "kiosk")
    assert device.page("/kiosk").status_code == 200
    world.node.database["terminals"].update_one({"_id": device.terminal}, {"$set": {"state": "barred"}})
    assert device.page("/kiosk").status_code == 403


def test_a_kiosk_reaches_no_function_of_staff(world: VerifierWorld, admin: Clerk) -> None:
    """kiosk + a clerk's session cookie put into it ──▶ 403 everywhere; / leads to the kiosk's own page."""
    device = enrolled(world, admin, "kiosk")
    clerk = at_desk(world, device)
    assert clerk.page("/").location == "/kiosk"
    for path in STAFF_PATHS[1:]:
        assert clerk.page(path).status_code == 403, path
    assert clerk.submit("/window/presentations", service_item="food-business-licence").status_code == 403
    world.clock.advance(timedelta(minutes=45))  # its own session is over, and it is a kiosk all the same
    assert clerk.page("/records").status_code == 403


def test_enrolling_a_kiosk_ends_the_session_on_its_screen(world: VerifierWorld, admin: Clerk) -> None:
    """administrator types the code in while signed in on the kiosk ──▶ that session is gone, here and in the store."""
    code = register(admin, "kiosk")
    device = Device(world.app.test_client())
    on_screen = at_desk(world, device, "window-approver")
    cookie = device.client.get_cookie("elicence_verifier")
    assert cookie
    answer = device.client.post(
        "/terminal/enrol",
        json={
            "code": code,
            "key": device.key.public_jwk.to_dict(),
            "proof": device.proof(ENROLMENT_TYP, code.replace("-", "")),
        },
        headers={"X-CSRF-Token": on_screen.csrf},
    )
    assert answer.status_code == 201, answer.text
    assert device.client.get_cookie("elicence_verifier") is None
    elsewhere = world.app.test_client()
    elsewhere.set_cookie("elicence_verifier", cookie.value, domain="localhost")
    assert elsewhere.get("/records", headers={"Accept": "text/html"}).status_code in {302, 303}


def test_a_challenge_replayed(world: VerifierWorld, admin: Clerk) -> None:
    """challenge c, proof p ──▶ session; c, p again, from the same or another browser ──▶ 403."""
    device = enrolled(world, admin)
    challenge = device.challenge()
    assert device.prove(challenge).status_code == 200
    assert device.prove(challenge).status_code == 403
    thief = Device(world.app.test_client(), device.key, device.terminal)
    assert thief.prove(challenge).status_code == 403


def test_an_older_challenge_after_a_newer_one(world: VerifierWorld, admin: Clerk) -> None:
    """c1 held back, c2 answered, then c1 ──▶ 403: only what is newer than the last counts."""
    device = enrolled(world, admin)
    old = device.challenge()
    world.clock.advance(timedelta(milliseconds=5))
    assert device.prove().status_code == 200
    assert device.prove(old).status_code == 403


def test_one_challenge_answered_by_many_at_once(world: VerifierWorld, admin: Clerk) -> None:
    """the same proof eight times at the same moment ──▶ one session."""
    device = enrolled(world, admin)
    challenge = device.challenge()
    proof = device.proof(SESSION_TYP, challenge)

    def send(_: int) -> int:
        body = {"terminal": device.terminal, "challenge": challenge, "proof": proof}
        return int(world.app.test_client().post("/terminal/session", json=body).status_code)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(send, range(8))) == [200] + [403] * 7


def test_one_code_typed_in_by_many_at_once(world: VerifierWorld, admin: Clerk) -> None:
    """one code, eight devices, the same moment ──▶ one of them is the terminal."""
    code = register(admin)

    def take(_: int) -> int:
        return int(Device(world.app.test_client()).enrol(code).status_code)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(take, range(8))) == [201] + [400] * 7


@pytest.mark.parametrize(
    "forged",
    [
        "another key",
        "another audience",
        "another nonce",
        "another typ",
        "algorithm none",
        "altered challenge",
        "stale challenge",
        "another terminal",
        "no text",
    ],
)
def test_a_forged_proof(world: VerifierWorld, admin: Clerk, forged: str) -> None:
    """each part of the proof wrong, one at a time ──▶ 403 (or 400 where it is no such thing at all), and no cookie."""
    device, other = enrolled(world, admin), enrolled(world, admin)
    challenge = device.challenge()
    right = device.proof(SESSION_TYP, challenge)
    changes: dict[str, object] = {}
    if forged == "another key":
        changes["proof"] = device.proof(SESSION_TYP, challenge, key=new_signer("thief"))
    elif forged == "another audience":
        changes["proof"] = device.proof(SESSION_TYP, challenge, audience="https://evil.example")
    elif forged == "another nonce":
        changes["proof"] = device.proof(SESSION_TYP, device.challenge() + "x")
    elif forged == "another typ":
        changes["proof"] = device.proof(ENROLMENT_TYP, challenge)
    elif forged == "algorithm none":
        header = b64url_encode(b'{"alg":"none","typ":"elicence-terminal-session+jwt"}')
        changes["proof"] = f"{header}.{right.split('.')[1]}."
    elif forged == "altered challenge":
        content, _, mark = challenge.rpartition(".")
        raw = bytearray(b64url_decode(mark))
        raw[0] ^= 1
        challenge = f"{content}.{b64url_encode(bytes(raw))}"
        changes["proof"] = device.proof(SESSION_TYP, challenge)
    elif forged == "stale challenge":
        world.clock.advance(timedelta(seconds=61))
    elif forged == "another terminal":
        changes["terminal"] = other.terminal
    else:
        changes["proof"] = ["x"]
    answer = device.prove(challenge, **changes)
    assert answer.status_code in {400, 403}, forged
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("cookie", ["x", "a.b.c.d", "é", "." * 50, "0" * 16 + ".k.99999999999.AAAA", ""])
def test_a_cookie_made_up(world: VerifierWorld, cookie: str) -> None:
    """a cookie that is not ours ──▶ no terminal, no error."""
    device = Device(world.app.test_client())
    device.client.set_cookie(TERMINAL_COOKIE, cookie, domain="localhost")
    assert device.page("/kiosk/visit").status_code == 403
    assert device.page("/kiosk").status_code == 303
    assert device.page("/terminal").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'{"code":1}',
        b'{"code":"\\u0000","key":{},"proof":""}',
        b"{" * 70,
        b'"' + b"x" * 99 + b'"',
    ],
)
def test_bodies_that_are_none(world: VerifierWorld, body: bytes) -> None:
    """anything but the members we know ──▶ 400, never a fault of ours."""
    for path in ("/terminal/enrol", "/terminal/session"):
        answer = world.app.test_client().post(path, data=body, content_type="application/json")
        assert answer.status_code == 400, (path, answer.text)


def test_a_clerk_outside_her_department(world: VerifierWorld, admin: Clerk) -> None:
    """terminal of department 2, person with a post in department 1 alone ──▶ 403 with a plain word."""
    device = enrolled(world, admin)
    elsewhere = world.departments[1].uscc
    world.node.terminals.move(device.terminal, elsewhere, by="test", at=world.clock.now())
    for member in world.node.staff.of_department(elsewhere):
        if member.name == person("window-approver").name:
            assert world.node.staff.remove(member.id)
    stranger = at_desk(world, device, "window-approver")
    answer = stranger.page("/records")
    assert answer.status_code == 403
    assert "另一个部门" in answer.text


def test_a_form_of_another_site_at_a_kiosk(world: VerifierWorld, admin: Clerk) -> None:
    """Origin: https://evil.example, the kiosk's cookies ──▶ 403, no case."""
    device = enrolled(world, admin, "kiosk")
    before = world.node.database["cases"].count_documents({})
    answer = device.client.post(
        "/kiosk/start",
        data={"service_item": "food-business-licence"},
        headers={"Origin": "https://evil.example", "Accept": "text/html"},
    )
    assert answer.status_code == 403
    assert world.node.database["cases"].count_documents({}) == before
