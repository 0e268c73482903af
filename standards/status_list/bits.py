"""The list itself: 1, 2, 4 or 8 bits an entry, least significant bits first, zlib (Token Status List section 4).

The W3C Bitstring Status List is the opposite in both respects (GZIP, most significant bit first).
"""

from __future__ import annotations

import zlib
from typing import Final

from standards.status_list.errors import StatusIndexError, StatusListError, StatusListTooLargeError

ENTRY_BITS: Final = frozenset({1, 2, 4, 8})
"""Sizes that an entry may have (section 4.1)."""

MAX_LIST_BYTES: Final = 4 * 1024 * 1024
"""Largest decompressed list that is read unless the caller says otherwise: 2^24 entries of 2 bits."""


class StatusList:
    """Entries of ``bits`` bits each, all 0 at first.

    The entries fill whole bytes, so a list may have up to seven entries more than were asked for.
    """

    __slots__ = ("_data", "_mask", "_per_byte", "bits")

    def __init__(self, size: int, *, bits: int = 2) -> None:
        if bits not in ENTRY_BITS:
            raise StatusListError(
                "状态位数应为 1、2、4 或 8。", "An entry has 1, 2, 4 or 8 bits.", where="/bits"
            )
        if size < 1:
            raise StatusListError("状态列表不得为空。", "A status list has at least one entry.")
        self.bits = bits
        self._per_byte = 8 // bits
        self._mask = (1 << bits) - 1
        self._data = bytearray(-(-size // self._per_byte))

    @classmethod
    def of_bytes(cls, data: bytes, *, bits: int) -> StatusList:
        """The list over decompressed bytes."""
        if not data:
            raise StatusListError("状态列表不得为空。", "A status list has at least one entry.")
        entries = cls(1, bits=bits)
        entries._data = bytearray(data)
        return entries

    def __len__(self) -> int:
        return len(self._data) * self._per_byte

    def get(self, index: int) -> int:
        """Value of the entry at ``index``; raises ``StatusIndexError`` beyond the list."""
        byte, shift = self._place(index)
        return (self._data[byte] >> shift) & self._mask

    def set(self, index: int, value: int) -> None:
        """Puts ``value`` at ``index``; raises ``StatusIndexError`` beyond the list."""
        if not 0 <= value <= self._mask:
            raise StatusListError("状态值超出位数。", f"The value does not fit into {self.bits} bits.")
        byte, shift = self._place(index)
        self._data[byte] = self._data[byte] & ~(self._mask << shift) & 0xFF | value << shift

    def to_bytes(self) -> bytes:
        """The bytes of the list, not compressed."""
        return bytes(self._data)

    def compress(self, level: int = 6) -> bytes:
        """The list as a zlib stream (RFC 1950)."""
        return zlib.compress(self._data, level)

    def _place(self, index: int) -> tuple[int, int]:
        if not 0 <= index < len(self):
            raise StatusIndexError("状态列表中没有该序号。", "The status list has no such index.")
        byte, entry = divmod(index, self._per_byte)
        return byte, entry * self.bits


def decompress(data: bytes, *, max_bytes: int = MAX_LIST_BYTES) -> bytes:
    """The bytes of a zlib stream, at most ``max_bytes``; never holds more than that in memory.

    Raises ``StatusListTooLargeError`` beyond the limit, ``StatusListError`` for a stream that is damaged, cut off or
    followed by something else.
    """
    stream = zlib.decompressobj()
    try:
        plain = stream.decompress(data, max_bytes + 1)
    except zlib.error as cause:
        raise StatusListError(
            "状态列表的压缩数据已损坏。", "The compressed status list is damaged."
        ) from cause
    if len(plain) > max_bytes:
        raise StatusListTooLargeError(
            f"状态列表解压后超过 {max_bytes} 字节。",
            f"The status list decompresses to more than {max_bytes} bytes.",
        )
    if not stream.eof or stream.unused_data:
        raise StatusListError(
            "状态列表的压缩数据不完整。", "The compressed status list is not one whole stream."
        )
    return plain
