"""Fills an item's form from claims: a pure function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from standards.text import Text
from verifier.items import FormField, ServiceItem


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value is from.

    Attributes:
        query: query id of the licence.
        claim: name of the claim.
        licence: name of the licence type.
        material: name of the material that the licence is for.
        value: what it says; personal data.
    """

    query: str
    claim: str
    licence: Text
    material: Text
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FilledField:
    """One field of the form.

    Attributes:
        asked: what is asked.
        value: what stands in it, or empty; personal data.
        sources: the licences that say something about it, the one that counts first.
        typed: whether somebody typed the value in.
    """

    asked: FormField
    value: str = field(repr=False)
    sources: tuple[Source, ...]
    typed: bool

    @property
    def locked(self) -> bool:
        """Whether a licence says it: nobody types it again (R12)."""
        return bool(self.sources)

    @property
    def conflict(self) -> bool:
        """Whether two licences say different things."""
        return len({source.value for source in self.sources}) > 1

    @property
    def open(self) -> bool:
        """Whether it has to be filled in and is not."""
        return self.asked.required and not self.value


@dataclass(frozen=True, slots=True)
class FilledForm:
    """The form of one case."""

    fields: tuple[FilledField, ...]

    @property
    def complete(self) -> bool:
        """Whether every required field has a value."""
        return not any(one.open for one in self.fields)

    @property
    def conflicts(self) -> tuple[FilledField, ...]:
        """Fields about which two licences disagree."""
        return tuple(one for one in self.fields if one.conflict)

    @property
    def saved(self) -> int:
        """How many fields nobody had to type."""
        return sum(1 for one in self.fields if one.locked)

    def to_json(self) -> dict[str, Any]:
        """The wire shape."""
        return {
            "complete": self.complete,
            "from_licences": self.saved,
            "fields": [_field_json(one) for one in self.fields],
        }


def fill_form(
    item: ServiceItem, claims: Mapping[str, Mapping[str, Any]], typed: Mapping[str, str]
) -> FilledForm:
    """The form with what is known.

    Args:
        item: whose form.
        claims: query id → claims of the licences that were shown and passed.
        typed: field id → what was typed in; counts only where no licence says it.
    """
    return FilledForm(tuple(_filled(item, one, claims, typed) for one in item.form))


def _filled(
    item: ServiceItem, one: FormField, claims: Mapping[str, Mapping[str, Any]], typed: Mapping[str, str]
) -> FilledField:
    sources = tuple(
        source
        for reference in one.sources
        if (source := _source(item, reference.query, reference.claim, claims)) is not None
    )
    if sources:
        return FilledField(one, sources[0].value, sources, typed=False)
    value = typed.get(one.id, "")
    return FilledField(one, value, (), typed=bool(value))


def _source(
    item: ServiceItem, query: str, claim: str, claims: Mapping[str, Mapping[str, Any]]
) -> Source | None:
    accepted, value = item.accepted(query), claims.get(query, {}).get(claim)
    if accepted is None or value is None or not str(value).strip():
        return None
    material = next(one for one in item.materials if accepted in one.accepts)
    return Source(query, claim, accepted.licence_type.name, material.name, str(value).strip())


def _field_json(one: FilledField) -> dict[str, Any]:
    return {
        "id": one.asked.id,
        "label": one.asked.label.to_json(),
        "kind": one.asked.kind.value,
        "required": one.asked.required,
        "value": one.value,
        "locked": one.locked,
        "conflict": one.conflict,
        "sources": [
            {
                "query": source.query,
                "claim": source.claim,
                "licence": source.licence.to_json(),
                "material": source.material.to_json(),
                "value": source.value,
            }
            for source in one.sources
        ],
    }
