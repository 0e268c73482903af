"""Sealing at rest: what opens, and all that does not."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.envelope import OVERHEAD_BYTES, Envelope, SealingKey
from keys.errors import SealedDataError

ENVELOPE = Envelope.from_data_key(b"k" * 32)


@given(st.binary(max_size=200), st.text(max_size=40))
def test_what_is_sealed_opens_in_its_place(plain: bytes, context: str) -> None:
    sealed = ENVELOPE.seal(plain, context)
    assert ENVELOPE.open(sealed, context) == plain
    assert len(sealed) == len(plain) + OVERHEAD_BYTES


@given(st.integers(min_value=0, max_value=OVERHEAD_BYTES + 3), st.integers(min_value=1, max_value=255))
def test_any_byte_altered(position: int, change: int) -> None:
    """A sealed text with one byte changed, at every place: format, key id, nonce, ciphertext, tag. Refused."""
    sealed = bytearray(ENVELOPE.seal(b"data", "row 1"))
    sealed[position] ^= change
    with pytest.raises(SealedDataError):
        ENVELOPE.open(bytes(sealed), "row 1")


@given(st.binary(max_size=80))
def test_any_bytes(garbage: bytes) -> None:
    """Bytes that nobody sealed. Refused with an error of ours."""
    with pytest.raises(SealedDataError):
        ENVELOPE.open(garbage, "row 1")


def test_moved_to_another_row() -> None:
    """The sealed number of row 1, copied into row 2. Refused: the context is authenticated."""
    with pytest.raises(SealedDataError):
        ENVELOPE.open(ENVELOPE.seal(b"data", "row 1"), "row 2")


def test_same_plaintext_seals_differently() -> None:
    assert ENVELOPE.seal(b"data", "row 1") != ENVELOPE.seal(b"data", "row 1")


def test_unknown_key_is_named() -> None:
    """Sealed under a key that is not loaded. Refused; the message names the key's id, which is no secret."""
    sealed = Envelope.from_data_key(b"x" * 32).seal(b"data", "row 1")
    with pytest.raises(SealedDataError, match=sealed[1:5].hex()):
        ENVELOPE.open(sealed, "row 1")


def test_data_key_wraps_and_unwraps() -> None:
    wrapped, inner = ENVELOPE.new_data_key("holding 7")
    sealed = inner.seal(b"credential", "copy 1")
    assert ENVELOPE.unwrap(wrapped, "holding 7").open(sealed, "copy 1") == b"credential"
    with pytest.raises(SealedDataError):
        ENVELOPE.unwrap(wrapped, "holding 8")


def test_data_key_does_not_open_as_data() -> None:
    """A wrapped data key offered where data belong, of the same context. Refused: it would come out in the open."""
    wrapped, _ = ENVELOPE.new_data_key("holding 7")
    with pytest.raises(SealedDataError):
        ENVELOPE.open(wrapped, "holding 7")


def test_reseal_moves_to_the_current_key() -> None:
    old, new = SealingKey.of(b"o" * 32), SealingKey.of(b"n" * 32)
    sealed = Envelope(old).seal(b"data", "row 1")
    both = Envelope(new, (old,))
    assert not both.is_current(sealed)
    moved = both.reseal(sealed, "row 1")
    assert Envelope(new).open(moved, "row 1") == b"data"
    assert both.reseal(moved, "row 1") is moved


def test_key_stays_inside() -> None:
    """Printing, pickling, copying an envelope. The key does not come out."""
    assert "6b6b6b" not in repr(ENVELOPE)
    for leak in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            leak(ENVELOPE)


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_wrong_key_size(size: int) -> None:
    with pytest.raises(SealedDataError):
        SealingKey.of(b"k" * size)
