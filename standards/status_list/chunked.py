"""A list that is published again and again: only the pieces that changed are compressed anew.

The bytes are cut into chunks of 8 KB. Each is compressed by itself and ended by a full flush (RFC 1950, RFC 1951:
an empty stored block, with the window forgotten), so the pieces stand side by side as one valid zlib stream whatever
happens to any of them.
"""

from __future__ import annotations

import zlib
from struct import pack
from typing import Final

from standards.status_list.bits import StatusList

CHUNK_BYTES: Final = 8 * 1024
"""Length of a chunk before compression: 2^15 entries of 2 bits."""

_HEADER: Final = b"\x78\x9c"  # deflate, window of 32 KB, default level (RFC 1950 section 2.2)
_LAST_BLOCK: Final = b"\x03\x00"  # an empty final block with fixed codes (RFC 1951 section 3.2.6)
_RAW: Final = -15
_LEVEL: Final = 6


class ChunkedStatusList(StatusList):
    """Like ``StatusList``; remembers its compressed chunks between calls of ``compress``. Not safe for threads."""

    __slots__ = ("_chunks",)

    def __init__(self, size: int, *, bits: int = 2) -> None:
        super().__init__(size, bits=bits)
        self._chunks: list[bytes | None] = [None] * -(-len(self._data) // CHUNK_BYTES)

    @classmethod
    def of_list(cls, entries: StatusList) -> ChunkedStatusList:
        """The same entries, to be changed and published again."""
        chunked = cls(len(entries), bits=entries.bits)
        chunked._data[:] = entries.to_bytes()
        return chunked

    def set(self, index: int, value: int) -> None:
        """Puts ``value`` at ``index``; raises ``StatusIndexError`` beyond the list."""
        if self.get(index) != value:
            super().set(index, value)
            self._chunks[index // self._per_byte // CHUNK_BYTES] = None

    def compress(self, level: int = _LEVEL) -> bytes:
        """The list as one zlib stream (RFC 1950); chunks that did not change since the last call are not touched."""
        parts = [_HEADER]
        unset: bytes | None = None
        for number, chunk in enumerate(self._chunks):
            kept = chunk
            if kept is None:
                plain = self._data[number * CHUNK_BYTES : (number + 1) * CHUNK_BYTES]
                if len(plain) == CHUNK_BYTES and not any(plain):
                    # Most chunks of a young list are all alike.
                    unset = unset or _compressed(bytes(plain), level)
                    kept = unset
                else:
                    kept = _compressed(bytes(plain), level)
                self._chunks[number] = kept
            parts.append(kept)
        parts += (_LAST_BLOCK, pack(">I", zlib.adler32(self._data)))
        return b"".join(parts)


def _compressed(plain: bytes, level: int) -> bytes:
    deflate = zlib.compressobj(level, zlib.DEFLATED, _RAW)
    return deflate.compress(plain) + deflate.flush(zlib.Z_FULL_FLUSH)
