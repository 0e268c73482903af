"""Credential offers and issuer metadata: against the public JSON Schemas, and against bad input."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.errors import InvalidInputError
from standards.jose import parse_jws
from standards.openid4vci import (
    ClaimDescription,
    CredentialConfiguration,
    CredentialIssuerMetadata,
    CredentialOffer,
    InvalidCredentialOfferError,
    InvalidIssuerMetadataError,
    OfferReference,
    TxCode,
    build_offer_query,
    build_offer_reference_query,
    build_offer_uri,
    build_signed_metadata,
    credential_issuer_metadata_url,
    parse_credential_issuer_metadata,
    parse_credential_offer,
    parse_offer_uri,
)
from standards.text import Text

ISSUER = "https://issuer.example/authorities/91X"
OFFER = CredentialOffer(ISSUER, ("business",), "code-1", TxCode(length=6, description="短信中的六位数字"))
METADATA = CredentialIssuerMetadata(
    credential_issuer=ISSUER,
    credential_endpoint=ISSUER + "/openid4vci/credential",
    nonce_endpoint=ISSUER + "/openid4vci/nonce",
    notification_endpoint=ISSUER + "/openid4vci/notification",
    batch_size=20,
    name=Text("示例市场监督管理局", "Example market regulator"),
    configurations={
        "business": CredentialConfiguration(
            id="business",
            vct="urn:elicence:type:T:1",
            scope="business",
            name=Text("营业执照", "Business licence"),
            claims=(
                ClaimDescription(("company_name",), Text("名称", "Name"), mandatory=True),
                ClaimDescription(("items", None, 0)),
            ),
            background_color="#123456",
            text_color="#ffffff",
        )
    },
)


def schema(vectors: Path, name: str) -> Any:
    document = json.loads((vectors / "openid-schemas" / name).read_text())
    return jsonschema.validators.validator_for(document)(document, format_checker=jsonschema.FormatChecker())


def test_our_metadata_meet_the_schema(vectors: Path) -> None:
    schema(vectors, "credential_issuer_metadata-1_0.json").validate(METADATA.to_json())


def test_metadata_come_back_as_they_were_written() -> None:
    read = parse_credential_issuer_metadata(METADATA.to_json(), credential_issuer=ISSUER)
    assert read == METADATA
    assert read.authorization_server == ISSUER


def test_metadata_of_another_issuer_are_refused() -> None:
    with pytest.raises(InvalidIssuerMetadataError):
        parse_credential_issuer_metadata(METADATA.to_json(), credential_issuer="https://issuer.example")


def test_other_formats_are_left_aside() -> None:
    document = METADATA.to_json()
    document["credential_configurations_supported"]["mdl"] = {
        "format": "mso_mdoc",
        "doctype": "org.iso.18013.5.1.mDL",
    }
    assert set(parse_credential_issuer_metadata(document, credential_issuer=ISSUER).configurations) == {
        "business"
    }


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("credential_endpoint", None),
        ("batch_credential_issuance", {"batch_size": 1}),
        ("batch_credential_issuance", []),
        ("credential_configurations_supported", None),
        ("credential_configurations_supported", {"a": {}}),
        ("credential_configurations_supported", {"a": {"format": "dc+sd-jwt"}}),
        ("credential_configurations_supported", {str(n): {"format": "x"} for n in range(501)}),
        ("display", []),
        ("authorization_servers", [1]),
    ],
)
def test_malformed_metadata_are_refused(member: str, value: Any) -> None:
    with pytest.raises(InvalidIssuerMetadataError):
        parse_credential_issuer_metadata(METADATA.to_json() | {member: value}, credential_issuer=ISSUER)


def test_a_single_copy_issuer_announces_no_batch() -> None:
    document = CredentialIssuerMetadata(ISSUER, ISSUER + "/c", {}).to_json()
    assert "batch_credential_issuance" not in document


def test_the_well_known_part_goes_between_host_and_path() -> None:
    expected = "https://issuer.example/.well-known/openid-credential-issuer/authorities/91X"
    assert credential_issuer_metadata_url(ISSUER) == expected


def test_signed_metadata_name_the_issuer_as_their_subject(issuer: Any) -> None:
    token = build_signed_metadata(
        METADATA, certificate_chain=[b"der"], sign=issuer.sign, at=datetime(2026, 11, 22, tzinfo=UTC)
    )
    parsed = parse_jws(token)
    assert parsed.header["typ"] == "openidvci-issuer-metadata+jwt"
    assert parsed.claims()["sub"] == ISSUER
    assert parsed.claims()["credential_issuer"] == ISSUER


@pytest.mark.parametrize(
    "offer",
    [
        OFFER,
        CredentialOffer(ISSUER, ("a", "b"), issuer_state="s", authorization_code=True),
        CredentialOffer(ISSUER, ("a",), "c", authorization_server="https://as.example"),
    ],
)
def test_an_offer_meets_the_schema_and_comes_back(vectors: Path, offer: CredentialOffer) -> None:
    schema(vectors, "credential_offer-1_0.json").validate(offer.to_json())
    assert parse_credential_offer(offer.to_json()) == offer
    assert parse_offer_uri(build_offer_uri(build_offer_query(offer))) == offer


def test_an_offer_by_reference_is_an_address_to_be_guarded() -> None:
    query = build_offer_reference_query(ISSUER + "/offers/1?a=b&c")
    assert parse_offer_uri(build_offer_uri(query)) == OfferReference(ISSUER + "/offers/1?a=b&c")
    assert parse_offer_uri("https://wallet.example/offers?" + query) == OfferReference(
        ISSUER + "/offers/1?a=b&c"
    )


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "openid-credential-offer://",
        "openid-credential-offer://?",
        "openid-credential-offer://?x=1",
        "openid-credential-offer://?credential_offer=",
        "openid-credential-offer://?credential_offer=[]",
        "openid-credential-offer://?credential_offer=%7B%7D",
        "openid-credential-offer://?credential_offer=%FF",
        "openid-credential-offer://?credential_offer_uri=file:///etc/passwd",
        "openid-credential-offer://?credential_offer_uri=https://",
        "openid-credential-offer://?credential_offer_uri=https://[",
        "openid-credential-offer://?credential_offer_uri=https://a&credential_offer_uri=https://b",
        "openid-credential-offer://?credential_offer_uri=https://a&credential_offer=%7B%7D",
        "javascript:alert(1)?credential_offer_uri=https://a",
        "openid-credential-offer://?credential_offer_uri=https://" + "a" * 20_000,
    ],
)
def test_a_link_that_is_no_offer_is_refused(uri: str) -> None:
    with pytest.raises(InvalidCredentialOfferError):
        parse_offer_uri(uri)


@pytest.mark.parametrize(
    "changes",
    [
        {"credential_issuer": "issuer"},
        {"credential_issuer": "https://u@issuer.example"},
        {"credential_issuer": "https://issuer.example?x"},
        {"credential_configuration_ids": []},
        {"credential_configuration_ids": ["a", "a"]},
        {"credential_configuration_ids": "a"},
        {"grants": []},
        {"grants": {"urn:ietf:params:oauth:grant-type:pre-authorized_code": {}}},
        {
            "grants": {
                "urn:ietf:params:oauth:grant-type:pre-authorized_code": {
                    "pre-authorized_code": "c",
                    "tx_code": {"input_mode": "voice"},
                }
            }
        },
        {
            "grants": {
                "urn:ietf:params:oauth:grant-type:pre-authorized_code": {
                    "pre-authorized_code": "c",
                    "tx_code": {"length": 0},
                }
            }
        },
        {
            "grants": {
                "urn:ietf:params:oauth:grant-type:pre-authorized_code": {
                    "pre-authorized_code": "c",
                    "tx_code": {"description": "x" * 301},
                }
            }
        },
    ],
)
def test_a_malformed_offer_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidCredentialOfferError):
        parse_credential_offer(OFFER.to_json() | changes)


def test_an_unknown_grant_is_left_aside() -> None:
    offer = parse_credential_offer(
        {"credential_issuer": ISSUER, "credential_configuration_ids": ["a"], "grants": {"x": 1}}
    )
    assert (offer.pre_authorized_code, offer.authorization_code) == (None, False)


_json: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


@given(st.sampled_from(sorted(METADATA.to_json())), _json)
def test_any_metadata_end_in_our_error(member: str, value: Any) -> None:
    with contextlib.suppress(InvalidIssuerMetadataError):
        parse_credential_issuer_metadata(METADATA.to_json() | {member: value}, credential_issuer=ISSUER)
    configuration = METADATA.to_json()["credential_configurations_supported"]["business"]
    for name in ("credential_metadata", "vct", "scope", "format"):
        changed = {"business": configuration | {name: value}}
        with contextlib.suppress(InvalidIssuerMetadataError):
            parse_credential_issuer_metadata(
                METADATA.to_json() | {"credential_configurations_supported": changed},
                credential_issuer=ISSUER,
            )


@given(_json)
def test_any_offer_ends_in_our_error(value: Any) -> None:
    for changed in (
        value,
        OFFER.to_json() | {"grants": value},
        OFFER.to_json() | {"credential_configuration_ids": value},
    ):
        with contextlib.suppress(InvalidCredentialOfferError):
            parse_credential_offer(changed)


@given(st.text(max_size=60))
def test_any_link_ends_in_our_error(text: str) -> None:
    for uri in (
        text,
        "openid-credential-offer://?" + text,
        "openid-credential-offer://?credential_offer_uri=https://" + text,
    ):
        with contextlib.suppress(InvalidInputError):
            parse_offer_uri(uri)
