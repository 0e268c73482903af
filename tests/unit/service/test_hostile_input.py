"""What arrives from outside at the parts of the services that read no JSON documents: read, or their own error."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.master_key import MasterKey
from service.api_tokens import ApiTokenError, ApiTokenVerifier
from service.errors import SettingsError
from service.outbound import OutboundAddressError
from service.outbound.target import parse_target
from service.settings import ClaimNames, Settings
from service.web.errors import SignInError
from service.web.sign_in.attempt import new_attempt, open_attempt, seal_attempt
from service.web.sign_in.person import parse_person
from tests.support.altered_json import ODD_VALUES, altered
from tests.support.clock import FixedClock

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
MASTER = MasterKey(b"1" * 32)
CLAIMS = {
    "aud": "urn:elicence:issuer:api",
    "sub": "11330100MB00000014",
    "azp": "s",
    "exp": 2**31,
    "iat": 1,
    "jti": "x",
}
PERSON = {
    "sub": "s-1",
    "name": "张小明",
    "id_code_type": "111",
    "id_number": "990101198805120016",
    "acr": "1",
}
VARIABLES = [
    "ELICENCE_ALLOWED_ORIGINS", "ELICENCE_DATABASE_PREFIX", "ELICENCE_ISSUER_URL", "ELICENCE_LISTEN_PORT",
    "ELICENCE_LOG_LEVEL", "ELICENCE_OIDC_CLIENT_ID", "ELICENCE_OIDC_ISSUER", "ELICENCE_OIDC_SCOPE",
    "ELICENCE_STORE_URI", "ELICENCE_TRUST_LIST_URL", "ELICENCE_WORKERS",
]  # fmt: skip


@given(st.text(max_size=80) | st.text("eyJ.abc_-=", max_size=80))
def test_any_text_is_no_token(token: str) -> None:
    with pytest.raises(ApiTokenError):
        ApiTokenVerifier(MASTER, "issuer", FixedClock(AT)).verify(token)


@settings(max_examples=100)
@given(altered(CLAIMS))
def test_any_claims_under_the_nodes_own_key_are_a_caller_or_an_error(claims: Any) -> None:
    """A token that some version of ours has signed with other claims: a caller, or refused."""
    if isinstance(claims, dict) and all(isinstance(claims.get(n, ""), str) for n in ("iss",)):
        with suppress(TypeError):  # the library's own encoder refuses some
            token = jwt.encode(claims, MASTER.derive("api-tokens:issuer"), algorithm="HS256")
            with suppress(ApiTokenError):
                ApiTokenVerifier(MASTER, "issuer", FixedClock(AT)).verify(token)


@pytest.mark.parametrize("exp", [10**12, 10**18, 2**63, -(10**18), 1e308, "soon", [], None])
def test_an_expiry_that_no_clock_shows_is_refused(exp: object) -> None:
    token = jwt.encode({**CLAIMS, "exp": exp}, MASTER.derive("api-tokens:issuer"), algorithm="HS256")
    with pytest.raises(ApiTokenError):
        ApiTokenVerifier(MASTER, "issuer", FixedClock(AT)).verify(token)


@given(st.text(max_size=200) | st.binary(max_size=200).map(bytes.hex))
def test_any_cookie_is_no_attempt(cookie: str) -> None:
    assert open_attempt(cookie, MASTER.envelope("sign-in attempt"), AT) is None


@settings(max_examples=60)
@given(st.integers(0, 500), st.characters())
def test_a_changed_cookie_is_no_attempt(place: int, character: str) -> None:
    envelope = MASTER.envelope("sign-in attempt")
    cookie = seal_attempt(new_attempt("/", AT), envelope)
    changed = cookie[: place % len(cookie)] + character + cookie[place % len(cookie) + 1 :]
    assert open_attempt(changed, envelope, AT) is None or changed == cookie


@settings(max_examples=100)
@given(altered(PERSON))
def test_any_claims_of_a_provider_are_a_person_or_an_error(claims: Any) -> None:
    if isinstance(claims, dict):
        with suppress(SignInError):
            parse_person(claims, ClaimNames(), "https://id.example")


@settings(max_examples=200)
@given(
    st.sampled_from(VARIABLES),
    st.text(st.characters(exclude_characters="\x00", codec="utf-8"), max_size=40)
    | st.sampled_from([value for value in ODD_VALUES if isinstance(value, str)])
    | st.tuples(st.sampled_from(["https://", "http://[", "mongodb://"]), st.text(max_size=20)).map("".join),
)
def test_any_environment_is_settings_or_an_error_that_names_a_variable(variable: str, value: str) -> None:
    with suppress(SettingsError):
        Settings.from_environment({variable: value})


@given(
    st.tuples(st.sampled_from(["", "https://", "http://[", "https://a:"]), st.text(max_size=60)).map("".join)
)
def test_any_address_is_a_target_or_refused(url: str) -> None:
    with suppress(OutboundAddressError):
        parse_target(url, frozenset())
