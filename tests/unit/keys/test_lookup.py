"""Finding a holder by keyed hash."""

from __future__ import annotations

import pytest

from keys.master_key import MasterKey
from standards.errors import InvalidInputError

MASTER = MasterKey(b"m" * 32)
NUMBER = "990101198805120016"


def test_same_holder_same_value_and_no_number_in_it() -> None:
    key = MASTER.lookup_key()
    assert key.lookup("111", NUMBER) == key.lookup("111", NUMBER)
    assert NUMBER not in key.lookup("111", NUMBER)


def test_blanks_and_case_do_not_count() -> None:
    key = MASTER.lookup_key()
    assert key.lookup("111", " 99010119880512001x ") == key.lookup("111", "99010119880512001X")


def test_code_type_counts() -> None:
    """The same number under two code types: two holders."""
    key = MASTER.lookup_key()
    assert key.lookup("111", NUMBER) != key.lookup("999", NUMBER)


def test_purposes_do_not_match() -> None:
    """The same holder in two collections: the rows cannot be matched against each other."""
    staff, holder = MASTER.lookup_key(purpose="staff"), MASTER.lookup_key()
    assert staff.lookup("111", NUMBER) != holder.lookup("111", NUMBER)


def test_two_versions_are_live_during_rotation() -> None:
    old, new = MASTER.lookup_key(1), MASTER.lookup_key(2)
    assert new.candidates("111", NUMBER) == (new.lookup("111", NUMBER), old.lookup("111", NUMBER))
    assert new.is_current(new.lookup("111", NUMBER))
    assert not new.is_current(old.lookup("111", NUMBER))


def test_previous_master_key_is_live_during_rotation() -> None:
    rotating = MasterKey(b"n" * 32, (b"m" * 32,)).lookup_key()
    assert MASTER.lookup_key().lookup("111", NUMBER) in rotating.candidates("111", NUMBER)
    assert rotating.lookup("111", NUMBER) != MASTER.lookup_key().lookup("111", NUMBER)


@pytest.mark.parametrize(
    ("code_type", "number"), [("", "1"), ("1:1", "1"), ("111", ""), ("111", " "), ("111", "9" * 65)]
)
def test_what_is_no_holder(code_type: str, number: str) -> None:
    """A code type with a separator could make two holders one. Refused, as is a number that cannot be one."""
    with pytest.raises(InvalidInputError):
        MASTER.lookup_key().lookup(code_type, number)
