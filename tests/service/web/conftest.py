"""A small application of the kit with sign-in over the real store and the real provider."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from pymongo.database import Database

from service.settings import Settings
from service.store import connect
from service.web.application import create_web_app
from service.web.csrf import MachineBlueprint
from service.web.sign_in import install_sign_in, require_person, signed_in
from tests.support.clock import FixedClock


def sample_pages() -> Blueprint:
    """Pages and a data endpoint under a session."""
    pages = Blueprint("sample", __name__)

    @pages.get("/desk")
    @signed_in
    def desk() -> str:
        return require_person().name

    @pages.post("/desk")
    @signed_in
    def change() -> str:
        return "changed"

    @pages.get("/api/v1/desk")
    @signed_in
    def data() -> dict[str, str]:
        return {"name": require_person().name}

    @pages.post("/open-form")
    def open_form() -> str:
        return "received"

    return pages


def machine_pages() -> MachineBlueprint:
    """An endpoint for machines that wrongly asks for a person: there must be none."""
    machine = MachineBlueprint("sample_machine", __name__)

    @machine.post("/machine")
    def machine_post() -> str:
        return "done"

    @machine.get("/machine/person")
    def machine_person() -> str:
        return require_person().name

    return machine


@pytest.fixture
def clock() -> FixedClock:
    """Begins now, because the provider dates its tokens by the machine's clock."""
    return FixedClock(datetime.now(UTC))


@pytest.fixture
def web_settings(make_settings, identity_provider: str) -> Settings:
    return make_settings(
        oidc_issuer=identity_provider,
        oidc_client_id="wallet-test",
        oidc_client_secret="the mock takes any",
    )


@pytest.fixture
def database(web_settings: Settings) -> Database[dict[str, Any]]:
    database = connect(web_settings, "wallet")
    database["sign_in_sessions"].drop()
    return database


@pytest.fixture
def app(web_settings: Settings, database, master_key, clock) -> Flask:
    app = create_web_app("wallet", web_settings, service="wallet", errors={})
    install_sign_in(
        app, web_settings, service="wallet", database=database, master_key=master_key, clock=clock
    )
    app.register_blueprint(sample_pages())
    app.register_blueprint(machine_pages())
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def at_provider(authorization_url: str, subject: str) -> str:
    """What the person does at the provider; returns the address that the browser is sent back to."""
    answer = requests.post(authorization_url, data={"sub": subject}, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def walk_sign_in(client: FlaskClient, subject: str = "zhang-xiaoming", next_path: str = "/desk") -> str:
    """Sign a person in as a browser would; returns the address that the service leads to."""
    start = client.get("/sign-in", query_string={"next": next_path})
    assert start.status_code == 303, start.text
    back = urlsplit(at_provider(start.headers["Location"], subject))
    done = client.get(f"{back.path}?{back.query}", headers={"Accept": "text/html"})
    assert done.status_code == 303, done.text
    return done.headers["Location"]


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
