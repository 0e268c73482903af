"""What a case reads of a service item beyond its materials."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from standards.dcql import DcqlQuery
from verifier.cases.case import Case, Slot, SlotState
from verifier.cases.working_days import DueDay, after_working_days
from verifier.items import Material, ServiceItem, Subject
from verifier.items.item_query import build_item_query

PEOPLE: Final = frozenset({Subject.APPLICANT, Subject.SPOUSE, Subject.CHILD, Subject.COMPANY})
"""Subjects that are one and the same in all materials of a case; things may have several holders."""


def version_of(item: ServiceItem) -> int:
    """The item's version; as a case keeps it."""
    return item.version


def supplement_days(material: Material) -> int | None:
    """Within how many working days a material may follow; ``None``: it may not."""
    return material.supplement_days


def has_result(item: ServiceItem) -> bool:
    """Whether there is something to hand over once the item is approved."""
    return item.delivery


def empty_slots(item: ServiceItem) -> dict[str, Slot]:
    """A slot for each material, all missing."""
    return {material.id: Slot() for material in item.materials}


def query_for(item: ServiceItem, materials: Iterable[str]) -> DcqlQuery | None:
    """The query that asks for some of the item's materials only; ``None`` when there is nothing to ask.

    A material that is asked for by itself has to be shown: the wallet was told, or the clerk saw, that it is there.
    """
    wanted = set(materials)
    some = tuple(material for material in item.materials if material.id in wanted)
    return build_item_query(replace(item, materials=some)) if some else None


def may_follow(item: ServiceItem, case: Case) -> tuple[Material, ...]:
    """The required materials that are missing and may follow later."""
    return tuple(
        material
        for material in item.materials
        if material.required
        and supplement_days(material) is not None
        and case.slots[material.id].state is SlotState.MISSING
    )


def due_days(item: ServiceItem, case: Case, today: date) -> Mapping[str, DueDay]:
    """Until when each material that is missing and may follow has to be there."""
    return {
        material.id: after_working_days(today, days)
        for material in may_follow(item, case)
        if (days := supplement_days(material)) is not None
    }


def excused(item: ServiceItem, case: Case, *, provisionally: bool) -> frozenset[str]:
    """Query ids of the materials whose absence from what was shown does not stand against acceptance."""
    on_paper = {material_id for material_id, slot in case.slots.items() if slot.state is SlotState.PAPER}
    follow = {material.id for material in may_follow(item, case)} if provisionally else set()
    return frozenset(
        material.accepts[0].query for material in item.materials if material.id in on_paper | follow
    )
