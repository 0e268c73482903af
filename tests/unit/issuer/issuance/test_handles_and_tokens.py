"""Codes, notification ids and access tokens: what was not made here, or for another use, is nothing."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.issuance.access_tokens import AccessTokens
from issuer.issuance.handles import HandleKind, Handles, new_reference
from issuer.issuance.offer import Grant
from keys.envelope import Envelope
from standards.jose import b64url_decode, b64url_encode

KEY, OTHER = secrets.token_bytes(32), secrets.token_bytes(32)
HANDLES = Handles((KEY,))
TOKENS = AccessTokens(Envelope.from_data_key(KEY))
GRANT = Grant(
    "r" * 22, "A" * 18, "1.2.156.3005.2.x", "type-1", "lookup", "jkt", datetime(2026, 11, 22, 8, tzinfo=UTC)
)


@pytest.mark.parametrize("kind", HandleKind)
def test_a_code_comes_back_as_its_reference_for_its_own_kind_only(kind: HandleKind) -> None:
    reference = new_reference()
    code = HANDLES.make(kind, reference)
    assert {other: HANDLES.read(other, code) for other in HandleKind} == {
        other: reference if other is kind else None for other in HandleKind
    }


def test_references_are_not_repeated() -> None:
    assert len({new_reference() for _ in range(100)}) == 100


def test_a_code_of_another_key_is_nothing_unless_that_key_is_being_rotated_out() -> None:
    code = HANDLES.make(HandleKind.CODE, new_reference())
    assert Handles((OTHER,)).read(HandleKind.CODE, code) is None
    assert Handles((OTHER, KEY)).read(HandleKind.CODE, code) is not None


def test_a_notification_id_belongs_to_its_grant() -> None:
    first, second = new_reference(), new_reference()
    told = HANDLES.make_notification_id(first)
    assert HANDLES.read_notification_id(first, told) == told.split(".")[0]
    assert HANDLES.read_notification_id(second, told) is None


def test_a_transaction_code_hash_depends_on_offer_key_and_code() -> None:
    hashes = {
        HANDLES.tx_code_hash("a", "123456"),
        HANDLES.tx_code_hash("b", "123456"),
        HANDLES.tx_code_hash("a", "123457"),
        Handles((OTHER,)).tx_code_hash("a", "123456"),
    }
    assert len(hashes) == 4


@pytest.mark.parametrize("grant", [GRANT, replace(GRANT, jkt=None)])
def test_a_token_carries_its_grant_unseen(grant: Grant) -> None:
    token = TOKENS.make(grant)
    assert TOKENS.read(token) == grant
    assert grant.licence.encode() not in b64url_decode(token)


def test_every_changed_byte_spoils_a_token() -> None:
    """A token with one bit changed, wherever → no token."""
    raw = b64url_decode(TOKENS.make(GRANT))
    for position in range(len(raw)):
        changed = raw[:position] + bytes([raw[position] ^ 1]) + raw[position + 1 :]
        assert TOKENS.read(b64url_encode(changed)) is None


@given(st.text(max_size=120))
def test_any_text_is_no_handle_and_no_token(text: str) -> None:
    assert TOKENS.read(text) is None
    assert all(HANDLES.read(kind, text) is None for kind in HandleKind)
    assert HANDLES.read_notification_id("r", text) is None


def test_transaction_codes_from_before_a_rotation_stay_good() -> None:
    before = Handles((OTHER,)).tx_code_hash("a", "123456")
    assert before in Handles((b"n" * 32, OTHER)).tx_code_hashes("a", "123456")
