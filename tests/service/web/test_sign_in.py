"""Sign-in over a real OpenID Connect provider and the real store."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.web.application import create_web_app
from service.web.csrf import csrf_token_of
from service.web.sign_in import install_sign_in
from tests.service.web.conftest import at_provider, query_of, walk_sign_in

PAGE = {"Accept": "text/html"}


def cookie(client: FlaskClient, name: str = "elicence_wallet") -> str:
    found = client.get_cookie(name)
    assert found is not None
    return found.value


def test_signs_in_and_comes_back_to_the_page(client: FlaskClient) -> None:
    asked = client.get("/desk?tab=2", headers=PAGE)
    assert asked.status_code == 303
    assert asked.headers["Location"] == "/sign-in?next=/desk?tab%3D2"
    assert walk_sign_in(client, next_path="/desk?tab=2") == "/desk?tab=2"
    assert client.get("/desk").text == "张小明"


def test_authorization_request_carries_pkce_state_and_nonce(
    client: FlaskClient, identity_provider: str
) -> None:
    """OpenID Connect Core 1.0 §3.1.2.1, RFC 7636 §4.3."""
    location = client.get("/sign-in").headers["Location"]
    assert location.startswith(f"{identity_provider}/oauth2/authorize?")
    query = query_of(location)
    assert query["response_type"] == "code"
    assert query["code_challenge_method"] == "S256"
    assert len(query["code_challenge"]) == 43
    assert len(query["state"]) >= 43
    assert len(query["nonce"]) >= 43
    assert query["redirect_uri"] == "http://localhost:8002/sign-in/callback"
    assert "openid" in query["scope"].split()


def test_page_without_session_leads_any_client_to_sign_in(client: FlaskClient) -> None:
    """A client that does not say what it reads opens a page: it is led to sign in, too; what it sends is refused."""
    assert client.get("/desk").status_code == 303
    assert client.post("/desk").status_code == 401


def test_api_without_session_answers_401_as_a_problem(client: FlaskClient) -> None:
    answer = client.get("/api/v1/desk", headers=PAGE)
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.json["type"] == "urn:elicence:problem:sign-in-required"


def test_session_cookie_is_closed_to_scripts_and_other_sites(client: FlaskClient) -> None:
    walk_sign_in(client)
    found = client.get_cookie("elicence_wallet")
    assert found is not None
    assert found.http_only
    assert found.same_site == "Lax"
    assert found.path == "/"


def test_store_keeps_no_secret_and_no_person_in_the_clear(client: FlaskClient, database) -> None:
    walk_sign_in(client)
    documents = list(database["sign_in_sessions"].find())
    text = repr(documents)
    assert len(documents) == 1
    assert cookie(client) not in text
    assert "张小明" not in text
    assert "990101198805120016" not in text


def test_session_fixation_a_planted_session_is_replaced_and_ended(app: Flask) -> None:
    """The attacker signs in and plants his cookie in the victim's browser; the victim signs in.

    Verdict: the victim gets another token, and the planted one is no session any more.
    """
    attacker = app.test_client()
    walk_sign_in(attacker, "li-xiaohong")
    planted = cookie(attacker)
    victim = app.test_client()
    location = victim.get("/sign-in").headers["Location"]
    back = urlsplit(at_provider(location, "zhang-xiaoming"))
    victim.set_cookie("elicence_wallet", planted, domain="localhost")
    victim.get(f"{back.path}?{back.query}")
    assert cookie(victim) != planted
    assert victim.get("/desk").text == "张小明"
    assert attacker.get("/api/v1/desk").status_code == 401


def test_login_forgery_an_answer_for_another_browser_is_refused(app: Flask) -> None:
    """The attacker makes the victim's browser open the callback with the attacker's code and state.

    Verdict: refused, because the victim's browser has no such attempt, or another one.
    """
    attacker, victim = app.test_client(), app.test_client()
    back = urlsplit(at_provider(attacker.get("/sign-in").headers["Location"], "li-xiaohong"))
    without_attempt = victim.get(f"{back.path}?{back.query}", headers=PAGE)
    victim.get("/sign-in")
    with_other_attempt = victim.get(f"{back.path}?{back.query}", headers=PAGE)
    assert without_attempt.status_code == with_other_attempt.status_code == 400
    assert victim.get_cookie("elicence_wallet") is None


def test_code_is_good_once(app: Flask) -> None:
    """The same callback address is opened again in the same browser: the provider refuses the code."""
    client = app.test_client()
    start = client.get("/sign-in")
    attempt = client.get_cookie("elicence_wallet_sign_in", path="/sign-in")
    assert attempt is not None
    back = urlsplit(at_provider(start.headers["Location"], "zhang-xiaoming"))
    assert client.get(f"{back.path}?{back.query}").status_code == 303
    client.set_cookie("elicence_wallet_sign_in", attempt.value, path="/sign-in", domain="localhost")
    again = client.get(f"{back.path}?{back.query}")
    assert again.status_code == 400
    assert again.json["type"] == "urn:elicence:problem:sign-in-failed"


def test_attempt_ends_after_ten_minutes(client: FlaskClient, clock) -> None:
    back = urlsplit(at_provider(client.get("/sign-in").headers["Location"], "zhang-xiaoming"))
    clock.advance(timedelta(minutes=10))
    assert client.get(f"{back.path}?{back.query}").status_code == 400


def test_answer_of_another_provider_is_refused(client: FlaskClient) -> None:
    """RFC 9207 §2.4: ``iss`` in the answer names somebody else (mix-up)."""
    back = urlsplit(at_provider(client.get("/sign-in").headers["Location"], "zhang-xiaoming"))
    assert client.get(f"{back.path}?{back.query}&iss=https://evil.example").status_code == 400


def test_refusing_at_the_provider_gives_a_clear_page(client: FlaskClient) -> None:
    state = query_of(client.get("/sign-in").headers["Location"])["state"]
    page = client.get(f"/sign-in/callback?error=access_denied&state={state}", headers=PAGE)
    assert page.status_code == 400
    assert "登录已取消" in page.text
    assert 'href="/sign-in"' in page.text


def test_person_without_certificate_is_told_so(client: FlaskClient) -> None:
    """The provider vouches for a subject, but gives no certificate type and number."""
    back = urlsplit(at_provider(client.get("/sign-in").headers["Location"], "nobody"))
    page = client.get(f"{back.path}?{back.query}", headers=PAGE)
    assert page.status_code == 400
    assert "证件类型" in page.text


@pytest.mark.parametrize("quiet", [timedelta(hours=1), timedelta(hours=13)])
def test_session_ends_when_idle(client: FlaskClient, clock, quiet: timedelta) -> None:
    walk_sign_in(client)
    clock.advance(quiet)
    assert client.get("/api/v1/desk").status_code == 401


def test_session_ends_after_twelve_hours_of_work(client: FlaskClient, clock) -> None:
    walk_sign_in(client)
    for _ in range(15):
        clock.advance(timedelta(minutes=47))
        assert client.get("/api/v1/desk").status_code == 200
    clock.advance(timedelta(minutes=47))
    assert client.get("/api/v1/desk").status_code == 401


def test_sign_out_ends_the_session_for_every_copy_of_the_cookie(app: Flask) -> None:
    client, copy = app.test_client(), app.test_client()
    walk_sign_in(client)
    copy.set_cookie("elicence_wallet", cookie(client), domain="localhost")
    assert copy.get("/api/v1/desk").status_code == 200
    done = client.post("/sign-out", data={"csrf_token": csrf_token_of(cookie(client))})
    assert done.status_code == 303
    assert client.get_cookie("elicence_wallet") is None
    assert copy.get("/api/v1/desk").status_code == 401


@pytest.mark.parametrize(
    "wish",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/%09/../sign-out\t",
        "javascript:alert(1)",
        "/sign-out",
        "",
    ],
)
def test_no_open_redirect_after_sign_in(client: FlaskClient, wish: str) -> None:
    assert walk_sign_in(client, next_path=wish) == "/"


def test_cookie_value_that_is_no_session_is_nobody(client: FlaskClient) -> None:
    client.set_cookie("elicence_wallet", "a" * 43, domain="localhost")
    assert client.get("/api/v1/desk").status_code == 401


@pytest.mark.parametrize("value", [b"\xff\xfe", b"\xed\xa0\x80", b'"\\377\\000"', b"%FF%00", b"a" * 20_000])
def test_cookie_of_any_bytes_is_nobody(client: FlaskClient, value: bytes) -> None:
    """Session and sign-in cookies that are no text: 401 for an API, 403 for a form, a new sign-in; never a 500."""
    cookie = (b"elicence_wallet=" + value + b"; elicence_wallet_sign_in=" + value).decode("latin-1")
    environ = {"HTTP_COOKIE": cookie}
    assert client.get("/api/v1/desk", environ_overrides=environ).status_code == 401
    assert client.post("/sign-out", environ_overrides=environ).status_code in {303, 403}
    answer = client.get("/sign-in/callback?code=c&state=%FF%00", environ_overrides=environ)
    assert answer.status_code == 400


def test_machine_endpoint_knows_no_session(client: FlaskClient) -> None:
    """A signed-in browser calls an endpoint for machines: nobody is signed in there."""
    walk_sign_in(client)
    assert client.get("/machine/person").status_code == 401


def test_provider_that_is_away_gives_502_and_a_way_on(make_settings, database, master_key, clock) -> None:
    away = make_settings(oidc_issuer="http://localhost:9", oidc_client_id="x", oidc_client_secret="y")
    app = create_web_app("wallet", away, service="wallet", errors={})
    install_sign_in(app, away, service="wallet", database=database, master_key=master_key, clock=clock)
    page = app.test_client().get("/sign-in", headers=PAGE)
    assert page.status_code == 502
    assert "身份认证平台" in page.text
    assert "请稍后再试" in page.text
