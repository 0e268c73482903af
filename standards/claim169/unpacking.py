"""From the text of an identity code to its COSE message: every layer bounded before it is opened."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Any, Final, Never

import cbor2

from standards.claim169.errors import Claim169EncryptedError, Claim169Error, Claim169TooLargeError
from standards.cwt.base45 import base45_decode
from standards.cwt.errors import CwtError

MAX_TEXT_CHARS: Final = 8 * 1024
"""Longest text read: twice what the largest QR symbol holds in alphanumeric mode."""

MAX_UNPACKED_BYTES: Final = 64 * 1024
"""Most bytes inflated: a face and two fingers fit many times over."""

MAX_DEPTH: Final = 8

_CWT, _SIGN1, _ENCRYPT0 = b"\xd8\x3d", b"\xd2", b"\xd0"
_MAX_ITEMS: Final = 200


def _refuse(*_: Any) -> Never:
    raise ValueError("tags are not part of this format")


# Every tag to which the decoder gives a meaning of its own: dates, big numbers, patterns, shared values, addresses.
_NO_TAGS: Final[Mapping[int, Callable[..., Any]]] = dict.fromkeys(
    (*range(6), *range(21, 38), 43, 52, 54, 100, 256, 258, 260, 261, 1004, 43000, 55799), _refuse
)


def unpack(text: str) -> bytes:
    """The COSE message without its tags; raises ``Claim169Error``."""
    if len(text) > MAX_TEXT_CHARS:
        raise Claim169TooLargeError("身份码过长。", "The identity code is too long.")
    try:
        packed = base45_decode(text)
    except CwtError as cause:
        raise Claim169Error(cause.message.zh, cause.message.en) from cause
    return _without_tags(_inflate(packed))


def _inflate(packed: bytes) -> bytes:
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(packed, MAX_UNPACKED_BYTES + 1)
    except zlib.error as cause:
        raise Claim169Error("身份码无法解压。", "The identity code cannot be unpacked.") from cause
    if len(content) > MAX_UNPACKED_BYTES:
        raise Claim169TooLargeError("身份码解压后过大。", "The identity code unpacks to too much.")
    if not stream.eof or stream.unused_data:
        raise Claim169Error(
            "身份码不完整，或后面还有内容。", "The identity code is incomplete, or followed by something."
        )
    return content


def _without_tags(message: bytes) -> bytes:
    """COSE tags 18, and 61 before it (RFC 8392 section 6), may be there or not."""
    inner = message.removeprefix(_CWT)
    if inner.startswith(_ENCRYPT0):
        raise Claim169EncryptedError(
            "身份码是加密的，这里没有密钥。", "The identity code is encrypted, and its key is not here."
        )
    return inner.removeprefix(_SIGN1)


def decode_item(data: bytes) -> Any:
    """The one CBOR item in ``data``, in any form that is not ambiguous; raises ``Claim169Error``."""
    try:
        value = cbor2.loads(
            data,
            tag_hook=_refuse,
            semantic_decoders=_NO_TAGS,
            max_depth=MAX_DEPTH,
            allow_duplicate_keys=False,
        )
    except (cbor2.CBORError, ValueError, TypeError, RecursionError, OverflowError, MemoryError) as cause:
        raise _malformed() from cause
    _check(value)
    return value


def _check(value: Any) -> None:
    members: Any = ()
    if isinstance(value, Mapping):
        if not all(type(key) in (int, str) for key in value):
            raise _malformed()
        members = value.values()
    elif isinstance(value, list | tuple):
        members = value
    if len(members) > _MAX_ITEMS:
        raise _malformed()
    for member in members:
        _check(member)


def _malformed() -> Claim169Error:
    return Claim169Error("身份码的内容格式不对。", "The content of the identity code does not have its form.")
