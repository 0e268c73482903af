from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.codes.licence_identifier import (
    CheckDialect,
    InvalidLicenceIdentifierError,
    build_licence_identifier,
    parse_licence_identifier,
)

WORKED = [
    ("11100000000013338W001", "11110000000021135M", "00000000000000000000000000000001", 1, "A"),
    ("11100000000013338W011", "11430000006122244L", "20230000403", 1, "U"),
    ("11100000000013338W009", "11330105002500287C", "2025052201", 2, "0"),
    ("11100000MB03271699022", "340100", "000000016", 1, "9"),
    ("11100000000013338W032", "11220000013544541J", "2430599", 1, "F"),
]


@pytest.mark.parametrize(("type_code", "authority", "serial", "version", "check"), WORKED)
def test_worked_cases(type_code, authority, serial, version, check):
    built = build_licence_identifier(type_code, authority, serial, version)
    assert built.check == check
    assert str(built) == f"1.2.156.3005.2.{type_code}.{authority}.{serial}.{version:03d}.{check}"
    assert parse_licence_identifier(str(built)) == built
    assert built.dialect is CheckDialect.STANDARD


def test_another_check_character_is_an_unknown_dialect_and_no_forgery():
    """Worked case 1 ending in B instead of A → read, dialect unknown; some provinces compute it otherwise."""
    read = parse_licence_identifier(
        "1.2.156.3005.2.11100000000013338W001.11110000000021135M.00000000000000000000000000000001.001.B"
    )
    assert read.dialect is CheckDialect.UNKNOWN


def test_an_unknown_dialect_is_never_issued():
    read = parse_licence_identifier("1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.8")
    assert read.next_version().dialect is CheckDialect.STANDARD


def test_versions_count_up_to_999():
    identifier = build_licence_identifier("11100000000013338W001", "340100", "1", 998)
    last = identifier.next_version()
    assert last.version == 999
    with pytest.raises(InvalidLicenceIdentifierError):
        last.next_version()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1.2.156.3005.2",
        "1.2.156.3005.3.11100000000013338W001.340100.1.001.A",
        "1.2.156.3005.2.11100000000013338W001.340100.1.000.A",
        "1.2.156.3005.2.11100000000013338W001.34010.1.001.A",
        "1.2.156.3005.2.11100000000013338W001.340100..001.A",
        "1.2.156.3005.2.11100000000013338w001.340100.1.001.A",
        "1.2.156.3005.2.11100000000013338W001.340100.1.001.A\n",
        "1.2.156.3005.2.11100000000013338W001.340100." + "1" * 200 + ".001.A",
    ],
)
def test_other_forms_are_refused(text):
    with pytest.raises(InvalidLicenceIdentifierError):
        parse_licence_identifier(text)


@given(
    st.text()
    | st.from_regex(r"1\.2\.156\.3005\.2\.[0-9A-Z]{21}\.[0-9]{6}\.[0-9A-Z]{1,80}\.[0-9]{3}\.[0-9A-Z]")
)
def test_any_text_answers_with_a_value_or_its_own_error(text):
    with contextlib.suppress(InvalidLicenceIdentifierError):
        assert str(parse_licence_identifier(text)) == text


@given(st.from_regex(r"[0-9A-Z]{1,64}", fullmatch=True), st.integers(1, 999))
def test_every_changed_serial_character_changes_the_verdict(serial, version):
    identifier = build_licence_identifier("11100000000013338W001", "11110000000021135M", serial, version)
    other = "1" if serial[0] != "1" else "2"
    changed = replace(identifier, serial=other + serial[1:])
    assert parse_licence_identifier(str(changed)).dialect is CheckDialect.UNKNOWN
