"""Where a person may be led after signing in."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.web.sign_in.return_path import safe_return_path


@pytest.mark.parametrize(
    "path", ["/", "/desk", "/desk?tab=2&x=%2F", "/offers?credential_offer_uri=https%3A%2F%2Fx%2Fy"]
)
def test_own_pages_pass(path: str) -> None:
    assert safe_return_path(path) == path


@pytest.mark.parametrize(
    "wish",
    [
        None, "", "desk", "https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
        "/\tevil", "/ /evil", "/\r\nSet-Cookie: a=b", "javascript:alert(1)", "/sign-in", "/sign-in/callback?code=1",
        "/sign-out", "/" + "a" * 5000, "//[", "/\x7f",
    ],
)  # fmt: skip
def test_everything_else_leads_to_the_start(wish: str | None) -> None:
    assert safe_return_path(wish) == "/"


@given(st.text(max_size=40) | st.text(alphabet="/\\:?#@. \t\nae", max_size=20))
def test_no_text_leads_to_another_origin(wish: str) -> None:
    base = "https://wallet.example/sign-in/callback"
    led_to = urlsplit(urljoin(base, safe_return_path(wish)))
    assert (led_to.scheme, led_to.netloc) == ("https", "wallet.example")
