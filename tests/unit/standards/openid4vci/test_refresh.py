"""The refresh token grant on the wire: what is read, what is refused, and what is left aside."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.oauth import OAuthError
from standards.openid4vci import (
    LicenceNews,
    RefreshRefusedError,
    RefreshRequest,
    TokenResponse,
    parse_news,
    parse_refresh_request,
    parse_token_response,
)
from standards.openid4vci.refresh import MEMBER

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def test_a_request_is_read_as_it_was_written() -> None:
    form = {name: [value] for name, value in RefreshRequest("abc").to_form().items()}
    assert parse_refresh_request(form | {"scope": ["x"]}) == RefreshRequest("abc")


@pytest.mark.parametrize("values", [[], [""], ["a", "a"], ["x" * 3_000]])
def test_a_request_without_one_token_is_refused(values: list[str]) -> None:
    with pytest.raises(OAuthError):
        parse_refresh_request({"grant_type": ["refresh_token"], "refresh_token": values})


@pytest.mark.parametrize("grant_type", [[], ["password"], ["refresh_token", "refresh_token"]])
def test_another_grant_is_no_refresh(grant_type: list[str]) -> None:
    with pytest.raises(OAuthError):
        parse_refresh_request({"grant_type": grant_type, "refresh_token": ["a"]})


def test_a_token_response_carries_the_next_token_and_the_news() -> None:
    news = LicenceNews("valid", "1.2.156", "type-1")
    wire = TokenResponse("t", "DPoP", 300, "r").to_json() | {MEMBER: news.to_json()}
    assert parse_token_response(wire).refresh_token == "r"
    assert parse_news(wire) == news


def test_a_refusal_says_where_the_licence_stands() -> None:
    wire = RefreshRefusedError("不", "no", LicenceNews("revoked")).to_json()
    assert (wire["error"], parse_news(wire)) == ("invalid_grant", LicenceNews("revoked"))
    assert MEMBER not in RefreshRefusedError("不", "no").to_json()


@given(JSON)
def test_any_news_are_read_or_left_aside(value: Any) -> None:
    parse_news(value)
    news = parse_news({MEMBER: value})
    assert news is None or isinstance(news.state, str)


@given(st.dictionaries(st.text(max_size=15), st.lists(st.text(max_size=10), max_size=3), max_size=4))
def test_any_form_is_a_request_or_an_oauth_error(form: dict[str, list[str]]) -> None:
    with suppress(OAuthError):
        parse_refresh_request(form)
