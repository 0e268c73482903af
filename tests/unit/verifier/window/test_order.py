"""Orders: any JSON is one or its error."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.errors import InvalidInputError
from verifier.items import load_items
from verifier.window.errors import InvalidOrderError
from verifier.window.order import Order, parse_order

REGISTER = load_items()


def order(body: Any) -> Order:
    return parse_order(body, item_of=REGISTER.by_code, query_of=REGISTER.query)


def test_the_defaults_are_those_of_haip() -> None:
    made = order({"service_item": "food-business-licence"})
    assert (made.response_mode, made.prefix.value, made.redirect_uri) == (
        "direct_post.jwt",
        "x509_hash",
        None,
    )
    assert made.query == REGISTER.query(REGISTER.by_code("food-business-licence"))


def test_a_format_that_the_window_cannot_check_is_not_asked_for() -> None:
    query = {
        "credentials": [{"id": "a", "format": "mso_mdoc", "meta": {"doctype_value": "org.iso.18013.5.1.mDL"}}]
    }
    with pytest.raises(InvalidOrderError) as error:
        order({"dcql_query": query})
    assert error.value.where == "/dcql_query"


@pytest.mark.parametrize(
    ("uri", "allowed"),
    [
        ("https://case.example/back", True),
        ("http://localhost:9000/back", True),
        ("http://127.0.0.1/back", True),
        ("http://case.example/back", False),
        ("http://localhost.evil.example/back", False),
        ("https://case.example/#fragment", False),
        ("javascript:alert(1)", False),
        ("//case.example", False),
        ("", False),
    ],
)
def test_where_a_browser_may_be_sent(uri: str, allowed: bool) -> None:
    body = {"service_item": "food-business-licence", "redirect_uri": uri}
    if allowed:
        assert order(body).redirect_uri == uri
    else:
        with pytest.raises(InvalidInputError):
            order(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(["service_item", "dcql_query", "response_mode", "client_id_prefix", "redirect_uri"])


@given(JSON | st.dictionaries(NAMES, JSON))
def test_any_json_is_an_order_or_its_error(body: Any) -> None:
    with contextlib.suppress(InvalidInputError):
        assert isinstance(order(body), Order)
