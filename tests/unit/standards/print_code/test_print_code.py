"""The code on a printed licence: what it carries, that it fits, and that nothing of it can be changed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

import pytest

from issuer.demo.sample_library import sample_library
from issuer.documents.faces.drawing import value_on_face
from issuer.library.credential_claims import credential_claims
from standards.codes.licence_identifier import parse_licence_identifier
from standards.cwt import CwtAlgorithmError, CwtError, CwtSignatureError
from standards.cwt.base45 import base45_decode, base45_encode
from standards.cwt.cbor import decode_cbor, encode_cbor
from standards.cwt.cose import build_sign1
from standards.licence_types import FieldKind, load_catalogue
from standards.print_code import (
    PRINT_PREFIX,
    PrintClaims,
    build_print_code,
    digest_of,
    parse_print_code,
    verify_print_code,
)
from standards.print_code.code import MAX_VALUE_CHARS, PRINT_CLAIM
from standards.qr import build_qr
from standards.status_list import StatusReference
from tests.support.show_code_world import AT, CERTIFICATE, ISSUER, STRANGER

EACH = 12
CLAIMS = PrintClaims(
    identifier=parse_licence_identifier(
        "1.2.156.3005.2.11100000000013338W001.11330100MB00000014.000000001.001.X"
    ),
    type_version=1,
    document_id="jz-AbCdEfGhIjKlMnOpQrSt",
    purpose="办理不动产转移登记",
    recipient="成都市规划和自然资源局（示例）",
    digest=digest_of([("holder_name", "张小明")]),
    printed={1: "张小明", 2: "男", 3: "1988年5月12日"},
    issued_at=AT,
    expires_at=AT + timedelta(days=30),
    status=StatusReference("https://licence.hangzhou.gov.cn/status-lists/12", 4711),
    valid_until=date(2036, 1, 2),
)


def _build(claims: PrintClaims = CLAIMS) -> str:
    return build_print_code(claims, certificate=CERTIFICATE, sign=ISSUER.sign)


@pytest.mark.parametrize(
    "claims", [CLAIMS, replace(CLAIMS, purpose=None, recipient=None, expires_at=None, valid_until=None)]
)
def test_what_was_written_is_read(claims: PrintClaims) -> None:
    code = parse_print_code(f" {_build(claims)}\r\n")
    assert verify_print_code(code, ISSUER.public).claims == claims


def test_another_authoritys_key_does_not_verify_it() -> None:
    with pytest.raises(CwtSignatureError):
        verify_print_code(parse_print_code(_build()), STRANGER.public)


def test_no_byte_of_it_can_be_changed() -> None:
    """Each byte, one bit: either it is no code any more, or another thumbprint, or the signature says so."""
    original = base45_decode(_build().removeprefix(PRINT_PREFIX))
    for place in range(len(original)):
        changed = bytearray(original)
        changed[place] ^= 1
        try:
            code = parse_print_code(PRINT_PREFIX + base45_encode(bytes(changed)))
        except CwtError:
            continue
        with pytest.raises((CwtSignatureError, CwtAlgorithmError)):
            verify_print_code(code, ISSUER.public)


def test_values_that_do_not_fit_are_left_out_and_short_ones_go_first() -> None:
    printed = {1: "住" * 120, 2: "男", 3: "经" * (MAX_VALUE_CHARS + 1), 4: "汉", 5: "营" * 39, 6: ""}
    claims = replace(CLAIMS, printed=printed)
    text = _build(claims)
    carried = parse_print_code(text).unverified.printed
    assert carried == {place: printed[place] for place in carried}
    assert {2, 4, 5, 6} <= carried.keys()
    assert 3 not in carried
    assert list(carried) == sorted(carried)
    assert build_qr(text, mask=0).version <= 20


def test_a_long_purpose_still_is_read() -> None:
    claims = replace(CLAIMS, purpose="𠮷" * 60, recipient="𠮷" * 60)
    assert parse_print_code(_build(claims)).unverified.purpose == "𠮷" * 60


def test_no_text_ends_in_a_space() -> None:
    """One in 45 would, also of a signer that signs the same thing the same way."""
    for second in range(150):
        claims = replace(CLAIMS, issued_at=AT + timedelta(seconds=second))
        text = _build(claims)
        assert not text.endswith(" ")
        early = claims.issued_at - parse_print_code(text).unverified.issued_at
        assert timedelta() <= early < timedelta(seconds=5)


@pytest.mark.parametrize(
    "change",
    [
        {0: b""},
        {1: 0},
        {2: ""},
        {2: "x" * 65},
        {3: 7},
        {4: "a" * 201},
        {5: b"short"},
        {6: {1: 5}},
        {6: {0: "x"}},
        {6: {1: "x" * (MAX_VALUE_CHARS + 1)}},
        {6: []},
        {7: 20261301},
    ],
)
def test_what_has_not_its_form_is_refused_however_well_signed(change: dict[int, object]) -> None:
    """A signature of a known authority does not make a parser read anything."""
    message = parse_print_code(_build()).message
    payload = decode_cbor(message.payload)
    for place, value in change.items():
        payload[PRINT_CLAIM][place] = value
    header = {label: value for label, value in message.protected.items() if label != 1}
    made = build_sign1(header, encode_cbor(payload), ISSUER.sign)
    with pytest.raises(CwtError):
        parse_print_code(PRINT_PREFIX + base45_encode(made))


@pytest.mark.parametrize("text", ["", "ELD1:", "ELP1:BB8", "ELD1:" + "A" * 1300, "ELD1:你好"])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(CwtError):
        parse_print_code(text)


def test_every_type_fits_a_symbol_that_cheap_scanners_read() -> None:
    """Version 20 at most, level M, with a purpose and a recipient of ordinary length; prints a table (``pytest -s``)."""
    catalogue = load_catalogue()
    licences = sorted(sample_library(catalogue, AT).licences, key=lambda one: one.vct)
    table: dict[str, list[tuple[int, int, int, int]]] = defaultdict(list)
    for vct, of_type in groupby(licences, key=lambda one: one.vct):
        licence_type = catalogue.by_vct(vct)
        for licence in list(of_type)[:EACH]:
            claims = credential_claims(licence, licence_type, licence.holders[0])
            printed = [
                (field, value_on_face(field.name, licence_type, claims))
                for field in licence_type.fields
                if field.printed and field.kind is not FieldKind.IMAGE
            ]
            filled = {field.order: text for field, text in printed}
            text = _build(
                replace(
                    CLAIMS,
                    identifier=licence.identifier,
                    type_version=int(licence_type.version),
                    digest=digest_of((field.name, text) for field, text in printed),
                    printed=filled,
                )
            )
            symbol = build_qr(text, mask=0)
            assert (symbol.version <= 20, symbol.level) == (True, "M"), licence_type.name.zh
            carried = parse_print_code(text).unverified.printed
            table[licence_type.name.zh].append((len(text), symbol.version, len(carried), len(filled)))
            # Whose it is never is among what does not fit.
            name = licence_type.field("holder_name")
            assert (
                name is None or not name.printed or len(licence.holders[0].name) > 40 or name.order in carried
            )
    print()
    for name, rows in table.items():
        chars, versions, carried, filled = zip(*rows, strict=True)
        left_out = max(one - other for one, other in zip(filled, carried, strict=True))
        print(
            f"{name}: {max(chars)} characters, version {max(versions)}, at most {left_out} of {max(filled)} left out"
        )
