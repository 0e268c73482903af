"""Licence identifiers in two thirds of their characters: a number to the base of the 37 characters that they have."""

from __future__ import annotations

from typing import Any, Final

from standards.codes.licence_identifier import (
    MAX_CHARS,
    ROOT,
    LicenceIdentifier,
    parse_licence_identifier,
)

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ."
_BASE: Final = len(_ALPHABET)
_VALUES: Final = {char: value for value, char in enumerate(_ALPHABET)}


def pack_identifier(identifier: LicenceIdentifier) -> bytes:
    """What follows the root ``1.2.156.3005.2.``, as digits behind a leading 1, the most significant first."""
    number = 1
    for char in str(identifier).removeprefix(f"{ROOT}."):
        number = number * _BASE + _VALUES[char]
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def unpack_identifier(data: Any) -> LicenceIdentifier:
    """The reverse; raises ``ValueError`` or ``InvalidLicenceIdentifierError``."""
    if not isinstance(data, bytes) or not 0 < len(data) <= MAX_CHARS or data[0] == 0:
        raise ValueError("not a packed identifier")
    number = int.from_bytes(data, "big")
    chars: list[str] = []
    while number >= _BASE:
        number, value = divmod(number, _BASE)
        chars.append(_ALPHABET[value])
    if number != 1:
        raise ValueError("not a packed identifier")
    return parse_licence_identifier(f"{ROOT}.{''.join(reversed(chars))}")
