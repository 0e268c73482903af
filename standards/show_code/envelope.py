"""The text of a code: a prefix that says what it is, then Base45 of a CBOR list of byte strings.

Digits, capital letters and `` $%*+-./:`` only: the alphanumeric mode of a QR symbol. No text ends in a space, so one that
a scanner, or a form, put behind or cut off does no harm.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from standards.cwt.base45 import base45_decode, base45_encode
from standards.cwt.cbor import decode_cbor, encode_cbor
from standards.cwt.errors import CwtError
from standards.show_code.errors import ShowCodeError

MAX_TEXT_CHARS: Final = 4296
"""Longest text read: what the largest QR symbol holds in alphanumeric mode (ISO/IEC 18004 table 7)."""

_BLANK: Final = " \t\r\n"


def seal_text(prefix: str, parts: Sequence[bytes]) -> str:
    """The text of these parts."""
    return prefix + base45_encode(encode_cbor(list(parts)))


def open_text(prefix: str, text: str, *, parts: int) -> list[bytes]:
    """The parts of a text that begins with ``prefix``; raises ``ShowCodeError``."""
    trimmed = text.strip(_BLANK)
    if not trimmed.startswith(prefix) or len(trimmed) > MAX_TEXT_CHARS:
        raise ShowCodeError("这不是亮证码。", "This is no show-licence code.")
    try:
        found = decode_cbor(base45_decode(trimmed.removeprefix(prefix)))
    except CwtError as cause:
        raise ShowCodeError(cause.message.zh, cause.message.en) from cause
    if (
        not isinstance(found, list)
        or len(found) != parts
        or not all(isinstance(part, bytes) for part in found)
    ):
        raise ShowCodeError("亮证码不完整。", "The code is incomplete.")
    return found
