"""The vectors that this code and the script of the phone both meet."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from standards.cwt import parse_compact_licence, verify_compact_licence
from standards.cwt.cbor import decode_cbor, encode_cbor
from standards.cwt.cose import signing_input
from standards.show_code import (
    ShortActing,
    ShortGrant,
    join_show_code,
    parse_sheet,
    parse_show_code,
    verify_sheet,
    verify_show_code,
)
from standards.show_code.envelope import open_text
from standards.show_code.redemption import sheet_name
from standards.status_list import StatusReference
from tests.support.show_code_world import (
    AT,
    HOLDER,
    ISSUER,
    PHONE,
    WALLET,
    FixedKey,
    code_text,
    delegation,
    licence,
    sheet_text,
)

AGENT = ShortActing(
    "agent", "李小红", "0026", ShortGrant("G1", True, StatusReference(f"{WALLET}/status-lists/3", 99))
)


def made() -> dict[str, Any]:
    """The vectors, as this code makes them."""
    return {
        "about": "Keys are of fixed small numbers: for tests only. Bytes are hexadecimal.",
        "at": int(AT.timestamp()),
        "keys": {
            name: {"private_number": key.number, "public": key.jwk.to_dict()}
            for name, key in (("issuer", ISSUER), ("holder", HOLDER), ("phone", PHONE))
        },
        "codes": [_code("the holder", None), _code("an agent", AGENT)],
        "sheet": _sheet(),
    }


def _code(who: str, acting: ShortActing | None) -> dict[str, Any]:
    text = code_text(acting=acting)
    whole, delegated, code = open_text("ELC1:", text, parts=3)
    protected, _, payload, _ = decode_cbor(code)
    return {
        "who": who,
        "licence": whole.hex(),
        "delegation": delegated.hex(),
        "delegation_digest": sha256(delegated).hexdigest(),
        "code_payload": payload.hex(),
        "code_signing_input": signing_input(protected, payload, sha256(delegated).digest()).hex(),
        "code": code.hex(),
        "code_id": parse_show_code(text).code_id,
        "text": text,
    }


def _sheet() -> dict[str, Any]:
    text = sheet_text()
    whole, permission = open_text("ELP1:", text, parts=2)
    return {
        "licence": whole.hex(),
        "permission": permission.hex(),
        "name": sheet_name(parse_sheet(text)),
        "text": text,
    }


def test_the_published_vectors_are_what_this_code_makes(vectors: Path) -> None:
    published = json.loads((vectors / "show_code" / "vectors.json").read_text("utf-8"))

    assert published == made()


def test_every_vector_verifies_from_its_bytes_alone(vectors: Path) -> None:
    published = json.loads((vectors / "show_code" / "vectors.json").read_text("utf-8"))
    for vector in published["codes"]:
        shown = parse_show_code(vector["text"])
        verified = verify_show_code(shown, holder_key=HOLDER.jwk, at=AT)

        assert verified.code_id == vector["code_id"]
        assert verify_compact_licence(shown.licence, ISSUER.public).claims.holder_name == "张小明"
        parts = [bytes.fromhex(vector[name]) for name in ("licence", "delegation", "code")]
        assert join_show_code(*parts) == vector["text"]
    sheet = parse_sheet(published["sheet"]["text"])
    assert verify_sheet(sheet, holder_key=HOLDER.jwk, at=AT).permission.items == ("330100-A-001",)


def test_a_code_of_the_phones_script_needs_no_more_than_four_byte_strings() -> None:
    """The phone's part is three constant prefixes, its instant, eight random bytes and a signature."""
    whole, delegated = licence(), delegation()
    payload = bytes.fromhex("821a") + int(AT.timestamp()).to_bytes(4, "big") + b"\x48" + bytes(8)
    signed = FixedKey(PHONE.number).sign(
        b"\x84\x6aSignature1\x43\xa1\x01\x26\x58\x20"
        + sha256(delegated).digest()
        + bytes([0x40 + len(payload)])
        + payload
    )
    code = b"\x84\x43\xa1\x01\x26\xa0" + bytes([0x40 + len(payload)]) + payload + b"\x58\x40" + signed

    shown = parse_show_code(join_show_code(whole, delegated, code))

    assert verify_show_code(shown, holder_key=HOLDER.jwk, at=AT).made_at == AT
    assert encode_cbor(decode_cbor(code)) == code
    assert parse_compact_licence(whole).unverified.status.index == 123_456
