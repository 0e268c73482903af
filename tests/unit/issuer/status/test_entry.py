"""A status entry packs into one number and comes back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from issuer.status.entry import LIST_CAPACITY, MAX_LIST_NUMBER, Entry, status_list_uri


@given(st.integers(0, MAX_LIST_NUMBER), st.integers(0, LIST_CAPACITY - 1))
def test_packing_is_unique_and_fits_the_store(number: int, index: int) -> None:
    entry = Entry(number, index)
    assert Entry.of_packed(entry.packed()) == entry
    assert entry.packed() < 2**63


def test_the_address_of_a_list() -> None:
    assert status_list_uri("https://issuer.example", 7) == "https://issuer.example/status-lists/7"
