"""CBOR in one deterministic form (RFC 8949 section 4.2.3: shorter keys first), without tags and floating-point numbers.

For the keys of these formats the order of section 4.2.1 is the same. What can be written in two ways could be signed
once and shown twice, so anything but the shortest form is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Never

import cbor2

from standards.cwt.errors import CwtError

MAX_BYTES: Final = 8 * 1024
"""Largest item read, in bytes: four times what a printed symbol of any size holds."""

MAX_DEPTH: Final = 8
"""Deepest nesting read."""

_SELF_DESCRIBED: Final = 55799


def _refuse(*_: Any) -> Never:
    raise ValueError("tags are not part of these formats")


# Every tag to which the decoder gives a meaning of its own: dates, big numbers, patterns, shared values, addresses.
_NO_TAGS: Final[Mapping[int, Callable[..., Any]]] = dict.fromkeys(
    (*range(6), *range(21, 38), 43, 52, 54, 100, 256, 258, 260, 261, 1004, 43000, _SELF_DESCRIBED), _refuse
)


def encode_cbor(value: Any) -> bytes:
    """Integers, texts, bytes, booleans, ``None``, lists and maps of them, in the deterministic form."""
    return cbor2.dumps(value, canonical=True)


def decode_cbor(data: bytes, *, max_bytes: int = MAX_BYTES) -> Any:
    """The one item in ``data``.

    Raises ``CwtError`` when it is too long or too deep, is followed by anything, has a tag, a floating-point number
    or a map key twice, or is not in the deterministic form.
    """
    if len(data) > max_bytes:
        raise CwtError(f"内容超过 {max_bytes} 字节。", f"The content is longer than {max_bytes} bytes.")
    try:
        value = cbor2.loads(
            data,
            tag_hook=_refuse,
            semantic_decoders=_NO_TAGS,
            max_depth=MAX_DEPTH,
            allow_indefinite=False,
            allow_duplicate_keys=False,
        )
        if not _is_plain(value) or encode_cbor(value) != data:
            raise _not_cbor()
    except (cbor2.CBORError, ValueError, TypeError, RecursionError, OverflowError) as cause:
        raise _not_cbor() from cause
    return value


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(type(key) in (int, str) for key in value) and all(map(_is_plain, value.values()))
    return value is None or type(value) in (bool, int, str, bytes)


def _not_cbor() -> CwtError:
    return CwtError("内容不是规范的 CBOR。", "The content is not CBOR in its deterministic form.")
