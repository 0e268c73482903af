"""PKCE, access token headers, error values and metadata of the authorisation server."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.errors import InvalidInputError
from standards.oauth import (
    AuthorizationServerMetadata,
    InvalidGrantError,
    InvalidRequestError,
    InvalidTokenError,
    OAuthError,
    PresentedToken,
    authorization_server_metadata_url,
    build_code_challenge,
    build_www_authenticate,
    parse_authorization,
    parse_authorization_server_metadata,
    parse_code_challenge,
    verify_code_verifier,
    well_known_url,
)


def test_the_challenge_of_the_specification() -> None:
    """RFC 7636 appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert build_code_challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    verify_code_verifier(verifier, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    with pytest.raises(InvalidGrantError):
        verify_code_verifier("x" * 43, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")


@pytest.mark.parametrize("verifier", ["", "short", "x" * 129, "ü" * 43, "a" * 42 + " "])
def test_a_malformed_verifier_is_refused(verifier: str) -> None:
    with pytest.raises(InvalidRequestError):
        build_code_challenge(verifier)


@pytest.mark.parametrize(
    ("challenge", "method"), [("x" * 43, None), ("x" * 43, "plain"), ("x" * 42, "S256"), ("=" * 43, "S256")]
)
def test_only_s256_challenges_are_taken(challenge: str, method: str | None) -> None:
    with pytest.raises(InvalidRequestError):
        parse_code_challenge(challenge, method)


@pytest.mark.parametrize("scheme", ["DPoP", "dpop", "DPOP"])
def test_the_scheme_is_case_insensitive(scheme: str) -> None:
    assert parse_authorization(f"{scheme} abc.DEF~-_+/==") == PresentedToken("DPoP", "abc.DEF~-_+/==")


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer a b", "Bearer ü", "Bearer " + "x" * 5_000]
)
def test_a_header_without_a_token_is_refused(header: str | None) -> None:
    with pytest.raises(InvalidTokenError):
        parse_authorization(header)


def test_a_refusal_is_worded_in_the_header() -> None:
    error = InvalidTokenError("令牌无效。", 'The "token" is \\ no good, 张.')
    told = build_www_authenticate("DPoP", error)
    assert (
        told == 'DPoP error="invalid_token", error_description="The \'token\' is ? no good, ?.", algs="ES256"'
    )
    assert build_www_authenticate("Bearer", None) == "Bearer"


def test_every_error_has_its_own_code_and_a_registered_value() -> None:
    import standards.openid4vci
    import standards.openid4vp

    classes: list[type[OAuthError]] = []
    waiting = [OAuthError]
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        classes.append(kind)
    assert all(kind.error.replace("_", "").isalpha() and kind.error.islower() for kind in classes)
    own = [kind for kind in classes if "code" in vars(kind)]
    assert len({kind.code for kind in own}) == len(own)
    assert standards.openid4vci.InvalidNonceError in classes
    assert standards.openid4vp.InvalidVerifierError in classes


@pytest.mark.parametrize(
    ("identifier", "url"),
    [
        ("https://h.example", "https://h.example/.well-known/oauth-authorization-server"),
        ("https://h.example/", "https://h.example/.well-known/oauth-authorization-server"),
        (
            "http://localhost:8001/authorities/91X",
            "http://localhost:8001/.well-known/oauth-authorization-server/authorities/91X",
        ),
    ],
)
def test_the_well_known_part_goes_between_host_and_path(identifier: str, url: str) -> None:
    assert authorization_server_metadata_url(identifier) == url


@pytest.mark.parametrize(
    "identifier",
    [
        "",
        "h.example",
        "ftp://h.example",
        "https://",
        "https://h?x",
        "https://h#x",
        "https://u@h",
        "https://[x",
        "https://h:0",
        "https://h:99999",
        "https://例.example",
    ],
)
def test_an_identifier_that_is_no_plain_url_is_refused(identifier: str) -> None:
    with pytest.raises(InvalidInputError):
        well_known_url(identifier, "x")


def test_metadata_come_back_as_they_were_written() -> None:
    written = AuthorizationServerMetadata("https://h.example", "https://h.example/token")
    assert parse_authorization_server_metadata(written.to_json(), issuer="https://h.example") == written


def test_metadata_of_another_server_are_refused() -> None:
    """A server that names another issuer (mix-up, RFC 8414 section 3.3) → refused."""
    written = AuthorizationServerMetadata("https://evil.example", "https://h.example/token").to_json()
    with pytest.raises(InvalidInputError):
        parse_authorization_server_metadata(written, issuer="https://h.example")


_json: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ("issuer", "token_endpoint", "grant_types_supported", "dpop_signing_alg_values_supported"), _json
        ),
    )
)
def test_any_metadata_end_in_our_error(document: Any) -> None:
    with contextlib.suppress(InvalidInputError):
        parse_authorization_server_metadata(document, issuer="x")


@given(st.text(max_size=100))
def test_any_header_or_identifier_ends_in_our_error(text: str) -> None:
    with contextlib.suppress(InvalidTokenError):
        parse_authorization(text)
    with contextlib.suppress(InvalidInputError):
        well_known_url(text, "x")
    with contextlib.suppress(InvalidInputError):
        well_known_url("https://" + text, "x")
