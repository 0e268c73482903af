"""Answers to a presentation request, and transaction data (OpenID4VP 1.0 sections 8.1 to 8.5)."""

from __future__ import annotations

import contextlib
import hashlib

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.dcql import parse_dcql
from standards.jose import b64url_encode
from standards.json_reader import Reader
from standards.jwe import EphemeralKey, encrypt, recipient_key_id
from standards.openid4vp import (
    ClientMetadata,
    EncryptedResponse,
    EncryptionKey,
    FormatsNotSupportedError,
    InvalidAuthorizationResponseError,
    InvalidPresentationRequestError,
    InvalidTransactionDataError,
    Presentations,
    Refusal,
    build_access_denied_form,
    build_direct_post,
    build_direct_post_jwt,
    build_error_form,
    build_response_answer,
    build_transaction_data,
    decrypt_response,
    parse_client_metadata,
    parse_response_answer,
    parse_response_form,
    parse_transaction_data,
    transaction_data_hashes,
)

SHOWN = {"c": ("a~b~", "c~d~")}
KEY = EphemeralKey.generate("k1")
METADATA = ClientMetadata(encryption_keys=(EncryptionKey(KEY.public_jwk()),), encryptions=("A256GCM",))


def arrived(form: dict[str, str]) -> dict[str, list[str]]:
    return {name: [value] for name, value in form.items()}


def test_a_plain_answer_comes_back() -> None:
    assert parse_response_form(arrived(build_direct_post(SHOWN, "s"))) == Presentations(SHOWN, "s")


@pytest.mark.parametrize("state", [None, "s"])
def test_an_encrypted_answer_comes_back_and_echoes_the_key_id(state: str | None) -> None:
    form = build_direct_post_jwt(SHOWN, state, METADATA)
    encrypted = parse_response_form(arrived(form))
    assert isinstance(encrypted, EncryptedResponse)
    assert recipient_key_id(encrypted.jwe) == "k1"
    assert decrypt_response(encrypted, KEY) == Presentations(SHOWN, state)


def test_an_answer_for_another_request_cannot_be_read() -> None:
    """JWE for the key of request A, posted to request B → refused."""
    encrypted = EncryptedResponse(build_direct_post_jwt(SHOWN, None, METADATA)["response"])
    with pytest.raises(InvalidAuthorizationResponseError):
        decrypt_response(encrypted, EphemeralKey.generate("k1"))


def test_an_encrypted_refusal_is_understood() -> None:
    jwe = encrypt(orjson.dumps({"error": "access_denied", "state": "s"}), KEY.public_jwk(), "A128GCM")
    assert decrypt_response(EncryptedResponse(jwe), KEY) == Refusal("access_denied", "s")


def test_a_verifier_without_an_encryption_that_we_speak() -> None:
    for metadata in (
        ClientMetadata(),
        ClientMetadata(encryption_keys=METADATA.encryption_keys, encryptions=("A128CBC-HS256",)),
    ):
        with pytest.raises(FormatsNotSupportedError):
            build_direct_post_jwt(SHOWN, None, metadata)


@pytest.mark.parametrize(
    "other",
    [
        {"kty": "OKP", "crv": "X25519", "x": "hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo"},
        {"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"},
        {"kty": "EC"},
    ],
)
def test_a_key_on_a_curve_that_we_do_not_speak_is_left_aside(other: dict[str, str]) -> None:
    """jwks: ECDH-ES on another curve first, then on P-256. The second is taken, the request is not refused."""
    keys = [other | {"kid": "k0", "alg": "ECDH-ES", "use": "enc"}, KEY.public_jwk()]
    metadata = parse_client_metadata(
        Reader({"vp_formats_supported": {"dc+sd-jwt": {}}, "jwks": {"keys": keys}})
    )
    assert metadata.choose_encryption()[0].kid == "k1"


def test_refusals_come_back() -> None:
    assert parse_response_form(arrived(build_access_denied_form("s"))) == Refusal("access_denied", "s")
    told = parse_response_form(
        arrived(build_error_form(InvalidPresentationRequestError("请求无效。", "Bad."), None))
    )
    assert told == Refusal("invalid_request", None, "Bad.")
    assert parse_response_form({"error": ["my own"]}) == Refusal("invalid_request")


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"state": ["s"]},
        {"vp_token": ["{}"]},
        {"vp_token": ["[]"]},
        {"vp_token": ["x"]},
        {"vp_token": ['{"c": "single"}']},
        {"vp_token": ['{"c": []}']},
        {"vp_token": ['{"c": [{}]}']},
        {"vp_token": ['{"c": ["a"]}', '{"c": ["a"]}']},
        {"vp_token": ['{"c": ["a"]}'], "response": ["x"]},
        {"vp_token": ['{"c": ["a"]}'], "error": ["access_denied"]},
        {"vp_token": ['{"c": ["a"]}'], "state": ["1", "2"]},
        {"vp_token": [orjson.dumps({str(n): ["a"] for n in range(51)}).decode()]},
    ],
)
def test_a_form_that_is_no_answer_is_refused(form: dict[str, list[str]]) -> None:
    """Among them a presentation that is not in an array: draft wallets send it so, version 1.0 does not."""
    with pytest.raises(InvalidAuthorizationResponseError):
        parse_response_form(form)


def test_the_answer_to_the_wallet_comes_back() -> None:
    assert (
        parse_response_answer(build_response_answer("https://window.example/done#x"))
        == "https://window.example/done#x"
    )
    assert parse_response_answer(build_response_answer(None)) is None
    with pytest.raises(InvalidAuthorizationResponseError):
        parse_response_answer([])


QUERY = parse_dcql({"credentials": [{"id": "c", "format": "dc+sd-jwt", "meta": {"vct_values": ["t"]}}]})
MEMBERS = {"type": "urn:example:consent", "credential_ids": ["c"], "text": "同意"}


def test_transaction_data_come_back_and_are_hashed_as_received() -> None:
    encoded = build_transaction_data(MEMBERS)
    entry = parse_transaction_data(encoded, known_types={"urn:example:consent"}, query=QUERY)
    assert (entry.type, entry.credential_ids, entry.members["text"]) == (
        "urn:example:consent",
        ("c",),
        "同意",
    )
    assert transaction_data_hashes([encoded]) == [b64url_encode(hashlib.sha256(encoded.encode()).digest())]
    spaced = b64url_encode(orjson.dumps(MEMBERS, option=orjson.OPT_INDENT_2))
    assert transaction_data_hashes([spaced]) != transaction_data_hashes([encoded])


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "!!",
        b64url_encode(b"[]"),
        build_transaction_data(MEMBERS | {"type": "urn:example:unknown"}),
        build_transaction_data(MEMBERS | {"credential_ids": []}),
        build_transaction_data(MEMBERS | {"credential_ids": ["other"]}),
        build_transaction_data(MEMBERS | {"transaction_data_hashes_alg": ["md5"]}),
        "A" * 20_000,
    ],
)
def test_transaction_data_of_an_unknown_kind_are_an_error(encoded: str) -> None:
    with pytest.raises(InvalidTransactionDataError):
        parse_transaction_data(encoded, known_types={"urn:example:consent"}, query=QUERY)


@given(
    st.dictionaries(
        st.sampled_from(["response", "vp_token", "state", "error"]),
        st.lists(st.text(max_size=30), max_size=2),
    )
)
def test_any_form_ends_in_our_error(form: dict[str, list[str]]) -> None:
    with contextlib.suppress(InvalidAuthorizationResponseError):
        answer = parse_response_form(form)
        if isinstance(answer, EncryptedResponse):
            decrypt_response(answer, KEY)


@given(st.text(max_size=60), st.binary(max_size=60))
def test_any_transaction_data_or_plaintext_ends_in_our_error(text: str, data: bytes) -> None:
    for encoded in (text, b64url_encode(data)):
        with contextlib.suppress(InvalidTransactionDataError):
            parse_transaction_data(encoded, known_types={"t"}, query=QUERY)


@given(st.binary(max_size=60))
def test_any_plaintext_ends_in_our_error(data: bytes) -> None:
    with contextlib.suppress(InvalidAuthorizationResponseError):
        decrypt_response(EncryptedResponse(encrypt(data, KEY.public_jwk(), "A128GCM")), KEY)
