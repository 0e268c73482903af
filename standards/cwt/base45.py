"""Base45 (RFC 9285): bytes as the 45 characters that a QR symbol packs most densely."""

from __future__ import annotations

from typing import Final

from standards.cwt.errors import CwtError

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES: Final = {char: value for value, char in enumerate(ALPHABET)}


def base45_encode(data: bytes) -> str:
    """Three characters for each two bytes, two for a last single one."""
    chars: list[str] = []
    for start in range(0, len(data) - 1, 2):
        rest, low = divmod(data[start] * 256 + data[start + 1], 45)
        high, middle = divmod(rest, 45)
        chars += (ALPHABET[low], ALPHABET[middle], ALPHABET[high])
    if len(data) % 2:
        high, low = divmod(data[-1], 45)
        chars += (ALPHABET[low], ALPHABET[high])
    return "".join(chars)


def base45_decode(text: str) -> bytes:
    """The bytes behind ``text``; raises ``CwtError`` for anything that ``base45_encode`` does not make."""
    try:
        values = [_VALUES[char] for char in text]
    except KeyError as cause:
        raise _invalid() from cause
    decoded = bytearray()
    for start in range(0, len(values), 3):
        group = values[start : start + 3]
        if len(group) == 1:
            raise _invalid()
        number = sum(value * 45**place for place, value in enumerate(group))
        size = len(group) - 1
        if number >= 256**size:
            raise _invalid()
        decoded += number.to_bytes(size, "big")
    return bytes(decoded)


def _invalid() -> CwtError:
    return CwtError("二维码内容不完整或有误。", "The content of the code is incomplete or damaged.")
