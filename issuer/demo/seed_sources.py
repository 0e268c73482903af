"""Seed step: source systems of the demo's principal authority, what they delivered, and where they disagree."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from issuer.demo.authorities import demo_authorities
from issuer.discrepancies.store import DiscrepancyStore
from issuer.library.licence import Licence
from issuer.library.lifecycle import ENDED
from issuer.library.standing import standing
from issuer.library.store import LicenceFilter
from issuer.node import IssuerNode, open_node
from issuer.sources.observation import Observation
from issuer.sources.observe import SourceDesk, observe
from issuer.sources.source import Source
from issuer.sources.store import SourceStore
from service.demo.seeding import SeedContext

_BUSINESS, _FOOD = "11100000MB0143028R001", "11100000MB0143028R901"
_DAY: Final = timedelta(days=1)

_MOVED: Final = "示例路 88 号 2 幢"
_DIFFERENT: Final = 5
"""Licences about which a source says something else."""
_NOT_CONFIRMED: Final = 9
"""Licences of which the daily source said nothing for long."""


def seed_sources(node: IssuerNode, at: datetime) -> int:
    """Register the sources and deliver; answers how many discrepancies are open. Repeating it changes nothing."""
    authority = demo_authorities()[0].uscc
    sources = (
        Source(
            authority,
            "market-registration",
            "市场主体登记系统（示例）",
            "market_regulation",
            "登记注册科，0571-0000 0001",
            _DAY,
            (_BUSINESS, _FOOD),
        ),
        Source(authority, "taxation", "税务登记信息（示例）", "taxation", "市税务局数据组", 7 * _DAY),
        Source(authority, "population", "人口基础信息库（示例）", "public_security", "", 30 * _DAY, (_FOOD,)),
    )
    if any(node.sources.find(authority, source.code) for source in sources):
        return 0
    for source in sources:
        node.sources.add(source)
    daily, weekly, _ = sources
    licences = [
        licence
        for type_code in (_BUSINESS, _FOOD)
        for licence in node.licences.list(authority, LicenceFilter(type_code), limit=500)
        if standing(licence, node.library.type_of(licence), at) not in ENDED
    ]
    desk = SourceDesk(node.library, node.current_licences, node.sources, node.discrepancies)
    confirmed = licences[: -_NOT_CONFIRMED or None]
    said = [
        _said(row, licence, "premises", _MOVED if row % 29 == 7 else None)
        for row, licence in enumerate(confirmed)
    ]
    observe(desk, daily, said, system=None, at=at - timedelta(hours=3))
    wrong = [
        _said(row, licence, "legal_representative", f"示例{licence.fields['legal_representative'][-1]}")
        for row, licence in enumerate(licences[3 : 3 + _DIFFERENT])
    ]
    observe(desk, weekly, wrong, system=None, at=at - 9 * _DAY)
    return sum(node.discrepancies.open_by_source(authority).values())


def seed_step(context: SeedContext) -> None:
    """Seed step "25-issuer-sources" (``service.demo.seeding``)."""
    node = open_node(context.settings, context.clock)
    SourceStore.ensure_indexes()
    DiscrepancyStore.ensure_indexes()
    found = seed_sources(node, context.clock.now())
    context.tell(f"数据来源与差异 · sources, with open discrepancies: {found}")


def _said(row: int, licence: Licence, field: str, value: str | None) -> Observation:
    return Observation(row, str(licence.identifier), {field: value or licence.fields[field]})
