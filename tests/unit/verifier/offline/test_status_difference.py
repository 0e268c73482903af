"""Status lists by difference: the very same token comes out, whatever changed; what does not fit is refused."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from standards.status_list import ChunkedStatusList, StatusList, build_status_list_token
from tests.support.trust_world import AT, new_signer
from verifier.offline.errors import InvalidBundleError
from verifier.offline.status_difference import status_difference, status_from_difference

SIGNER = new_signer("issuer").with_chain((b"\x30\x00" * 300,))


def token(entries: StatusList, hours: int = 0, uri: str = "https://issuer.example/status-lists/1") -> str:
    return build_status_list_token(
        entries,
        uri=uri,
        issued_at=AT + timedelta(hours=hours),
        expires_at=AT + timedelta(hours=hours + 24),
        ttl=timedelta(seconds=1),
        certificate_chain=SIGNER.certificate_chain,
        sign=SIGNER.sign,
    )


def entries_of(size: int, revoked: int, seed: int = 1) -> ChunkedStatusList:
    entries = ChunkedStatusList(size)
    chosen = random.Random(seed).sample(range(size), revoked)
    for index in chosen:
        entries.set(index, 1)
    return entries


@pytest.mark.parametrize("changes", [{}, {0: 1}, {5: 2, 6: 3, 70_000: 1, 2**17 - 1: 1}])
def test_the_same_token_comes_out(changes: dict[int, int]) -> None:
    entries = entries_of(2**17, 1300)
    old = token(entries)
    for index, value in changes.items():
        entries.set(index, value)
    new = token(entries, hours=6)
    difference = status_difference(old, new)
    assert difference is not None
    assert status_from_difference(old, difference) == new
    assert len(difference) < 300 < len(new) / 10


def test_a_list_that_grew_and_a_status_that_was_taken_back() -> None:
    before, after = entries_of(2**14, 50), entries_of(2**15, 50)
    after.set(next(index for index in range(2**15) if after.get(index)), 0)
    old, new = token(before), token(after, hours=1)
    difference = status_difference(old, new)
    assert difference is not None
    assert status_from_difference(old, difference) == new


def test_what_another_compressor_made_goes_whole() -> None:
    """Plain zlib, as foreign publishers use it: it cannot be put together byte by byte, so no difference is made."""
    foreign = StatusList(2**15)
    foreign.set(3, 1)
    changed = StatusList(2**15)
    changed.set(4, 1)
    assert status_difference(token(foreign), token(changed)) is None
    assert status_difference(token(entries_of(2**15, 1)), token(entries_of(2**14, 1))) is None
    assert status_difference("no.token", token(foreign)) is None


def test_a_difference_to_another_list_gives_another_token_or_is_refused() -> None:
    entries = entries_of(2**14, 10)
    old = token(entries)
    entries.set(1, 2)
    new = token(entries, hours=1)
    difference = status_difference(old, new)
    assert difference is not None
    assert status_from_difference(token(entries_of(2**14, 10, seed=2)), difference) != new
    for broken in (b"", difference[:-5], b"x" * 50, difference + b"x"):
        with pytest.raises(InvalidBundleError):
            status_from_difference(old, broken)
    with pytest.raises(InvalidBundleError):
        status_from_difference("a.b", difference)
    with pytest.raises(InvalidBundleError):
        status_from_difference(token(entries_of(2**16, 1)), difference)
