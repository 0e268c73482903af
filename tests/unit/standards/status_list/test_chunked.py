"""The list that is compressed piece by piece: one valid zlib stream, the same bytes as the plain list."""

from __future__ import annotations

import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.status_list import ChunkedStatusList, StatusIndexError, StatusList
from standards.status_list.bits import decompress


@pytest.mark.parametrize("size", [1, 5, 2**15 - 1, 2**15, 2**15 + 1, 2**20])
@pytest.mark.parametrize("bits", [1, 2, 8])
def test_an_empty_list_is_the_plain_one(size: int, bits: int) -> None:
    chunked, plain = ChunkedStatusList(size, bits=bits), StatusList(size, bits=bits)
    assert decompress(chunked.compress(), max_bytes=2**21) == plain.to_bytes()
    assert zlib.decompress(chunked.compress()) == plain.to_bytes()


@given(st.lists(st.tuples(st.integers(0, 99_999), st.integers(0, 3)), max_size=40))
def test_it_says_what_the_plain_list_says_after_every_change(changes: list[tuple[int, int]]) -> None:
    chunked, plain = ChunkedStatusList(100_000), StatusList(100_000)
    for index, value in changes:
        chunked.set(index, value)
        plain.set(index, value)
        assert decompress(chunked.compress()) == plain.to_bytes()


def test_one_change_compresses_one_chunk() -> None:
    chunked = ChunkedStatusList(2**20)
    draw = random.Random(7)
    for index in draw.sample(range(2**20), 10_000):
        chunked.set(index, 1)
    chunked.compress()
    before = list(chunked._chunks)
    chunked.set(123_456, 2)
    chunked.set(123_457, chunked.get(123_457))  # the same value: no change
    assert [number for number, chunk in enumerate(chunked._chunks) if chunk is None] == [123_456 // 2**15]
    chunked.compress()
    assert sum(a is not b for a, b in zip(before, chunked._chunks, strict=True)) == 1


def test_an_index_beyond_the_list_is_refused() -> None:
    with pytest.raises(StatusIndexError):
        ChunkedStatusList(2**15).set(2**15, 1)
