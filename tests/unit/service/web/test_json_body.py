"""JSON bodies at the interfaces for systems: what is not JSON, too long or too deep is the caller's error."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.settings import Settings
from service.web.application import create_web_app
from service.web.csrf import MachineBlueprint
from service.web.json_body import MAX_JSON_BYTES, read_json_body, read_json_body_or

JSON = "application/json"


@pytest.fixture
def client() -> FlaskClient:
    # Larger than a JSON body may be: such a service takes pictures too.
    app: Flask = create_web_app(
        "wallet", Settings(), service="wallet", errors={}, max_body_bytes=4 * MAX_JSON_BYTES
    )
    blueprint = MachineBlueprint("sample", __name__)

    @blueprint.post("/api/v1/must")
    def must() -> dict[str, object]:
        return {"read": read_json_body()}

    @blueprint.post("/api/v1/may")
    def may() -> dict[str, object]:
        return {"read": read_json_body_or({})}

    app.register_blueprint(blueprint)
    return app.test_client()


@pytest.mark.parametrize(
    "content_type", [None, JSON, "application/json; charset=utf-8", "application/vnd.sample+json"]
)
def test_json_is_read_with_its_type_or_without_any(client: FlaskClient, content_type: str | None) -> None:
    answer = client.post("/api/v1/must", data=b'{"a": 1}', content_type=content_type)
    assert answer.json == {"read": {"a": 1}}


@pytest.mark.parametrize("path", ["/api/v1/must", "/api/v1/may"])
@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "application/jsonx"]
)
def test_another_content_type_is_415(client: FlaskClient, path: str, content_type: str) -> None:
    """``{}`` sent as text or as a form → 415, a problem document; nothing of it is read."""
    answer = client.post(path, data=b"{}", content_type=content_type)
    assert (answer.status_code, answer.mimetype) == (415, "application/problem+json")
    assert answer.json["type"] == "urn:elicence:problem:unsupported-media-type"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[" * 20_000, b'{"a":' * 20_000, b"NaN", b'"\\ud800"'], ids=repr
)
def test_what_is_no_json_is_400(client: FlaskClient, body: bytes) -> None:
    """Nothing, half an object, no UTF-8, 20,000 brackets, a lone surrogate → 400, never a fault of ours."""
    answer = client.post("/api/v1/must", data=body, content_type=JSON)
    assert (answer.status_code, answer.json["type"]) == (400, "urn:elicence:problem:invalid-input")


@pytest.mark.parametrize("path", ["/api/v1/must", "/api/v1/may"])
def test_a_json_body_has_a_limit_of_its_own(client: FlaskClient, path: str) -> None:
    """One byte over the limit for JSON, though the service takes larger pictures → 413."""
    fits = b'"' + b"x" * (MAX_JSON_BYTES - 2) + b'"'
    assert client.post(path, data=fits, content_type=JSON).status_code == 200
    assert client.post(path, data=fits + b" ", content_type=JSON).status_code == 413


def test_a_body_that_may_be_absent(client: FlaskClient) -> None:
    assert client.post("/api/v1/may").json == {"read": {}}
    assert client.post("/api/v1/may", data=b"null", content_type=JSON).json == {"read": None}
