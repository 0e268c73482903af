"""Reading entries of PDF dictionaries: pyHanko's own ``get`` answers references, this the values behind them."""

from __future__ import annotations

from typing import Any

from pyhanko.pdf_utils import generic


def entry(dictionary: generic.DictionaryObject, key: str) -> Any:
    """The value of an entry, or ``None``."""
    value = dictionary[key] if key in dictionary else None  # noqa: SIM401 - see above
    return None if isinstance(value, generic.NullObject) else value


def dictionary_at(dictionary: generic.DictionaryObject, key: str) -> generic.DictionaryObject | None:
    """The value of an entry when it is a dictionary."""
    value = entry(dictionary, key)
    return value if isinstance(value, generic.DictionaryObject) else None


def list_at(dictionary: generic.DictionaryObject, key: str, most: int) -> list[Any]:
    """The values of an array, references followed, at most so many; empty for anything else."""
    value = entry(dictionary, key)
    if not isinstance(value, generic.ArrayObject):
        return []
    return [
        one.get_object() if isinstance(one, generic.IndirectObject) else one  # type: ignore[no-untyped-call]
        for one in list(value)[:most]
    ]
