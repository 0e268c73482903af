"""Token, credential and notification messages (OpenID4VCI 1.0 sections 6, 8 and 11)."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.errors import InvalidInputError
from standards.oauth import InvalidRequestError, OAuthError, UnsupportedGrantTypeError
from standards.openid4vci import (
    CredentialRequest,
    CredentialRequestError,
    CredentialResponse,
    DeferredResponse,
    InvalidCredentialRequestError,
    InvalidCredentialResponseError,
    InvalidEncryptionParametersError,
    InvalidNotificationRequestError,
    InvalidProofError,
    InvalidTokenResponseError,
    Notification,
    NotificationEvent,
    TokenRequest,
    TokenResponse,
    WrongTxCodeError,
    build_credential_request,
    build_credential_response,
    build_nonce_response,
    parse_credential_request,
    parse_credential_response,
    parse_nonce_response,
    parse_notification,
    parse_token_request,
    parse_token_response,
)

GRANT = "urn:ietf:params:oauth:grant-type:pre-authorized_code"


def form(**values: str) -> dict[str, list[str]]:
    return {name: [value] for name, value in values.items()}


def test_a_token_request_comes_back() -> None:
    request = TokenRequest("code", "123456", "wallet")
    assert parse_token_request({name: [value] for name, value in request.to_form().items()}) == request


def test_an_empty_tx_code_counts_as_left_out() -> None:
    """RFC 6749 section 3.2: a parameter without a value is treated as omitted."""
    assert (
        parse_token_request(form(grant_type=GRANT) | {"pre-authorized_code": ["c"], "tx_code": [""]}).tx_code
        is None
    )


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({}, InvalidRequestError),
        ({"grant_type": ["authorization_code"]}, UnsupportedGrantTypeError),
        ({"grant_type": [GRANT]}, InvalidRequestError),
        ({"grant_type": [GRANT, GRANT], "pre-authorized_code": ["c"]}, InvalidRequestError),
        ({"grant_type": [GRANT], "pre-authorized_code": ["c", "d"]}, InvalidRequestError),
        ({"grant_type": [GRANT], "pre-authorized_code": ["x" * 3_000]}, InvalidRequestError),
    ],
)
def test_a_malformed_token_request_is_refused(fields: dict[str, list[str]], kind: type[OAuthError]) -> None:
    with pytest.raises(kind):
        parse_token_request(fields)


def test_a_token_response_carries_no_nonce() -> None:
    """The c_nonce comes from its own endpoint only, never from here."""
    wire = TokenResponse("t", "DPoP", 300).to_json()
    assert set(wire) == {"access_token", "token_type", "expires_in"}
    assert parse_token_response(wire) == TokenResponse("t", "DPoP", 300)
    assert parse_token_response(wire | {"token_type": "dpop"}).token_type == "DPoP"


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"access_token": "t"},
        {"access_token": "t", "token_type": "mac"},
        {"access_token": "", "token_type": "DPoP"},
        {"access_token": "t", "token_type": "DPoP", "expires_in": "1"},
    ],
)
def test_a_malformed_token_response_is_refused(document: Any) -> None:
    with pytest.raises(InvalidTokenResponseError):
        parse_token_response(document)


def test_a_nonce_response_comes_back() -> None:
    assert parse_nonce_response(build_nonce_response("n")) == "n"
    with pytest.raises(InvalidInputError):
        parse_nonce_response({})


def test_a_credential_request_meets_the_schema_and_comes_back(vectors: Path) -> None:
    wire = build_credential_request("business", ["a.b.c", "d.e.f"])
    jsonschema.validate(
        wire, json.loads((vectors / "openid-schemas" / "credential_request-1_0.json").read_text())
    )
    assert parse_credential_request(wire) == CredentialRequest(("a.b.c", "d.e.f"), "business")


GOOD: dict[str, Any] = {"credential_configuration_id": "business", "proofs": {"jwt": ["a.b.c"]}}


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"credential_identifier": "x"}, InvalidCredentialRequestError),
        ({"credential_configuration_id": ...}, InvalidCredentialRequestError),
        ({"format": "dc+sd-jwt"}, InvalidCredentialRequestError),
        ({"proof": {"proof_type": "jwt", "jwt": "a.b.c"}}, InvalidCredentialRequestError),
        ({"proofs": ...}, InvalidProofError),
        ({"proofs": {}}, InvalidCredentialRequestError),
        ({"proofs": {"jwt": ["a"], "attestation": ["b"]}}, InvalidCredentialRequestError),
        ({"proofs": {"di_vp": [{}]}}, InvalidProofError),
        ({"proofs": {"jwt": []}}, InvalidCredentialRequestError),
        ({"proofs": {"jwt": "a.b.c"}}, InvalidCredentialRequestError),
        ({"proofs": {"jwt": [5]}}, InvalidCredentialRequestError),
        ({"proofs": {"jwt": ["a"] * 101}}, InvalidCredentialRequestError),
        ({"credential_response_encryption": {"jwk": {}, "enc": "A128GCM"}}, InvalidEncryptionParametersError),
    ],
)
def test_a_malformed_credential_request_is_refused(changes: dict[str, Any], kind: type[OAuthError]) -> None:
    wire = {name: value for name, value in (GOOD | changes).items() if value is not ...}
    with pytest.raises(kind):
        parse_credential_request(wire)


def test_a_credential_response_comes_back() -> None:
    wire = build_credential_response(["a~", "b~"], "n1")
    assert wire["credentials"] == [{"credential": "a~"}, {"credential": "b~"}]
    assert parse_credential_response(wire) == CredentialResponse(("a~", "b~"), "n1")


def test_a_deferred_response_is_understood() -> None:
    assert parse_credential_response({"transaction_id": "t", "interval": 5}) == DeferredResponse("t", 5)
    with pytest.raises(InvalidCredentialResponseError):
        parse_credential_response({"transaction_id": "t"})


@pytest.mark.parametrize(
    "document",
    [
        None,
        {},
        {"credentials": []},
        {"credentials": ["a"]},
        {"credentials": [{"credential": {}}]},
        {"credential": "a"},
    ],
)
def test_a_malformed_credential_response_is_refused(document: Any) -> None:
    with pytest.raises(InvalidCredentialResponseError):
        parse_credential_response(document)


def test_a_notification_comes_back() -> None:
    told = Notification("n", NotificationEvent.ACCEPTED, "kept")
    assert parse_notification(told.to_json()) == told
    with pytest.raises(InvalidNotificationRequestError):
        parse_notification({"notification_id": "n", "event": "credential_lost"})


def test_a_wrong_transaction_code_says_how_many_tries_are_left() -> None:
    assert WrongTxCodeError(2).to_json()["tx_code_tries_left"] == 2
    assert WrongTxCodeError(0).to_json()["error"] == "invalid_grant"


_json: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


@given(_json, st.sampled_from(["proofs", "credential_configuration_id", "credential_identifier", "proof"]))
def test_any_message_ends_in_our_error(value: Any, member: str) -> None:
    for document in (value, GOOD | {member: value}):
        with contextlib.suppress(CredentialRequestError):
            parse_credential_request(document)
    for parse in (parse_credential_response, parse_token_response, parse_nonce_response, parse_notification):
        with contextlib.suppress(InvalidInputError):
            parse(value)


@given(
    st.dictionaries(
        st.sampled_from(["grant_type", "pre-authorized_code", "tx_code"]),
        st.lists(st.text(max_size=5) | st.just(GRANT), max_size=2),
    )
)
def test_any_form_ends_in_our_error(fields: dict[str, list[str]]) -> None:
    with contextlib.suppress(OAuthError):
        parse_token_request(fields)
