"""Taking an SD-JWT apart; any text gives an SD-JWT or its own error."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standards.jose import b64url_encode
from standards.sd_jwt import SdJwtError, parse_sd_jwt, reveal

HEAD = b64url_encode(b'{"alg":"ES256"}')
JWT = f"{HEAD}.{b64url_encode(b'{}')}.AAAA"
DISCLOSURE = b64url_encode(b'["salt","a",1]')

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["_sd", "...", "_sd_alg", "a", "vct", "cnf", "status", "exp"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


def test_parts() -> None:
    without = parse_sd_jwt(f"{JWT}~{DISCLOSURE}~")
    assert without.key_binding is None
    assert [item.name for item in without.disclosures] == ["a"]
    with_binding = parse_sd_jwt(f"{JWT}~{DISCLOSURE}~{JWT}")
    assert with_binding.key_binding is not None
    assert with_binding.bound_text == without.bound_text == f"{JWT}~{DISCLOSURE}~"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "~",
        JWT,  # no tilde: a plain JWT
        f"{JWT}~~",  # an empty disclosure
        f"{JWT}~{DISCLOSURE}",  # ends in a disclosure instead of a tilde or a key binding
        f"~{DISCLOSURE}~",
        f"{JWT}~{DISCLOSURE}~x.y",
        f"{HEAD}.{b64url_encode(b'[]')}.AAAA~",  # payload is no object
        JWT + "~" + f"{DISCLOSURE}~" * 257,
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(SdJwtError):
        parse_sd_jwt(text)


def test_too_long_is_refused() -> None:
    with pytest.raises(SdJwtError):
        parse_sd_jwt(f"{JWT}~", max_chars=10)


@given(st.text(max_size=100) | st.from_regex(r"[\w.-]*(~[\w.-]*)*"))
def test_any_text_is_an_sd_jwt_error(text: str) -> None:
    with pytest.raises(SdJwtError):
        parse_sd_jwt(text)


@settings(max_examples=300)
@given(
    st.dictionaries(st.sampled_from(["_sd", "...", "_sd_alg", "a"]), JSON, max_size=4),
    st.lists(JSON, max_size=3),
)
def test_any_payload_and_disclosures_are_claims_or_an_sd_jwt_error(
    payload: Any, disclosures: list[Any]
) -> None:
    parts = [f"{HEAD}.{b64url_encode(orjson.dumps(payload))}.AAAA"]
    parts += [b64url_encode(orjson.dumps(item)) for item in disclosures]
    try:
        sd_jwt = parse_sd_jwt("~".join([*parts, ""]))
        claims = reveal(sd_jwt.unverified_claims, sd_jwt.disclosures)
    except SdJwtError:
        return
    assert "_sd" not in claims
