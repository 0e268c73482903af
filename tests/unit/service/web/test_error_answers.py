"""How failures leave: the right form for the reader, and nothing from inside."""

from __future__ import annotations

from typing import ClassVar

import pytest
from flask import Blueprint
from flask.testing import FlaskClient
from pymongo.errors import AutoReconnect

from service.settings import Settings
from service.web.application import create_web_app
from service.web.csrf import MachineBlueprint
from service.web.error_rows import KIT_ERRORS
from service.web.error_table import OUR_FAULT, answer_for, unmapped_errors
from service.web.errors import PermissionMissingError
from service.web.protocol_errors import ProtocolAnswer, answer_as_oauth
from standards.errors import ElicenceError, InvalidInputError
from standards.text import Text

PAGE = {"Accept": "text/html"}


class QuotaError(ElicenceError):
    code: ClassVar[str] = "quota"


class NobodyMappedError(ElicenceError):
    code: ClassVar[str] = "nobody-mapped"


RAISED: dict[str, Exception] = {
    "input": InvalidInputError(
        "名称过长。", "The name is too long.", where="/name", next_step=Text("请缩短。", "Shorten it.")
    ),
    "quota": QuotaError("太多了。", "Too many."),
    "nobody": NobodyMappedError("内部细节", "inside detail"),
    "crash": RuntimeError("inside detail"),
    "store": AutoReconnect("inside detail: mongodb://user:password@host"),
}


def raising(blueprint: Blueprint) -> Blueprint:
    @blueprint.get("/raise/<name>")
    def raise_it(name: str) -> str:
        raise RAISED[name]

    @blueprint.post("/read")
    def read() -> str:
        from flask import request

        return str(len(request.get_data()))

    return blueprint


@pytest.fixture
def client() -> FlaskClient:
    app = create_web_app(
        "issuer", Settings(), service="issuer", errors={QuotaError: (429, "quota")}, max_body_bytes=1000
    )
    app.register_blueprint(raising(MachineBlueprint("sample", __name__)))
    protocol = MachineBlueprint("protocol", __name__, url_prefix="/protocol")
    answer_as_oauth(protocol, {QuotaError: ProtocolAnswer(400, "slow_down", {"Retry-After": "5"})})
    app.register_blueprint(raising(protocol))
    return app.test_client()


def test_problem_says_what_where_and_what_next(client: FlaskClient) -> None:
    """RFC 9457 §3.1, with our members beside."""
    answer = client.get("/raise/input")
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    request_id = answer.headers["X-Request-Id"]
    assert answer.json == {
        "type": "urn:elicence:problem:invalid-input",
        "title": "Invalid input",
        "status": 400,
        "detail": "名称过长。",
        "message": {"zh": "名称过长。", "en": "The name is too long."},
        "where": "/name",
        "next": {"zh": "请缩短。", "en": "Shorten it."},
        "request_id": request_id,
    }


def test_service_rows_answer(client: FlaskClient) -> None:
    answer = client.get("/raise/quota", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.json["detail"]) == (429, "Too many.")


@pytest.mark.parametrize("name", ["nobody", "crash"])
@pytest.mark.parametrize("headers", [{}, PAGE])
def test_unexpected_errors_tell_nothing_from_inside(
    client: FlaskClient, name: str, headers: dict[str, str]
) -> None:
    answer = client.get(f"/raise/{name}", headers=headers)
    assert answer.status_code == 500
    assert "inside detail" not in answer.text
    assert "内部细节" not in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_lost_store_is_503_with_a_time_to_retry(client: FlaskClient) -> None:
    answer = client.get("/raise/store")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "password" not in answer.text


def test_page_for_browsers_data_for_systems(client: FlaskClient) -> None:
    page = client.get("/nowhere", headers=PAGE)
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "没有找到" in page.text
    data = client.get("/api/v1/nowhere", headers=PAGE)
    assert (data.status_code, data.mimetype) == (404, "application/problem+json")


def test_address_in_an_error_page_is_escaped(client: FlaskClient) -> None:
    page = client.get('/<script>alert(1)</script>?a="><script>', headers=PAGE)
    assert "<script>alert" not in page.text
    assert '"><script>' not in page.text


def test_method_that_is_not_offered_names_those_that_are(client: FlaskClient) -> None:
    """RFC 9110 §15.5.6."""
    answer = client.delete("/raise/input")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_body_over_the_limit_is_refused(client: FlaskClient) -> None:
    assert client.post("/read", data=b"x" * 1000).text == "1000"
    assert client.post("/read", data=b"x" * 1001).status_code == 413


@pytest.mark.parametrize(
    ("name", "status", "error"),
    [("quota", 400, "slow_down"), ("nobody", 500, "server_error"), ("crash", 500, "server_error")],
)
def test_protocol_endpoints_answer_in_their_own_form(
    client: FlaskClient, name: str, status: int, error: str
) -> None:
    """RFC 6749 §5.2."""
    answer = client.get(f"/protocol/raise/{name}", headers=PAGE)
    assert (answer.status_code, answer.mimetype, answer.json["error"]) == (status, "application/json", error)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "inside detail" not in answer.text


def test_protocol_answer_carries_its_headers(client: FlaskClient) -> None:
    assert client.get("/protocol/raise/quota").headers["Retry-After"] == "5"


def test_too_large_a_body_at_a_protocol_endpoint(client: FlaskClient) -> None:
    answer = client.post("/protocol/read", data=b"x" * 1001)
    assert (answer.status_code, answer.json["error"]) == (413, "invalid_request")


def test_row_covers_the_classes_beneath_it() -> None:
    class NarrowError(PermissionMissingError):
        pass

    found = answer_for(KIT_ERRORS, NarrowError)
    assert found is not None
    assert found.problem == "permission-missing"


def test_walk_finds_a_class_without_a_row() -> None:
    assert f"{__name__}.NobodyMappedError" in unmapped_errors(KIT_ERRORS, (__name__,))
    assert f"{__name__}.QuotaError" not in unmapped_errors({**KIT_ERRORS, QuotaError: OUR_FAULT}, (__name__,))


def test_every_error_of_the_kit_service_and_keys_has_a_row() -> None:
    assert unmapped_errors(KIT_ERRORS, ("service", "keys")) == []
