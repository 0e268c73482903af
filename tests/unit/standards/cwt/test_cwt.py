"""The compact form, CBOR, COSE and Base45: against published examples and an implementation of other people."""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import date
from typing import Any

import cbor2
import claim169
import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.cwt import (
    CwtAlgorithmError,
    CwtError,
    CwtSignatureError,
    parse_compact_licence,
    short_number,
    verify_compact_licence,
)
from standards.cwt.base45 import base45_decode, base45_encode
from standards.cwt.cbor import decode_cbor, encode_cbor
from standards.cwt.compact_licence import LICENCE_CLAIM
from standards.cwt.cose import build_sign1, parse_cose_key, parse_sign1, signing_input, verify_sign1
from standards.cwt.face import MAX_FIELDS, compact_fields, pack_face, unpack_face
from standards.licence_types import FieldKind, LicenceType, Sensitivity, load_catalogue
from tests.support.show_code_world import ISSUER, STRANGER, compact_claims, licence


@pytest.mark.parametrize(
    ("raw", "text"),
    [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"ietf!", "QED8WEX0")],
)
def test_base45_of_rfc_9285_section_4(raw: bytes, text: str) -> None:
    assert base45_encode(raw) == text
    assert base45_decode(text) == raw


@given(st.binary(max_size=80))
def test_base45_gives_back_what_it_took(data: bytes) -> None:
    assert base45_decode(base45_encode(data)) == data


@pytest.mark.parametrize("text", ["GGW", ":::", "A", "BB8A", "bb8", "BB8ß", "::"])
def test_base45_refuses_what_it_never_makes(text: str) -> None:
    """``GGW`` is 65,536 (RFC 9285 section 6); a group of one; small letters."""
    with pytest.raises(CwtError):
        base45_decode(text)


@pytest.mark.parametrize(
    "wire",
    [
        "1801",  # 1 in two bytes
        "a2010101 02".replace(" ", ""),  # key twice
        "a2020101 01".replace(" ", ""),  # keys not in order
        "9f01ff",  # indefinite length
        "f93c00",  # floating point
        "c11a514b67b0",  # tag: a date
        "c249010000000000000000",  # tag: a big number
        "d818420102",  # tag 24
        "d9d9f701",  # self-described
        "0101",  # something behind it
        "f7",  # undefined
        "a1410101",  # key of bytes
        "81" * 20 + "01",  # deep
        "",
    ],
)
def test_cbor_in_any_other_form_is_refused(wire: str) -> None:
    with pytest.raises(CwtError):
        decode_cbor(bytes.fromhex(wire))


@given(st.binary(max_size=60))
def test_cbor_reads_or_refuses_anything(data: bytes) -> None:
    try:
        value = decode_cbor(data)
    except CwtError:
        return
    assert encode_cbor(value) == data


def test_another_implementation_reads_what_is_signed_here() -> None:
    """COSE_Sign1 and Base45 by this code, around the claims of the identity QR (claim 169), read by the Rust package."""
    payload = encode_cbor(
        {1: "https://issuer.example.cn", 4: 1_900_000_000, 169: {1: "id-1", 4: "Zhang Xiaoming"}}
    )
    signed = build_sign1({}, payload, ISSUER.sign)
    text = base45_encode(zlib.compress(signed))
    point = b"\x04" + ISSUER.jwk.x + ISSUER.jwk.y

    read = claim169.decode_with_ecdsa_p256(text, point)

    assert read.claim169.full_name == "Zhang Xiaoming"
    other = b"\x04" + STRANGER.jwk.x + STRANGER.jwk.y
    with pytest.raises(claim169.SignatureError):
        claim169.decode_with_ecdsa_p256(text, other)


def test_what_another_implementation_signs_is_verified_here() -> None:
    """A claim-169 code by the Rust package: Base45, COSE_Sign1 and signature hold here; its tag is taken off first."""
    subject = claim169.Claim169Input(id="id-1", full_name="Zhang Xiaoming")
    text = claim169.encode_with_ecdsa_p256(
        subject, claim169.CwtMetaInput(issuer="https://issuer.example.cn"), ISSUER.number.to_bytes(32, "big")
    )
    if isinstance(text, tuple | list):
        text = text[0]
    message = cbor2.loads(zlib.decompress(base45_decode(str(text))))
    parts = message.value if isinstance(message, cbor2.CBORTag) else message
    signed = parse_sign1(encode_cbor([parts[0], {}, parts[2], parts[3]]))

    verify_sign1(signed, ISSUER.public)
    with pytest.raises(CwtSignatureError):
        verify_sign1(signed, STRANGER.public)
    assert cbor2.loads(signed.payload)[1] == "https://issuer.example.cn"


def test_a_compact_licence_says_what_it_was_given() -> None:
    claims = compact_claims()
    parsed = parse_compact_licence(licence(claims))

    assert parsed.unverified == claims
    assert (
        verify_compact_licence(parsed, ISSUER.public).claims.vct
        == "urn:elicence:type:11100000000013338W901:1"
    )
    assert (
        replace(claims, valid_until=None)
        == parse_compact_licence(licence(replace(claims, valid_until=None))).unverified
    )


def test_a_compact_licence_by_another_key_is_refused() -> None:
    with pytest.raises(CwtSignatureError):
        verify_compact_licence(parse_compact_licence(licence()), STRANGER.public)


def test_a_compact_licence_with_another_algorithm_is_refused() -> None:
    """Header {1: -35} (ES384) over a signature of the right key → CwtAlgorithmError, whatever the header says."""
    header = parse_sign1(licence())
    protected = encode_cbor({**header.protected, 1: -35})
    signature = ISSUER.sign(signing_input(protected, header.payload, b""))
    altered = parse_compact_licence(encode_cbor([protected, {}, header.payload, signature]))
    with pytest.raises(CwtAlgorithmError):
        verify_compact_licence(altered, ISSUER.public)


@pytest.mark.parametrize(
    ("place", "value"),
    [(0, b"\x01"), (0, "text"), (1, 0), (2, ""), (3, 1000), (5, 20_301_301), (6, {0: "x"}), (6, [])],
)
def test_a_licence_with_a_wrong_part_is_no_licence(place: int, value: object) -> None:
    message = parse_sign1(licence())
    claims = decode_cbor(message.payload)
    claims[LICENCE_CLAIM][place] = value
    with pytest.raises(CwtError):
        parse_compact_licence(
            build_sign1(
                {k: v for k, v in message.protected.items() if k != 1}, encode_cbor(claims), ISSUER.sign
            )
        )


def test_a_key_off_the_curve_or_with_a_private_part_is_refused() -> None:
    good = {1: 2, -1: 1, -2: ISSUER.jwk.x, -3: True}
    assert parse_cose_key(good).x == ISSUER.jwk.x
    for bad in (
        {**good, -4: bytes(32)},
        {**good, -1: 8},
        {**good, -2: b"\xff" * 32},
        {**good, -3: bytes(32)},
    ):
        with pytest.raises(CwtError):
            parse_cose_key(bad)


def test_an_identity_number_is_not_in_a_code_and_a_companys_is() -> None:
    assert short_number("111", "990101199001010018") == "0018"
    assert short_number("001", "91330100MA00000000") == "91330100MA00000000"
    assert short_number("999", "Z000000001") == "0001"


@pytest.mark.parametrize(
    "licence_type", load_catalogue().versions(), ids=lambda one: f"{one.code}-{one.version}"
)
def test_no_sensitive_field_goes_into_the_compact_form(licence_type: LicenceType) -> None:
    """Every type: at most six fields, none of grade 4; what is packed comes back as it was."""
    fields = compact_fields(licence_type)
    assert 0 < len(fields) <= MAX_FIELDS
    assert all(field.grade is not Sensitivity.SENSITIVE for field in fields)
    claims = a_face(licence_type)
    unpacked = unpack_face(licence_type, pack_face(licence_type, claims))
    assert unpacked
    assert unpacked.items() <= claims.items()


def a_face(licence_type: LicenceType) -> dict[str, Any]:
    """A value for every field that goes into the compact form."""
    by_kind = {FieldKind.DATE: "2012-02-29", FieldKind.INTEGER: 5, FieldKind.DECIMAL: "89.50"}
    return {
        field.name: field.choices[-1].value if field.choices else by_kind.get(field.kind, "示例")
        for field in licence_type.fields
    }


def test_a_type_without_compact_fields_gets_its_first_short_ones() -> None:
    made = replace(load_catalogue().by_code("11100000000013338W901"), compact=None)
    assert [field.name for field in compact_fields(made)][:2] == ["sex", "nationality"]


def test_a_day_that_no_calendar_has_is_left_out() -> None:
    driving = load_catalogue().by_code("11100000000013338W901")
    place = next(field.order for field in driving.fields if field.name == "first_issue_date")
    assert unpack_face(driving, {place: 20_120_231}) == {}
    assert unpack_face(driving, {place: 20_120_229}) == {"first_issue_date": date(2012, 2, 29).isoformat()}
