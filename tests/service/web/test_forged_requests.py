"""Requests that somebody else's page sends with the signed-in person's cookie."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.web.csrf import csrf_token_of
from tests.service.web.conftest import walk_sign_in

OWN_ORIGIN = "http://localhost:8002"


@pytest.fixture
def signed_in_client(client: FlaskClient) -> FlaskClient:
    walk_sign_in(client)
    return client


def token_of(client: FlaskClient) -> str:
    found = client.get_cookie("elicence_wallet")
    assert found is not None
    return csrf_token_of(found.value)


def test_post_without_the_token_is_refused(signed_in_client: FlaskClient) -> None:
    """POST /desk with the cookie alone → 403 forged-request."""
    answer = signed_in_client.post("/desk")
    assert answer.status_code == 403
    assert answer.json["type"] == "urn:elicence:problem:forged-request"


@pytest.mark.parametrize("origin", [None, OWN_ORIGIN])
def test_token_passes_in_header_and_in_hidden_field(
    signed_in_client: FlaskClient, origin: str | None
) -> None:
    headers = {"Origin": origin} if origin else {}
    token = token_of(signed_in_client)
    assert signed_in_client.post("/desk", headers={**headers, "X-CSRF-Token": token}).text == "changed"
    assert signed_in_client.post("/desk", headers=headers, data={"csrf_token": token}).text == "changed"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://localhost:8001",
        "http://localhost",
        "http://localhost:8002.evil.example",
    ],
)
def test_another_origin_is_refused_even_with_the_token(signed_in_client: FlaskClient, origin: str) -> None:
    """The issuer on the next port is another origin too: browsers send it our cookie, because cookies know no ports."""
    headers = {"Origin": origin, "X-CSRF-Token": token_of(signed_in_client)}
    assert signed_in_client.post("/desk", headers=headers).status_code == 403


def test_token_of_another_session_is_refused(app: Flask, signed_in_client: FlaskClient) -> None:
    other = app.test_client()
    walk_sign_in(other, "li-xiaohong")
    assert signed_in_client.post("/desk", headers={"X-CSRF-Token": token_of(other)}).status_code == 403


@pytest.mark.parametrize("token", ["", "é", "x" * 5000])
def test_odd_tokens_are_refused(signed_in_client: FlaskClient, token: str) -> None:
    assert signed_in_client.post("/desk", data={"csrf_token": token}).status_code == 403


def test_machine_endpoint_needs_no_token(signed_in_client: FlaskClient) -> None:
    """Its authority is in the request itself, so a wallet's server, which has no page, may call."""
    assert signed_in_client.post("/machine", headers={"Origin": "https://wallet.example"}).text == "done"


def test_form_without_a_session_still_checks_the_origin(client: FlaskClient) -> None:
    assert client.post("/open-form").text == "received"
    assert client.post("/open-form", headers={"Origin": "https://evil.example"}).status_code == 403
