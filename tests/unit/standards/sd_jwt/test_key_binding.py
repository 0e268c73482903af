"""Key binding (RFC 9901 section 7.3): the holder's key, this presentation, this verifier, now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from standards.jose import build_jws
from standards.sd_jwt import (
    AudienceError,
    Disclosable,
    KeyBindingError,
    KeyBindingHashError,
    KeyBindingMissingError,
    KeyBindingTimeError,
    NonceError,
    build_key_binding,
    build_sd_jwt,
    parse_sd_jwt,
    sd_hash,
    verify_key_binding,
)

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
AUDIENCE = "x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk"


@pytest.fixture
def bound_text(issuer: Any) -> str:
    return build_sd_jwt({"typ": "x"}, {"a": Disclosable(1), "b": Disclosable(2)}, issuer.sign)


def presented(bound_text: str, holder: Any, **changes: Any) -> str:
    """``bound_text`` with a key binding whose header or claims differ in ``changes`` from a right one."""
    header = {"typ": changes.pop("typ", "kb+jwt")}
    claims = {
        "iat": int(AT.timestamp()),
        "aud": AUDIENCE,
        "nonce": "n-0S6",
        "sd_hash": sd_hash(bound_text),
        **changes,
    }
    claims = {name: value for name, value in claims.items() if value is not ...}
    return bound_text + build_jws(header, claims, holder.sign)


def test_there_and_back(bound_text: str, holder: Any) -> None:
    text = bound_text + build_key_binding(
        bound_text, audience=AUDIENCE, nonce="n-0S6", at=AT, sign=holder.sign
    )
    binding = verify_key_binding(parse_sd_jwt(text), holder.public_key, at=AT)
    assert binding.issued_at == AT
    binding.require_answer_to(audience=AUDIENCE, nonce="n-0S6")


def test_another_audience_or_nonce(bound_text: str, holder: Any) -> None:
    """Shown to the client id without its prefix, or for another nonce -> refused, each with its own error."""
    binding = verify_key_binding(parse_sd_jwt(presented(bound_text, holder)), holder.public_key, at=AT)
    with pytest.raises(AudienceError):
        binding.require_answer_to(audience=AUDIENCE.partition(":")[2], nonce="n-0S6")
    with pytest.raises(NonceError):
        binding.require_answer_to(audience=AUDIENCE, nonce="中")


def test_missing(bound_text: str, holder: Any) -> None:
    with pytest.raises(KeyBindingMissingError):
        verify_key_binding(parse_sd_jwt(bound_text), holder.public_key, at=AT)


def test_by_another_key(bound_text: str, holder: Any, stranger: Any) -> None:
    """A thief binds a stolen credential with his own key -> refused."""
    with pytest.raises(KeyBindingError):
        verify_key_binding(parse_sd_jwt(presented(bound_text, stranger)), holder.public_key, at=AT)


def test_swapped_from_a_presentation_with_other_disclosures(bound_text: str, holder: Any) -> None:
    """The key binding of ``{a, b}`` moved to the same credential showing only ``{a}`` -> refused by sd_hash."""
    signed, first, _, binding = presented(bound_text, holder).split("~")
    with pytest.raises(KeyBindingHashError):
        verify_key_binding(parse_sd_jwt(f"{signed}~{first}~{binding}"), holder.public_key, at=AT)


@pytest.mark.parametrize(
    "changes",
    [
        {"typ": "JWT"},
        {"typ": None},
        {"iat": ...},
        {"iat": "now"},
        {"iat": True},
        {"iat": 2**53 - 1},
        {"aud": [AUDIENCE]},  # a list would answer several verifiers
        {"aud": ...},
        {"nonce": ...},
        {"nonce": ""},
        {"sd_hash": ...},
        {"sd_hash": 1},
    ],
)
def test_malformed(bound_text: str, holder: Any, changes: dict[str, Any]) -> None:
    with pytest.raises(KeyBindingError):
        verify_key_binding(parse_sd_jwt(presented(bound_text, holder, **changes)), holder.public_key, at=AT)


@pytest.mark.parametrize(
    ("later", "fresh"),
    [
        (timedelta(seconds=-61), False),  # from the future
        (timedelta(seconds=-60), True),
        (timedelta(minutes=10), True),
        (timedelta(minutes=11), True),
        (timedelta(minutes=11, seconds=1), False),
    ],
)
def test_freshness_window(bound_text: str, holder: Any, later: timedelta, fresh: bool) -> None:
    sd_jwt = parse_sd_jwt(presented(bound_text, holder))
    if fresh:
        verify_key_binding(sd_jwt, holder.public_key, at=AT + later)
    else:
        with pytest.raises(KeyBindingTimeError):
            verify_key_binding(sd_jwt, holder.public_key, at=AT + later)


@pytest.mark.parametrize("changes", [{"exp": 1}, {"nbf": int(AT.timestamp()) + 120}])
def test_its_own_validity_counts(bound_text: str, holder: Any, changes: dict[str, int]) -> None:
    with pytest.raises(KeyBindingTimeError):
        verify_key_binding(parse_sd_jwt(presented(bound_text, holder, **changes)), holder.public_key, at=AT)


def test_times_at_the_end_of_the_calendar_and_with_a_fraction(bound_text: str, holder: Any) -> None:
    """iat with half a second, exp in the last second of the year 9999 -> verified (RFC 7519 section 2)."""
    text = presented(bound_text, holder, iat=AT.timestamp() + 0.5, exp=253_402_300_799, nbf=0)
    binding = verify_key_binding(parse_sd_jwt(text), holder.public_key, at=AT)
    assert binding.issued_at == AT + timedelta(milliseconds=500)
