"""What the bytes of a file say by themselves, before any parser's opinion.

A signature in a PDF covers two stretches of bytes around its own value. Signature wrapping and universal forgery (Mladenov et al.,
2019) live on readers that believe what the file says about these stretches; incremental saving lives on bytes that belong to no
revision. So the stretches are held against the bytes here, strictly.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any, Final

from keys.pdf_check.facts import Changes, SealFacts

_HEX: Final = re.compile(rb"[0-9A-Fa-f]+")
_END: Final = re.compile(rb"startxref[\r\n ]+(\d{1,12})[\r\n ]+%%EOF(?:\r\n|\r|\n)?\Z")
_DIGESTS: Final = {32: "sha256", 48: "sha384", 64: "sha512"}
_EOF: Final = b"%%EOF"


class WrongStretchError(Exception):
    """A signature that does not cover what it should; the message is its code."""


def covered_bytes(pdf: bytes, byte_range: Any, contents: bytes) -> int:
    """How far a signature's bytes reach, when they are the file from its beginning but for the signature's own value.

    Args:
        pdf: the file.
        byte_range: as the file has it.
        contents: the signature's value as a parser read it, with its padding.

    Raises:
        WrongStretchError: anything else.
    """
    numbers = _numbers(byte_range)
    start, before, after, length = numbers
    end = after + length
    if start != 0 or before <= 0 or after <= before or length <= 0 or end > len(pdf):
        raise WrongStretchError("byte-range-wrong")
    gap = pdf[before:after]
    if gap[:1] != b"<" or gap[-1:] != b">" or not _HEX.fullmatch(gap, 1, len(gap) - 1):
        raise WrongStretchError("byte-range-leaves-room")
    digits = gap[1:-1]
    if len(digits) % 2 or bytes.fromhex(digits.decode("ascii")) != contents:
        raise WrongStretchError("byte-range-of-another-value")
    if not _END.search(pdf[max(0, end - 64) : end]):
        raise WrongStretchError("revision-not-whole")
    return end


def _numbers(byte_range: Any) -> tuple[int, int, int, int]:
    if not isinstance(byte_range, Sequence) or len(byte_range) != 4:
        raise WrongStretchError("byte-range-wrong")
    numbers = tuple(byte_range)
    if not all(isinstance(number, int) and not isinstance(number, bool) for number in numbers):
        raise WrongStretchError("byte-range-wrong")
    first, second, third, fourth = (int(number) for number in numbers)
    return first, second, third, fourth


def value_of(contents: bytes) -> bytes:
    """The DER value in a signature's padded bytes; raises ``WrongStretchError`` unless zeros follow and nothing else."""
    if len(contents) < 2 or contents[0] != 0x30:
        raise WrongStretchError("signature-empty")
    if contents[1] < 0x80:
        head, size = 2, contents[1]
    else:
        count = contents[1] & 0x7F
        if not 1 <= count <= 4 or len(contents) < 2 + count:
            raise WrongStretchError("signature-empty")
        head, size = 2 + count, int.from_bytes(contents[2 : 2 + count], "big")
    value, padding = contents[: head + size], contents[head + size :]
    if len(value) != head + size or padding.strip(b"\0"):
        raise WrongStretchError("signature-padded-with-data")
    return value


def is_as_said(pdf: bytes, seal: SealFacts) -> bool:
    """Whether the bytes bear out what a parser said of a signature that it found nothing wrong with.

    For what came from the process that reads: a parser that was overcome may say anything, but it cannot make bytes be signed.
    """
    before, after = seal.gap
    try:
        contents = bytes.fromhex(pdf[before + 1 : after - 1].decode("ascii"))
        covered = covered_bytes(pdf, (0, before, after, seal.covered - after), contents)
        value = value_of(contents)
    except (WrongStretchError, ValueError):
        return False
    name = _DIGESTS.get(len(seal.digest))
    if covered != seal.covered or value != seal.cms or (seal.digest and name is None):
        return False
    if name is not None:
        digest = hashlib.new(name, memoryview(pdf)[:before])
        digest.update(memoryview(pdf)[after:covered])
        if digest.digest() != seal.digest:
            return False
    return (covered == len(pdf)) == (seal.changes is Changes.NONE)


def oddities(pdf: bytes) -> tuple[str, ...]:
    """What is strange about the file as a whole."""
    found = []
    if not pdf.startswith(b"%PDF-"):
        found.append("bytes-before-header")
    tail = pdf[pdf.rfind(_EOF) + len(_EOF) :] if _EOF in pdf else pdf
    if tail not in {b"", b"\n", b"\r", b"\r\n"}:
        found.append("bytes-after-end")
    return tuple(found)
