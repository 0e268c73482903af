"""How far a grant reaches: which licence types, which service items, which regions, how many times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from standards.codes.division import InvalidDivisionError, parse_division
from standards.json_reader import Reader
from standards.mandate.errors import MandateError
from standards.mandate.refusal import GrantRefusal

MAX_ITEMS: Final = 64
"""Most entries of one kind: a grant travels with each show."""

MAX_USES: Final = 100_000
_MAX_CODE_CHARS: Final = 128
_MEMBERS: Final = frozenset({"licence_types", "service_items", "divisions", "uses"})


@dataclass(frozen=True, slots=True)
class Scope:
    """What a grant allows; ``None`` leaves that dimension open.

    Attributes:
        licence_types: codes of licence types.
        service_items: codes of service items.
        divisions: six-digit codes; a province covers its cities, a city its counties.
        uses: how many shows in all. Only the wallet can count them; the window reads the number.
    """

    licence_types: frozenset[str] | None = None
    service_items: frozenset[str] | None = None
    divisions: frozenset[str] | None = None
    uses: int | None = None

    def __post_init__(self) -> None:
        for name in ("licence_types", "service_items", "divisions"):
            listed = getattr(self, name)
            # An empty list would be a grant of nothing, which somebody might read as "everything".
            if listed is not None and not 0 < len(listed) <= MAX_ITEMS:
                raise MandateError(
                    f"每类授权范围应有 1 至 {MAX_ITEMS} 项。",
                    f"A limit of a grant names 1 to {MAX_ITEMS} entries.",
                    where=f"/scope/{name}",
                )
        if self.uses is not None and not 0 < self.uses <= MAX_USES:
            raise MandateError(
                f"使用次数应为 1 至 {MAX_USES}。",
                f"A number of uses is 1 to {MAX_USES}.",
                where="/scope/uses",
            )
        for code in self.divisions or ():
            _require_division(code)

    @property
    def is_full(self) -> bool:
        """Whether nothing is limited."""
        return (self.licence_types, self.service_items, self.divisions, self.uses) == (None, None, None, None)

    def refusal_of(
        self, type_code: str | None, item_code: str | None, division: str | None
    ) -> GrantRefusal | None:
        """Why a show lies outside; ``None`` when it lies inside.

        What is not known (``None``: a request without a service item, a verifier without a division) lies outside of
        every limit of its kind.
        """
        if self.licence_types is not None and type_code not in self.licence_types:
            return GrantRefusal.LICENCE_TYPE
        if self.service_items is not None and item_code not in self.service_items:
            return GrantRefusal.SERVICE_ITEM
        if self.divisions is not None and not _any_contains(self.divisions, division):
            return GrantRefusal.DIVISION
        return None

    def is_within(self, other: Scope) -> bool:
        """Whether this scope allows nothing that ``other`` does not."""
        return (
            _is_subset(self.licence_types, other.licence_types)
            and _is_subset(self.service_items, other.service_items)
            and (
                other.divisions is None
                or (
                    self.divisions is not None
                    and all(_any_contains(other.divisions, division) for division in self.divisions)
                )
            )
            and (other.uses is None or (self.uses is not None and self.uses <= other.uses))
        )

    def to_dict(self) -> dict[str, Any]:
        """Wire shape; what is open is absent, lists are sorted."""
        wire: dict[str, Any] = {}
        for name in ("licence_types", "service_items", "divisions"):
            listed = getattr(self, name)
            if listed is not None:
                wire[name] = sorted(listed)
        if self.uses is not None:
            wire["uses"] = self.uses
        return wire


def parse_scope(reader: Reader) -> Scope:
    """A scope from an untrusted object. A member that is not known is refused: it may be a limit."""
    reader.refuse_unknown(_MEMBERS)
    return Scope(
        _codes(reader, "licence_types"),
        _codes(reader, "service_items"),
        _codes(reader, "divisions"),
        reader.optional_integer("uses", minimum=1, maximum=MAX_USES),
    )


def _codes(reader: Reader, name: str) -> frozenset[str] | None:
    codes = reader.optional_texts(name, max_chars=_MAX_CODE_CHARS, min_items=1, max_items=MAX_ITEMS)
    return None if codes is None else frozenset(codes)


def _is_subset(inner: frozenset[str] | None, outer: frozenset[str] | None) -> bool:
    return outer is None or (inner is not None and inner <= outer)


def _any_contains(divisions: Iterable[str], division: str | None) -> bool:
    return division is not None and any(division.startswith(_significant(code)) for code in divisions)


def _significant(code: str) -> str:
    """The digits of a division's own level and above: ``33`` of Zhejiang, ``3301`` of Hangzhou."""
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def _require_division(code: str) -> None:
    try:
        known = parse_division(code).code
    except InvalidDivisionError as cause:
        raise MandateError(cause.message.zh, cause.message.en, where="/scope/divisions") from cause
    if known != code:
        raise MandateError(
            "行政区划代码应为 6 位数字。", "A division code has 6 digits.", where="/scope/divisions"
        )
