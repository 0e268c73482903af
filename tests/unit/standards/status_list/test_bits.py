"""Entries, their order of bits, and decompression under a limit."""

from __future__ import annotations

import contextlib
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.status_list import StatusIndexError, StatusList, StatusListError, StatusListTooLargeError
from standards.status_list.bits import decompress


def test_least_significant_bits_come_first() -> None:
    """Section 4.1: sixteen 1-bit entries give b9 a3; twelve 2-bit entries give c9 44 f9."""
    one = StatusList(16, bits=1)
    for index, value in enumerate([1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]):
        one.set(index, value)
    assert one.to_bytes() == bytes.fromhex("b9a3")
    two = StatusList(12)
    for index, value in enumerate([1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]):
        two.set(index, value)
    assert two.to_bytes() == bytes.fromhex("c944f9")


@given(st.sampled_from([1, 2, 4, 8]), st.data())
def test_setting_one_entry_leaves_the_others(bits: int, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.integers(0, (1 << bits) - 1), min_size=1, max_size=40))
    statuses = StatusList(len(values), bits=bits)
    order = data.draw(st.permutations(range(len(values))))
    for index in order:
        statuses.set(index, (1 << bits) - 1)
        statuses.set(index, values[index])
    again = StatusList.of_bytes(decompress(statuses.compress()), bits=bits)
    assert [again.get(index) for index in range(len(values))] == values


@pytest.mark.parametrize("index", [-1, 16, 2**40])
def test_index_out_of_range_is_an_error(index: int) -> None:
    """An index that the list does not have -> error, never "valid" (also not by Python's negative indexes)."""
    statuses = StatusList(16)
    with pytest.raises(StatusIndexError):
        statuses.get(index)
    with pytest.raises(StatusIndexError):
        statuses.set(index, 1)


@pytest.mark.parametrize(("size", "bits"), [(0, 2), (-1, 2), (8, 3), (8, 0), (8, 16)])
def test_impossible_list_is_refused(size: int, bits: int) -> None:
    with pytest.raises(StatusListError):
        StatusList(size, bits=bits)


@pytest.mark.parametrize("value", [-1, 4])
def test_value_beyond_the_bits_is_refused(value: int) -> None:
    with pytest.raises(StatusListError):
        StatusList(4).set(0, value)


def test_decompression_bomb_is_stopped_at_the_limit() -> None:
    """64 MiB of zeros in 64 KB -> refused; memory stays near the limit of 1 MiB."""
    bomb = zlib.compress(bytes(64 * 2**20), 9)
    tracemalloc.start()
    with pytest.raises(StatusListTooLargeError):
        decompress(bomb, max_bytes=2**20)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * 2**20


def test_a_list_of_exactly_the_limit_is_read() -> None:
    assert len(decompress(zlib.compress(bytes(1000)), max_bytes=1000)) == 1000
    with pytest.raises(StatusListTooLargeError):
        decompress(zlib.compress(bytes(1001)), max_bytes=1000)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x",
        zlib.compress(bytes(99))[:-1],  # cut off within its checksum
        zlib.compress(bytes(99))[:-5],
        zlib.compress(bytes(99)) + b"x",  # something follows
        zlib.compress(bytes(99)) * 2,
        zlib.compress(bytes(99))[:-1] + b"\x00",  # wrong checksum
        zlib.compress(bytes(99), wbits=31),  # GZIP, as the W3C list has it
        zlib.compress(bytes(99), wbits=-15),  # raw deflate
    ],
)
def test_what_is_no_whole_zlib_stream_is_refused(data: bytes) -> None:
    with pytest.raises(StatusListError):
        decompress(data)


@given(st.binary(max_size=60))
def test_any_bytes_are_bytes_or_a_status_list_error(data: bytes) -> None:
    with contextlib.suppress(StatusListError):
        decompress(b"\x78\x9c" + data, max_bytes=5000)
