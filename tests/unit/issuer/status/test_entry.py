"""Indexes as they are kept, the order in which they are given out, and the address of a list."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from issuer.status.entry import LIST_CAPACITY, pack_indexes, status_list_uri, unpack_indexes
from issuer.status.permutation import KEY_BYTES, IndexPermutation

_INDEXES = st.integers(0, LIST_CAPACITY - 1)


@given(st.lists(_INDEXES, max_size=50))
def test_indexes_come_back_as_they_were_kept(indexes: list[int]) -> None:
    packed = pack_indexes(indexes)
    assert len(packed) == 4 * len(indexes)
    assert unpack_indexes(packed) == tuple(indexes)


def test_indexes_are_kept_alike_on_every_machine() -> None:
    assert pack_indexes([1, 0x0102_03]) == b"\x01\x00\x00\x00\x03\x02\x01\x00"


@given(st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES), st.sets(_INDEXES, min_size=2, max_size=50))
def test_different_counters_have_different_indexes(key: bytes, counters: set[int]) -> None:
    index_of = IndexPermutation(key).index_of
    indexes = {index_of(counter) for counter in counters}
    assert len(indexes) == len(counters)
    assert all(0 <= index < LIST_CAPACITY for index in indexes)


def test_every_list_has_an_order_of_its_own() -> None:
    first, second = (IndexPermutation(bytes([byte]) * KEY_BYTES) for byte in (1, 2))
    alike = sum(first.index_of(counter) == second.index_of(counter) for counter in range(1000))
    assert alike < 5


def test_the_address_of_a_list() -> None:
    assert status_list_uri("https://issuer.example", 7) == "https://issuer.example/status-lists/7"
