"""Every parser of the standards over messages that are almost right: a value, or its own error and no other."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from importlib import resources
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standards.codes.iso_date import InvalidDateError, parse_date
from standards.dcql import InvalidDcqlQueryError, parse_dcql
from standards.errors import InvalidInputError
from standards.jose import JoseError, parse_public_jwk
from standards.json_reader import Reader
from standards.licence_types.data_file import parse_licence_type
from standards.licence_types.data_reader import InvalidLicenceTypeError, TypeFindings
from standards.oauth import (
    OAuthError,
    parse_authorization_server_metadata,
    parse_code_challenge,
    parse_identifier,
)
from standards.openid4vci import (
    InvalidCredentialOfferError,
    InvalidCredentialResponseError,
    InvalidIssuerMetadataError,
    InvalidTokenResponseError,
    parse_credential_issuer_metadata,
    parse_credential_offer,
    parse_credential_request,
    parse_credential_response,
    parse_notification,
    parse_token_response,
)
from standards.openid4vp import (
    InvalidAuthorizationResponseError,
    InvalidPresentationRequestError,
    parse_client_metadata,
    parse_response_answer,
)
from standards.sd_jwt_vc import TypeMetadataError, parse_type_metadata
from standards.status_list import StatusListError, parse_status_claim, parse_status_list
from tests.support.altered_json import altered
from tests.unit.standards.conftest import KeyPair

URL = "https://issuer.example"
JWK = KeyPair.generate().public_jwk.to_dict()
DISPLAY = [{"name": "n", "locale": "zh-CN"}]
CLAIM = {"path": ["a", None, 0], "display": DISPLAY, "mandatory": True}
METADATA = {
    "credential_issuer": URL,
    "credential_endpoint": URL,
    "nonce_endpoint": URL,
    "batch_credential_issuance": {"batch_size": 5},
    "authorization_servers": [URL],
    "display": DISPLAY,
    "credential_configurations_supported": {
        "c": {
            "format": "dc+sd-jwt",
            "vct": "v",
            "scope": "s",
            "credential_metadata": {"display": DISPLAY, "claims": [CLAIM]},
        }
    },
}
OFFER = {
    "credential_issuer": URL,
    "credential_configuration_ids": ["c"],
    "grants": {
        "urn:ietf:params:oauth:grant-type:pre-authorized_code": {
            "pre-authorized_code": "x",
            "tx_code": {"input_mode": "numeric", "length": 6, "description": "d"},
        },
        "authorization_code": {"issuer_state": "s", "authorization_server": URL},
    },
}
QUERY = {
    "credentials": [
        {
            "id": "a",
            "format": "dc+sd-jwt",
            "meta": {"vct_values": ["v"]},
            "claims": [
                {"id": "x", "path": ["a", None], "values": ["1", 2, True]},
                {"id": "y", "path": ["d", 0]},
            ],
            "claim_sets": [["x"], ["y"]],
            "multiple": True,
            "trusted_authorities": [{"type": "aki", "values": ["x"]}],
        },
        {"id": "m", "format": "mso_mdoc", "meta": {"doctype_value": "x"}, "claims": [{"path": ["n", "e"]}]},
    ],
    "credential_sets": [{"options": [["a"], ["m"]], "required": False}],
}
CLIENT = {
    "vp_formats_supported": {"dc+sd-jwt": {"sd-jwt_alg_values": ["ES256"]}},
    "jwks": {"keys": [{**JWK, "kid": "1", "alg": "ECDH-ES", "use": "enc"}]},
    "encrypted_response_enc_values_supported": ["A128GCM"],
    "client_name": "n",
}
TYPE = {
    "vct": "v",
    "name": "n",
    "display": [{"locale": "zh", "name": "n"}],
    "claims": [
        {
            "path": ["a", None, 0],
            "display": [{"locale": "zh", "label": "l"}],
            "mandatory": True,
            "sd": "always",
        }
    ],
}
DATA_FILES = sorted(
    (
        file
        for file in (resources.files("standards.licence_types") / "data").iterdir()
        if file.name.endswith(".json")
    ),
    key=lambda file: file.name,
)

Case = tuple[Callable[[Any], object], Any, type[InvalidInputError] | type[OAuthError]]
CASES: dict[str, Case] = {
    "issuer metadata": (
        lambda d: parse_credential_issuer_metadata(d, credential_issuer=URL), METADATA, InvalidIssuerMetadataError,
    ),
    "server metadata": (
        lambda d: parse_authorization_server_metadata(d, issuer=URL),
        {
            "issuer": URL, "token_endpoint": URL, "grant_types_supported": ["x"],
            "pre-authorized_grant_anonymous_access_supported": True, "dpop_signing_alg_values_supported": ["ES256"],
        },
        InvalidInputError,
    ),
    "offer": (parse_credential_offer, OFFER, InvalidCredentialOfferError),
    "credential request": (
        parse_credential_request, {"credential_configuration_id": "c", "proofs": {"jwt": ["x"]}}, OAuthError,
    ),
    "credential response": (
        parse_credential_response,
        {"credentials": [{"credential": "x"}], "notification_id": "n", "transaction_id": "t", "interval": 4},
        InvalidCredentialResponseError,
    ),
    "token response": (
        parse_token_response, {"access_token": "x", "token_type": "DPoP", "expires_in": 4}, InvalidTokenResponseError,
    ),
    "notification": (
        parse_notification, {"notification_id": "x", "event": "credential_accepted", "event_description": "d"}, OAuthError,
    ),
    "query": (lambda d: parse_dcql(parse_dcql(d).to_json()), QUERY, InvalidDcqlQueryError),
    "client metadata": (
        lambda d: parse_client_metadata(Reader(d, error=InvalidPresentationRequestError)), CLIENT, InvalidPresentationRequestError,
    ),
    "answer to the wallet": (parse_response_answer, {"redirect_uri": URL}, InvalidAuthorizationResponseError),
    "type metadata": (lambda d: parse_type_metadata(orjson.dumps(d), vct="v"), TYPE, TypeMetadataError),
    "status claim": (parse_status_claim, {"status_list": {"idx": 1, "uri": URL}}, StatusListError),
    "status list": (parse_status_list, {"bits": 2, "lst": "eNoDAAAAAAE"}, StatusListError),
    "key": (parse_public_jwk, {**JWK, "kid": "1"}, JoseError),
    **{
        file.name: (lambda d: parse_licence_type(orjson.dumps(d)), orjson.loads(file.read_bytes()), InvalidLicenceTypeError)
        for file in DATA_FILES[:3]
    },
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_an_almost_right_message_is_read_or_refused_by_its_own_error(name: str) -> None:
    """A right message with one or two members replaced, removed, doubled or added → a value or the parser's error."""
    parse, document, own_error = CASES[name]

    @settings(max_examples=150)
    @given(altered(document))
    def drawn(message: Any) -> None:
        with suppress(own_error):
            parse(message)

    drawn()


@pytest.mark.parametrize("pattern", ["(", "a{99999999999}", "(" * 5_000 + ")" * 5_000])
def test_a_pattern_that_cannot_be_compiled_is_the_data_files_error(pattern: str) -> None:
    with pytest.raises(InvalidLicenceTypeError):
        TypeFindings().pattern(Reader({"pattern": pattern[:4_000]}, error=InvalidLicenceTypeError), "pattern")


@given(st.text(max_size=40) | st.dates().map(str) | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"))
def test_any_text_is_a_date_or_its_error(text: str) -> None:
    with suppress(InvalidDateError):
        assert parse_date(text).isoformat() == text


@given(st.text(max_size=40), st.sampled_from(["", "https://", "http://[", "https://a:", "https://a/"]))
def test_any_text_is_an_identifier_or_an_error(text: str, before: str) -> None:
    with suppress(InvalidInputError):
        parse_identifier(before + text)


@given(st.text(max_size=60), st.none() | st.sampled_from(["S256", "plain"]))
def test_any_text_is_a_challenge_or_an_error(text: str, method: str | None) -> None:
    with suppress(OAuthError):
        assert parse_code_challenge(text, method) == text
