"""Refresh tokens: what is one, and what is kept of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from issuer.issuance.refresh_tokens import (
    family_of,
    new_refresh_token,
    parse_refresh_token,
    refreshed_reference,
)


@given(st.text(max_size=120))
def test_any_text_is_a_token_or_not(text: str) -> None:
    token = parse_refresh_token(text)
    assert token is None or isinstance(token.generation, int)


def test_a_token_is_read_as_it_was_written() -> None:
    token = new_refresh_token("r" * 22, 12)
    assert parse_refresh_token(token.text) == token
    assert token.secret not in token.hash
    assert token.secret not in repr(token)


def test_a_refreshed_grant_names_its_family() -> None:
    token = new_refresh_token("r" * 22, 3)
    assert family_of(refreshed_reference(token)) == "r" * 22
    assert family_of("r" * 22) is None
