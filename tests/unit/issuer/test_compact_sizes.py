"""How large the symbols are: every type's sample licences, shown by the holder, a representative and an agent.

Prints a table (``pytest -s``). Addresses and grant ids are as long as they are in life.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from itertools import groupby

from issuer.demo.sample_library import sample_library
from issuer.library.credential_claims import credential_claims
from issuer.library.licence import Licence
from standards.cwt import CompactClaims, build_compact_licence, short_number
from standards.cwt.face import pack_face
from standards.cwt.fitting import LICENCE_BYTES, fit_fields
from standards.licence_types import LicenceType, load_catalogue
from standards.qr import build_qr
from standards.show_code import (
    Delegation,
    ShortActing,
    ShortGrant,
    build_delegation,
    build_show_code,
    parse_show_code,
)
from standards.status_list import StatusReference
from tests.support.show_code_world import AT, HOLDER, ISSUER, PHONE

WALLET = "https://wallet.zj.gov.cn"
LIST = "https://licence.hangzhou.gov.cn/status-lists/12"
EACH = 12
"""Sample licences of each type."""

REPRESENTATIVE = ShortActing("legal_representative", "欧阳小红", "0026", None)
AGENT = ShortActing(
    "agent",
    "欧阳小红",
    "0026",
    ShortGrant("AbCdEfGhIjKlMnOpQrStUg", True, StatusReference(f"{WALLET}/status-lists/3", 999_999)),
)


def test_every_type_fits_a_symbol_that_cheap_scanners_read() -> None:
    """Holder and representative: version 20 at most, level M. An agent: version 20 at most, level M or L."""
    catalogue = load_catalogue()
    licences = sorted(sample_library(catalogue, AT).licences, key=lambda one: one.vct)
    table: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for vct, of_type in groupby(licences, key=lambda one: one.vct):
        licence_type = catalogue.by_vct(vct)
        for licence in list(of_type)[:EACH]:
            compact = _compact(licence, licence_type)
            table[licence_type.name.zh].append((len(compact), _chars(compact, None)))
            for acting in (None, REPRESENTATIVE):
                symbol = build_qr(_text(compact, acting), mask=0)
                assert (symbol.version <= 20, symbol.level) == (True, "M"), licence_type.name.zh
            assert build_qr(_text(compact, AGENT), mask=0).version <= 20
    print()
    for name, rows in table.items():
        largest = max(chars for _, chars in rows)
        print(f"{name}: CWT {max(size for size, _ in rows)} bytes, text {largest} characters")
    assert len(table) == len(catalogue)


def test_a_name_of_any_length_stays_whole_and_costs_fields() -> None:
    """A company with a name of 60 characters: the name is there, the fields are not, the symbol is larger."""
    catalogue = load_catalogue()
    licence = next(one for one in sample_library(catalogue, AT).licences if one.holders[0].code_type == "001")
    name = "示" * 60
    compact = _compact(licence, catalogue.by_vct(licence.vct), name=name)
    shown = parse_show_code(_text(compact, None)).licence.unverified

    assert shown.holder_name == name
    assert shown.fields == {}
    assert len(compact) > LICENCE_BYTES


def _compact(licence: Licence, licence_type: LicenceType, name: str | None = None) -> bytes:
    holder = licence.holders[0]
    claims = CompactClaims(
        licence.identifier,
        int(licence_type.version),
        name or holder.name,
        holder.code_type,
        short_number(holder.code_type, holder.number),
        licence.valid_until,
        pack_face(licence_type, credential_claims(licence, licence_type, holder)),
        AT,
        AT + timedelta(days=180),
        HOLDER.jwk,
        StatusReference(LIST, 999_999),
    )
    return build_compact_licence(fit_fields(claims), certificate=b"x", sign=ISSUER.sign)


def _text(compact: bytes, acting: ShortActing | None) -> str:
    value = Delegation(AT, AT + timedelta(hours=24), PHONE.jwk, WALLET, acting)
    delegation = build_delegation(value, compact, HOLDER.sign)
    return build_show_code(compact, delegation, made_at=AT, sign=PHONE.sign)


def _chars(compact: bytes, acting: ShortActing | None) -> int:
    return len(_text(compact, acting))
