"""Presentation requests: link, client id, signed object (OpenID4VP 1.0 section 5)."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.dcql import parse_dcql
from standards.jose import b64url_decode, b64url_encode, build_jws, build_x5c, parse_jws
from standards.jwe import EphemeralKey
from standards.oauth import OAuthError
from standards.openid4vp import (
    ClientId,
    ClientMetadata,
    EncryptionKey,
    InvalidPresentationRequestError,
    InvalidRequestUriMethodError,
    InvalidVerifierError,
    Prefix,
    PresentationRequest,
    RequestReference,
    SignedRequest,
    build_client_id,
    build_request_object,
    build_request_query,
    build_request_uri,
    certificate_hash,
    parse_client_id,
    parse_request_object,
    parse_request_uri,
    verify_request_object,
)
from standards.text import Text

QUERY = parse_dcql(
    {
        "credentials": [
            {"id": "c", "format": "dc+sd-jwt", "meta": {"vct_values": ["t"]}, "claims": [{"path": ["name"]}]}
        ]
    }
)
URI = "https://window.example/openid4vp/requests/1"
CertificateOf = Callable[..., bytes]


@pytest.fixture
def leaf(stranger: Any, certificate_of: CertificateOf) -> bytes:
    return certificate_of(stranger, "window.example")


@pytest.fixture
def request_of(leaf: bytes, at: datetime) -> PresentationRequest:
    key = EphemeralKey.generate("k1")
    return PresentationRequest(
        client_id=build_client_id(Prefix.X509_HASH, leaf),
        response_uri="https://window.example/openid4vp/responses/1",
        response_mode="direct_post.jwt",
        nonce="n" * 22,
        dcql_query=QUERY,
        client_metadata=ClientMetadata(
            encryption_keys=(EncryptionKey(key.public_jwk()),),
            encryptions=("A128GCM", "A256GCM"),
            name=Text("示例窗口", "Example window"),
        ),
        state="s1",
        verifier_info=({"format": "urn:elicence:service-item", "data": {"code": "X"}},),
        issued_at=at,
        expires_at=at + timedelta(minutes=5),
    )


def verify(text: str, request: PresentationRequest, at: datetime, **arguments: Any) -> SignedRequest:
    reference = arguments.pop("reference", RequestReference(request.client_id, URI))
    return verify_request_object(parse_request_object(text), reference=reference, at=at, **arguments)


def test_a_request_comes_back_as_it_was_signed(
    stranger: Any, leaf: bytes, request_of: PresentationRequest, at: datetime
) -> None:
    text = build_request_object(request_of, certificate_chain=[leaf], sign=stranger.sign)
    signed = verify(text, request_of, at)
    assert signed.request == request_of
    assert signed.certificate_chain == (leaf,)


def test_the_object_says_what_the_standard_wants(
    stranger: Any, leaf: bytes, request_of: PresentationRequest, vectors: Path
) -> None:
    parsed = parse_jws(build_request_object(request_of, certificate_chain=[leaf], sign=stranger.sign))
    claims = parsed.claims()
    assert parsed.header["typ"] == "oauth-authz-req+jwt"
    assert claims["aud"] == "https://self-issued.me/v2"
    assert claims["client_id"] == "x509_hash:" + certificate_hash(leaf)
    assert "redirect_uri" not in claims
    assert all(key["kid"] and key["alg"] == "ECDH-ES" for key in claims["client_metadata"]["jwks"]["keys"])
    assert claims["client_metadata"]["encrypted_response_enc_values_supported"] == ["A128GCM", "A256GCM"]
    jsonschema.validate(
        claims["dcql_query"], json.loads((vectors / "openid-schemas" / "dcql_request.json").read_text())
    )


def test_the_wallets_nonce_must_come_back(
    stranger: Any, leaf: bytes, request_of: PresentationRequest, at: datetime
) -> None:
    """POST with wallet_nonce, object without it or with another → refused."""
    for nonce in (None, "another"):
        request = dataclasses.replace(request_of, wallet_nonce=nonce)
        text = build_request_object(request, certificate_chain=[leaf], sign=stranger.sign)
        with pytest.raises(InvalidPresentationRequestError):
            verify(text, request, at, wallet_nonce="mine")
    request = dataclasses.replace(request_of, wallet_nonce="mine")
    text = build_request_object(request, certificate_chain=[leaf], sign=stranger.sign)
    assert verify(text, request, at, wallet_nonce="mine").request.wallet_nonce == "mine"


def test_an_altered_request_is_refused(
    stranger: Any, leaf: bytes, request_of: PresentationRequest, at: datetime
) -> None:
    """Payload with response_uri of an attacker, signature of the verifier → refused."""
    header, payload, signature = build_request_object(
        request_of, certificate_chain=[leaf], sign=stranger.sign
    ).split(".")
    evil = b64url_decode(payload).replace(b"window.example", b"window.attacks")
    with pytest.raises(InvalidPresentationRequestError):
        verify(f"{header}.{b64url_encode(evil)}.{signature}", request_of, at)


def test_a_request_signed_by_another_key_is_refused(
    holder: Any, certificate_of: CertificateOf, request_of: PresentationRequest, at: datetime
) -> None:
    """client_id of the window, x5c and signature of somebody else: the certificate does not prove the client id."""
    other = certificate_of(holder, "window.example")
    text = build_jws(
        {"typ": "oauth-authz-req+jwt", "x5c": build_x5c([other])}, request_of.to_json(), holder.sign
    )
    with pytest.raises(InvalidVerifierError):
        verify(text, request_of, at)


def test_the_link_and_the_object_must_name_the_same_verifier(
    stranger: Any, leaf: bytes, request_of: PresentationRequest, at: datetime
) -> None:
    text = build_request_object(request_of, certificate_chain=[leaf], sign=stranger.sign)
    with pytest.raises(InvalidPresentationRequestError):
        verify(
            text,
            request_of,
            at,
            reference=RequestReference(ClientId(Prefix.X509_SAN_DNS, "window.example"), URI),
        )


def test_time_limits_hold_with_a_minute_of_skew(
    stranger: Any, leaf: bytes, request_of: PresentationRequest, at: datetime
) -> None:
    text = build_request_object(request_of, certificate_chain=[leaf], sign=stranger.sign)
    verify(text, request_of, at + timedelta(minutes=5, seconds=59))
    with pytest.raises(InvalidPresentationRequestError, match="expired"):
        verify(text, request_of, at + timedelta(minutes=6))
    with pytest.raises(InvalidPresentationRequestError, match="future"):
        verify(text, request_of, at - timedelta(minutes=2))


@pytest.mark.parametrize("exp", [253_402_300_799, 4_000_000_000.5])
def test_times_at_the_end_of_the_calendar_and_with_a_fraction(
    stranger: Any, leaf: bytes, request_of: PresentationRequest, at: datetime, exp: float
) -> None:
    """exp in the last second of the year 9999, or with a fraction → verified (RFC 7519 section 2)."""
    claims = request_of.to_json() | {"exp": exp, "iat": 0}
    text = build_jws({"typ": "oauth-authz-req+jwt", "x5c": build_x5c([leaf])}, claims, stranger.sign)
    assert verify(text, request_of, at)


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://window.example"},
        {"aud": None},
        {"response_type": "code"},
        {"response_mode": "fragment"},
        {"redirect_uri": "https://window.example"},
        {"scope": "x"},
        {"nonce": "short"},
        {"nonce": None},
        {"response_uri": "javascript:alert(1)"},
        {"response_uri": None},
        {"dcql_query": {"credentials": []}},
        {"dcql_query": None},
        {"client_metadata": {}},
        {"client_metadata": {"vp_formats_supported": {"dc+sd-jwt": {}}}},
        {"client_metadata": {"vp_formats_supported": {"dc+sd-jwt": {}}, "jwks": {"keys": [{"kty": "EC"}]}}},
        {
            "client_metadata": {
                "vp_formats_supported": {},
                "jwks": {"keys": [{"kty": "EC", "kid": "1", "alg": "ECDH-ES"}]},
            }
        },
        {"verifier_info": [{}]},
        {"verifier_info": ["x"]},
        {"transaction_data": "x"},
        {"exp": 10**15},
        {"exp": "soon"},
        {"client_id": "plain"},
    ],
)
def test_a_signed_object_that_breaks_a_rule_is_refused(
    stranger: Any, leaf: bytes, request_of: PresentationRequest, at: datetime, changes: dict[str, Any]
) -> None:
    claims = {name: value for name, value in (request_of.to_json() | changes).items() if value is not None}
    text = build_jws({"typ": "oauth-authz-req+jwt", "x5c": build_x5c([leaf])}, claims, stranger.sign)
    with pytest.raises((InvalidPresentationRequestError, InvalidVerifierError)):
        verify(text, request_of, at)


@pytest.mark.parametrize("header", [{"typ": "JWT"}, {"crit": ["x"]}, {"x5c": None}, {"x5c": ["AAAA"]}])
def test_a_header_that_breaks_a_rule_is_refused(
    stranger: Any, leaf: bytes, request_of: PresentationRequest, at: datetime, header: dict[str, Any]
) -> None:
    whole = {"typ": "oauth-authz-req+jwt", "x5c": build_x5c([leaf])} | header
    text = build_jws({k: v for k, v in whole.items() if v is not None}, request_of.to_json(), stranger.sign)
    with pytest.raises(InvalidPresentationRequestError):
        verify(text, request_of, at)


def test_x509_san_dns_binds_name_and_response_host(
    stranger: Any, leaf: bytes, request_of: PresentationRequest, at: datetime
) -> None:
    client_id = build_client_id(Prefix.X509_SAN_DNS, leaf, dns_name="window.example")
    request = dataclasses.replace(request_of, client_id=client_id)
    verify(build_request_object(request, certificate_chain=[leaf], sign=stranger.sign), request, at)
    elsewhere = dataclasses.replace(request, response_uri="https://collector.example/1")
    with pytest.raises(InvalidVerifierError):
        build_request_object(elsewhere, certificate_chain=[leaf], sign=stranger.sign)
    text = build_jws(
        {"typ": "oauth-authz-req+jwt", "x5c": build_x5c([leaf])}, elsewhere.to_json(), stranger.sign
    )
    with pytest.raises(InvalidVerifierError):
        verify(text, elsewhere, at)
    with pytest.raises(InvalidVerifierError):
        build_client_id(Prefix.X509_SAN_DNS, leaf, dns_name="other.example")


def test_a_wildcard_in_a_certificate_proves_no_host(stranger: Any, certificate_of: CertificateOf) -> None:
    with pytest.raises(InvalidVerifierError):
        build_client_id(Prefix.X509_SAN_DNS, certificate_of(stranger, "*.example"), dns_name="window.example")


def test_a_redirect_uri_client_cannot_sign(
    stranger: Any, leaf: bytes, request_of: PresentationRequest, at: datetime
) -> None:
    request = dataclasses.replace(
        request_of, client_id=ClientId(Prefix.REDIRECT_URI, "https://window.example/cb")
    )
    with pytest.raises(ValueError, match="cannot be signed"):
        build_request_object(request, certificate_chain=[leaf], sign=stranger.sign)
    text = build_jws(
        {"typ": "oauth-authz-req+jwt", "x5c": build_x5c([leaf])}, request.to_json(), stranger.sign
    )
    with pytest.raises(InvalidVerifierError):
        verify(text, request, at)


def test_the_prefix_ends_at_the_first_colon() -> None:
    parsed = parse_client_id("redirect_uri:https://window.example:8443/cb")
    assert (parsed.prefix, parsed.name) == (Prefix.REDIRECT_URI, "https://window.example:8443/cb")
    assert str(parsed) == "redirect_uri:https://window.example:8443/cb"


@pytest.mark.parametrize(
    "text",
    ["", "window.example", "x509_hash:", ":x", "did:example:1", "X509_HASH:x", "https://window.example"],
)
def test_other_client_ids_are_refused(text: str) -> None:
    with pytest.raises(InvalidVerifierError):
        parse_client_id(text)


@pytest.mark.parametrize("method", [None, "get", "post"])
def test_a_link_comes_back(method: Any) -> None:
    client_id = ClientId(Prefix.X509_HASH, "abc")
    query = build_request_query(client_id, URI + "?a=b&c", method)
    expected = RequestReference(client_id, URI + "?a=b&c", method or "get")
    assert parse_request_uri(build_request_uri(query)) == expected
    assert parse_request_uri("https://wallet.example/present?" + query) == expected


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("", InvalidPresentationRequestError),
        ("client_id=x509_hash:a", InvalidPresentationRequestError),
        ("request_uri=https://a", InvalidPresentationRequestError),
        ("client_id=x509_hash:a&request=e30", InvalidPresentationRequestError),
        ("client_id=x509_hash:a&request=e30&request_uri=https://a", InvalidPresentationRequestError),
        (
            "client_id=x509_hash:a&request_uri=https://a&request_uri=https://b",
            InvalidPresentationRequestError,
        ),
        ("client_id=x509_hash:a&request_uri=file:///x", InvalidPresentationRequestError),
        ("client_id=x509_hash:a&request_uri=https://a%23f", InvalidPresentationRequestError),
        ("client_id=plain&request_uri=https://a", InvalidVerifierError),
        ("client_id=x509_hash:a&request_uri=https://a&request_uri_method=put", InvalidRequestUriMethodError),
        ("client_id=x509_hash:a&request_uri=https://a&request_uri_method=GET", InvalidRequestUriMethodError),
    ],
)
def test_a_link_that_breaks_a_rule_is_refused(query: str, kind: type[OAuthError]) -> None:
    with pytest.raises(kind):
        parse_request_uri("openid4vp://?" + query)


@given(st.text(max_size=80))
def test_any_link_object_or_client_id_ends_in_our_error(text: str) -> None:
    for uri in (text, "openid4vp://?" + text, "openid4vp://?client_id=x509_hash:a&request_uri=" + text):
        with contextlib.suppress(OAuthError):
            parse_request_uri(uri)
    with contextlib.suppress(InvalidVerifierError):
        parse_client_id(text)
    with pytest.raises(InvalidPresentationRequestError):
        parse_request_object(text)


_json: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)
_MEMBERS = [
    "aud",
    "client_id",
    "client_metadata",
    "dcql_query",
    "exp",
    "iat",
    "nonce",
    "response_mode",
    "response_type",
    "response_uri",
    "state",
    "transaction_data",
    "verifier_info",
    "wallet_nonce",
]


def test_any_claims_end_in_our_error(
    stranger: Any, leaf: bytes, request_of: PresentationRequest, at: datetime
) -> None:
    header = {"typ": "oauth-authz-req+jwt", "x5c": build_x5c([leaf])}

    @given(st.sampled_from(_MEMBERS), _json)
    def drawn(member: str, value: Any) -> None:
        text = build_jws(header, request_of.to_json() | {member: value}, stranger.sign)
        with contextlib.suppress(OAuthError):
            verify(text, request_of, at, wallet_nonce=None)

    drawn()
