"""Base64url without padding (RFC 4648 section 5, RFC 7515 section 2), read strictly.

One byte string has one text: padding, white space, the standard alphabet and left-over bits are refused, so that a
signed or hashed text cannot be varied without changing what it means.
"""

from __future__ import annotations

import binascii
from typing import Final

from standards.jose.errors import JoseError

_TO_URL: Final = bytes.maketrans(b"+/", b"-_")
# What must not occur in the input is mapped to "!", which the strict decoder refuses.
_FROM_URL: Final = bytes.maketrans(b"-_+/=", b"+/!!!")
_PADDING: Final = (b"", b"", b"==", b"=")
# The last character carries 4 or 2 bits that belong to no byte; they are zero in the one canonical text.
_LAST_CHARACTERS: Final = (b"", b"", b"AQgw", b"AEIMQUYcgkosw048")


def b64url_encode(data: bytes) -> str:
    """``data`` as base64url text without padding."""
    return binascii.b2a_base64(data, newline=False).translate(_TO_URL).rstrip(b"=").decode("ascii")


def b64url_encode_bytes(data: bytes) -> bytes:
    """Like ``b64url_encode``, as ASCII bytes, for hashing and joining."""
    return binascii.b2a_base64(data, newline=False).translate(_TO_URL).rstrip(b"=")


def b64url_decode(text: str) -> bytes:
    """The bytes of canonical, unpadded base64url ``text``; raises ``JoseError`` on any other text."""
    try:
        return decode_ascii(text.encode("ascii"))
    except UnicodeEncodeError as cause:
        raise _not_base64url() from cause


def decode_ascii(raw: bytes) -> bytes:
    """Like ``b64url_decode`` over text that is already bytes."""
    left_over = len(raw) % 4
    if left_over and (left_over == 1 or raw[-1] not in _LAST_CHARACTERS[left_over]):
        raise _not_base64url()
    try:
        return binascii.a2b_base64(raw.translate(_FROM_URL) + _PADDING[left_over], strict_mode=True)
    except binascii.Error as cause:
        raise _not_base64url() from cause


def _not_base64url() -> JoseError:
    return JoseError("编码不是规范的 base64url。", "The encoding is not canonical base64url without padding.")
