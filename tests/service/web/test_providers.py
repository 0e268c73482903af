"""Several identity providers: one person by any of them, and no account of one of them as two people."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.demo.people import IN_PERSON_ACR, PROVINCE_ACR, person
from service.errors import SettingsError
from service.settings import Settings
from service.web.application import create_web_app
from service.web.errors import SignInError
from service.web.sign_in import Person, install_sign_in, require_person
from service.web.sign_in.assurance import Assurance
from service.web.sign_in.desk import ProviderAnswer, SignInDesk
from service.web.sign_in.providers import listed_providers
from tests.service.conftest import _wait_until_listening
from tests.service.web.conftest import at_provider, query_of, sample_pages

ZHANG, LI = person("zhang-xiaoming"), person("li-xiaohong")


@pytest.fixture(scope="module")
def province() -> Iterator[str]:
    """The demo's two providers, as a node runs them; gives the issuer identifier of the province's."""
    ports = [_free_port(), _free_port()]
    command = [sys.executable, "-m", "service.demo.identity_provider", *map(str, ports)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as providers:
        try:
            _wait_until_listening(ports[1])
            yield f"http://localhost:{ports[1]}"
        finally:
            providers.terminate()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def providers_file(directory: Path, address: str, **changes: Any) -> Path:
    file = directory / "providers.json"
    (directory / "province.secret").write_text("the mock takes any")
    entry = {
        "key": "province",
        "issuer": address,
        "client_id": "elicence-{service}",
        "client_secret_file": "province.secret",
        "name": {"zh": "某省", "en": "A province"},
        "level": "province",
        "divisions": ["330000"],
        "assurance": {PROVINCE_ACR: "substantial"},
    }
    file.write_text(json.dumps({"providers": [entry | changes]}))
    return file


@pytest.fixture
def two(web_settings: Settings, province: str, tmp_path: Path) -> Settings:
    return replace(
        web_settings,
        oidc_assurance=((IN_PERSON_ACR, "high"),),
        oidc_providers_file=providers_file(tmp_path, province),
    )


@pytest.fixture
def app(two: Settings, database: Any, master_key: Any, clock: Any) -> Flask:
    database["provider_links"].drop()
    app = create_web_app("wallet", two, service="wallet", errors={})
    install_sign_in(app, two, service="wallet", database=database, master_key=master_key, clock=clock)
    pages = sample_pages()

    @pages.get("/api/v1/who")
    def who() -> dict[str, Any]:
        signed_in = require_person()
        return {"number": signed_in.number, "level": signed_in.level, "provider": signed_in.provider}

    app.register_blueprint(pages)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def walk(client: FlaskClient, subject: str, provider: str | None = None) -> Any:
    start = client.get("/sign-in", query_string={} if provider is None else {"provider": provider})
    assert start.status_code == 303, start.text
    back = urlsplit(at_provider(start.headers["Location"], subject))
    return client.get(f"{back.path}?{back.query}", headers={"Accept": "text/html"})


def test_without_a_choice_the_way_leads_to_the_first(client: FlaskClient, two: Settings) -> None:
    """Other people's programs rely on it: no page in between."""
    start = client.get("/sign-in")
    assert start.headers["Location"].startswith(two.oidc_issuer)


def test_one_person_by_two_providers(app: Flask, province: str, two: Settings) -> None:
    """The same certificate number from both: one person, with the level that each can vouch for."""
    nation, other = app.test_client(), app.test_client()
    assert walk(nation, "zhang-xiaoming").status_code == 303
    assert walk(other, "zhang-xiaoming-province", "province").status_code == 303
    assert nation.get("/api/v1/who").json == {
        "number": ZHANG.number,
        "level": Assurance.HIGH,
        "provider": two.oidc_issuer,
    }
    assert other.get("/api/v1/who").json == {
        "number": ZHANG.number,
        "level": Assurance.SUBSTANTIAL,
        "provider": province,
    }
    desk: SignInDesk = app.extensions["elicence.sign_in"]
    signed_in = Person("111", ZHANG.number, ZHANG.name, "", "", "")
    assert [link.provider for link in desk.links.of(signed_in)] == ["main", "province"]


def test_an_acr_that_nobody_placed_counts_as_low(two: Settings) -> None:
    [main, province] = listed_providers(two, "wallet")
    assert main.level_of("urn:something") is Assurance.LOW
    assert province.level_of("") is Assurance.LOW


def test_an_account_that_comes_back_as_somebody_else_is_refused(
    app: Flask, client: FlaskClient, province: str, clock: Any
) -> None:
    """The province says of a known ``sub`` that it is another person now: refused, and no session."""
    desk: SignInDesk = app.extensions["elicence.sign_in"]
    taken = Person("111", LI.number, LI.name, "zhang-xiaoming-province", province, "")
    assert desk.links.remember(taken, "province", clock.now())
    assert walk(client, "zhang-xiaoming-province", "province").status_code == 400
    assert client.get("/api/v1/who").status_code == 401


def test_a_code_of_one_provider_is_not_taken_at_the_others_address(client: FlaskClient) -> None:
    """Mix-up: begun at the nation's, answered at the province's address with everything else right."""
    start = client.get("/sign-in")
    back = urlsplit(at_provider(start.headers["Location"], "zhang-xiaoming"))
    answer = client.get(f"{back.path}/province?{back.query}", headers={"Accept": "text/html"})
    assert answer.status_code == 400
    assert client.get("/api/v1/who").status_code == 401


def test_an_answer_that_names_another_provider_is_refused(client: FlaskClient, province: str) -> None:
    """RFC 9207: the ``iss`` of the province on the way back from the nation's."""
    start = client.get("/sign-in")
    query = query_of(at_provider(start.headers["Location"], "zhang-xiaoming")) | {"iss": province}
    answer = client.get("/sign-in/callback", query_string=query, headers={"Accept": "text/html"})
    assert answer.status_code == 400


def test_a_provider_that_names_itself_must_do_so(
    app: Flask, two: Settings, province: str, tmp_path: Path, clock: Any
) -> None:
    """Configured to send ``iss`` always: an answer without one is somebody else's."""
    strict = replace(two, oidc_providers_file=providers_file(tmp_path, province, names_itself=True))
    before: SignInDesk = app.extensions["elicence.sign_in"]
    envelope = before._envelope
    desk = SignInDesk(listed_providers(strict, "wallet"), before._sessions, before.links, envelope, clock)
    url, cookie = desk.start("/", "zh", "province")
    query = query_of(at_provider(url, "zhang-xiaoming-province"))
    answer = ProviderAnswer(query["code"], query["state"], None, None)
    with pytest.raises(SignInError):
        desk.finish(answer, cookie, None, arrived_at="province")
    named = replace(answer, issuer=province)
    assert desk.finish(named, cookie, None, arrived_at="province")[1] == "/"


def test_an_unknown_provider_is_refused(client: FlaskClient) -> None:
    assert client.get("/sign-in?provider=nobody", headers={"Accept": "text/html"}).status_code == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "main"},
        {"key": "No Key"},
        {"issuer": "ftp://x"},
        {"level": "village"},
        {"assurance": {"x": "very"}},
        {"client_secret_file": "not-there"},
    ],
)
def test_a_file_that_is_wrong_stops_the_service(
    web_settings: Settings, tmp_path: Path, changes: dict[str, Any]
) -> None:
    wrong = replace(
        web_settings,
        oidc_providers_file=providers_file(tmp_path, "https://province.example", **changes),
    )
    with pytest.raises(SettingsError):
        listed_providers(wrong, "wallet")


def test_the_same_provider_twice_stops_the_service(web_settings: Settings, tmp_path: Path) -> None:
    twice = replace(
        web_settings,
        oidc_issuer="https://province.example",
        oidc_providers_file=providers_file(tmp_path, "https://province.example"),
    )
    with pytest.raises(SettingsError):
        listed_providers(twice, "wallet")


# -- proving it anew ----------------------------------------------------------------------------------------------


def test_whoever_is_signed_in_proves_it_anew(app: Flask, client: FlaskClient, clock: Any) -> None:
    """The same session goes on, and knows that the person just proved it; the provider was asked for no less."""
    assert walk(client, "zhang-xiaoming-province", "province").status_code == 303
    before = client.get_cookie("elicence_wallet")
    start = client.get("/sign-in?fresh=1&next=/desk")
    asked = query_of(start.headers["Location"])
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    back = urlsplit(at_provider(start.headers["Location"], "zhang-xiaoming-province"))
    done = client.get(f"{back.path}?{back.query}", headers={"Accept": "text/html"})
    assert done.headers["Location"] == "/desk"
    after = client.get_cookie("elicence_wallet")
    assert before is not None
    assert after is not None
    assert after.value == before.value
    session = app.extensions["elicence.sign_in"].live_session(after.value)
    assert session.stepped_up_at is not None


def test_another_person_at_the_provider_does_not_step_up_this_session(
    app: Flask, client: FlaskClient
) -> None:
    """Zhang's session, and Li proves who she is: hers begins, his ends."""
    assert walk(client, "zhang-xiaoming-province", "province").status_code == 303
    before = client.get_cookie("elicence_wallet")
    start = client.get("/sign-in?fresh=1")
    back = urlsplit(at_provider(start.headers["Location"], "li-xiaohong-province"))
    client.get(f"{back.path}?{back.query}", headers={"Accept": "text/html"})
    assert client.get("/api/v1/who").json["number"] == LI.number
    assert before is not None
    assert app.extensions["elicence.sign_in"].live_session(before.value) is None
