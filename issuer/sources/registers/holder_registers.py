"""Asks the connected registers, many holders at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Final, Protocol

from issuer.library.licence import Holder

BATCH: Final = 500
"""Most numbers in one question to a register."""


class HolderRegister(Protocol):
    """One register, asked for numbers of the kind that it keeps."""

    def known(self, code_type: str, numbers: Collection[str]) -> frozenset[str]:
        """Those of ``numbers`` (at most ``BATCH``) that the register has.

        Raises:
            RegisterUnavailableError: it gave no usable answer.
        """


class HolderRegisters:
    """The connected registers, by the type of number for which each answers."""

    def __init__(self, registers: Mapping[str, HolderRegister]) -> None:
        self._registers = dict(registers)

    @property
    def code_types(self) -> frozenset[str]:
        """Types of numbers that can be checked; empty when no register is connected."""
        return frozenset(self._registers)

    def missing(self, holders: Iterable[Holder]) -> frozenset[tuple[str, str]]:
        """(code type, number) of the holders that their register does not have.

        A holder whose type of number no connected register keeps is not missing. Ask for a whole chunk of rows at once.

        Raises:
            RegisterUnavailableError: a register gave no usable answer.
        """
        asked: dict[str, set[str]] = defaultdict(set)
        for holder in holders:
            if holder.code_type in self._registers:
                asked[holder.code_type].add(holder.number)
        missing: set[tuple[str, str]] = set()
        for code_type, numbers in asked.items():
            listed = sorted(numbers)
            for start in range(0, len(listed), BATCH):
                batch = listed[start : start + BATCH]
                found = self._registers[code_type].known(code_type, batch)
                missing.update((code_type, number) for number in batch if number not in found)
        return frozenset(missing)
