"""What every page gets from the kit: headers, languages, display modes, files."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from flask import Blueprint, render_template_string
from flask.testing import FlaskClient

from service.settings import Settings
from service.web.application import create_web_app
from service.web.language import format_date, format_moment, mask_number
from service.web.security_headers import allow_form_target

PAGE = {"Accept": "text/html"}


def make_client(settings: Settings | None = None) -> FlaskClient:
    app = create_web_app("wallet", settings or Settings(), service="wallet", errors={})
    pages = Blueprint("sample", __name__)

    @pages.get("/")
    def home() -> str:
        return render_template_string(
            '{% extends "kit/base.html" %}{% block content %}<h1>{{ t("您好", "Hello") }}</h1>'
            "<p>{{ day|date }}</p>{% endblock %}",
            day=date(2026, 11, 22),
        )

    @pages.get("/leads-away")
    def leads_away() -> str:
        allow_form_target("https://window.example/cases?x=1")
        allow_form_target("https://*.example; script-src *")
        allow_form_target("javascript:alert(1)")
        return "<!doctype html>"

    app.register_blueprint(pages)
    return app.test_client()


@pytest.fixture
def client() -> FlaskClient:
    return make_client()


def policy(headers) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


def test_policy_of_pages_allows_nothing_inline_and_nobody_else(client: FlaskClient) -> None:
    directives = policy(client.get("/", headers=PAGE).headers)
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == "'self'"
    assert directives["style-src"] == "'self'"
    assert directives["frame-ancestors"] == "'none'"
    assert directives["base-uri"] == "'none'"
    assert directives["form-action"] == "'self'"
    assert not re.search(r"unsafe|\*|https?:", " ".join(directives.values()))


@pytest.mark.parametrize("path", ["/", "/nowhere", "/docs"])
def test_pages_keep_their_own_policy(client: FlaskClient, path: str) -> None:
    html = client.get(path, headers=PAGE).text
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", html)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', html)


def test_form_target_is_one_origin_and_cannot_widen_the_policy(client: FlaskClient) -> None:
    directives = policy(client.get("/leads-away").headers)
    assert directives["form-action"] == "'self' https://window.example"
    assert directives["script-src"] == "'self'"


@pytest.mark.parametrize("path", ["/", "/healthz", "/nowhere", "/static/kit/base.css"])
def test_every_answer_carries_the_security_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "camera=(self)" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers


def test_https_adds_hsts() -> None:
    client = make_client(Settings(wallet_url="https://wallet.example"))
    assert "max-age=31536000" in client.get("/healthz").headers["Strict-Transport-Security"]


def test_pages_are_not_kept_and_versioned_files_are(client: FlaskClient) -> None:
    page = client.get("/", headers=PAGE)
    assert page.headers["Cache-Control"] == "no-store"
    address = re.search(r'href="(/static/kit/tokens\.css\?v=[0-9a-f]{12})"', page.text)
    assert address is not None
    with client.get(address[1]) as versioned, client.get("/static/kit/tokens.css") as plain:
        assert "immutable" in versioned.headers["Cache-Control"]
        assert "immutable" not in plain.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("query", "cookie", "accept", "expected"),
    [
        ("", None, None, "zh-CN"),
        ("", None, "en-GB,en;q=0.9", "en"),
        ("", None, "fr", "zh-CN"),
        ("", None, "zh-TW,en;q=0.5", "zh-CN"),
        ("", "en", "zh", "en"),
        ("?lang=zh", "en", "en", "zh-CN"),
        ("?lang=xx", None, "en", "en"),
    ],
)
def test_language_by_query_then_cookie_then_browser_then_chinese(
    client: FlaskClient, query: str, cookie: str | None, accept: str | None, expected: str
) -> None:
    if cookie:
        client.set_cookie("elicence_language", cookie)
    headers = {**PAGE, **({"Accept-Language": accept} if accept else {})}
    assert f'<html lang="{expected}"' in client.get(f"/{query}", headers=headers).text


def test_language_choice_stays(client: FlaskClient) -> None:
    client.get("/?lang=en", headers=PAGE)
    page = client.get("/", headers=PAGE).text
    assert "Hello" in page
    assert "22 Nov 2026" in page


def test_display_modes_combine_and_stay(client: FlaskClient) -> None:
    page = client.get("/?display=large", headers=PAGE).text
    assert 'data-display="large"' in page
    assert "display=large-contrast" in page
    assert 'data-display="large"' in client.get("/", headers=PAGE).text
    assert 'data-display="standard"' in client.get("/?display=standard", headers=PAGE).text
    assert 'data-display="standard"' in client.get('/?display="><script>', headers=PAGE).text


def test_frame_weighs_little(client: FlaskClient) -> None:
    """UX: under 150 KB a page; the frame with its files takes at most a third."""
    page = client.get("/", headers=PAGE)
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    assert len(files) >= 5
    weight = len(page.data)
    for file in files:
        with client.get(file) as answer:
            weight += len(answer.data)
    assert weight < 50_000


def test_request_id_is_kept_from_the_proxy_only_when_it_is_plain(client: FlaskClient) -> None:
    assert client.get("/", headers={"X-Request-Id": "abc-12345"}).headers["X-Request-Id"] == "abc-12345"
    for odd in ("short", "with space 12345", "x" * 65, "é" * 10):
        assert client.get("/", headers={"X-Request-Id": odd}).headers["X-Request-Id"] != odd


def test_metrics_count_endpoints_and_are_not_for_the_outside(client: FlaskClient) -> None:
    client.get("/", headers=PAGE)
    text = client.get("/metrics").text
    assert 'elicence_requests_total{endpoint="sample.home",method="GET",status="200"} 1.0' in text
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404


def test_unknown_methods_do_not_grow_the_counters(client: FlaskClient) -> None:
    for number in range(3):
        client.open("/", method=f"ODD{number}")
    assert "ODD" not in client.get("/metrics").text


def test_readiness_asks_the_store() -> None:
    def broken() -> None:
        raise OSError("inside detail")

    app = create_web_app("wallet", Settings(), service="wallet", errors={}, ready=broken)
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert "inside" not in answer.text
    assert app.test_client().get("/healthz").status_code == 200


def test_dates_and_masks() -> None:
    assert format_date(date(2026, 11, 2)) == "2026年11月2日"
    assert format_date("2026-11-02") == "2026年11月2日"
    late = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)  # the next day in Beijing
    assert format_date(late) == "2026年11月23日"
    assert format_moment(late) == '<time datetime="2026-11-22T17:30:00+00:00">2026年11月23日 01:30</time>'
    assert mask_number("990101198805120016") == "990•••••••••••0016"
    assert mask_number("1234567") == "1•••••7"
    assert mask_number("12") == "••"
