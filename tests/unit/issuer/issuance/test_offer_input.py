"""The body of a request for an offer."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.issuance.offer_input import HolderReference, OfferRequest, parse_offer_request
from standards.errors import InvalidInputError


def test_everything_may_be_left_out() -> None:
    assert parse_offer_request({}) == OfferRequest(None, tx_code=False, by="value")
    assert parse_offer_request({"holder": None, "tx_code": None, "by": "value"}) == parse_offer_request({})


def test_what_is_asked_for() -> None:
    asked = parse_offer_request(
        {"holder": {"code_type": "111", "number": " 1 "}, "tx_code": True, "by": "reference"}
    )
    assert asked == OfferRequest(HolderReference("1", "111"), tx_code=True, by="reference")
    assert parse_offer_request({"holder": "9X"}).holder == HolderReference("9X")


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "x",
        {"by": "mail"},
        {"by": 1},
        {"tx_code": 1},
        {"holder": []},
        {"holder": {}},
        {"holder": {"number": 1}},
        {"holder": ""},
        {"holder": {"number": "1", "x": 1}},
        {"txcode": True},
    ],
)
def test_a_malformed_body_is_refused(body: Any) -> None:
    with pytest.raises(InvalidInputError):
        parse_offer_request(body)


_json: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["number", "code_type", "x"]), inner)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["holder", "tx_code", "by"]), _json) | _json)
def test_any_body_ends_in_a_request_or_our_error(body: Any) -> None:
    with contextlib.suppress(InvalidInputError):
        parse_offer_request(body)
