"""What the form of a grant offers to choose from: types that ship, items and regions of the trust lists."""

from __future__ import annotations

from dataclasses import dataclass

from standards.licence_types import load_catalogue
from standards.text import Text
from wallet.node import WalletNode
from wallet.trust import TrustUnavailableError, region_name


@dataclass(frozen=True, slots=True)
class Choices:
    """Pairs of code and name."""

    licence_types: tuple[tuple[str, Text], ...]
    service_items: tuple[tuple[str, Text], ...]
    divisions: tuple[tuple[str, Text], ...]


def choices_of(node: WalletNode) -> Choices:
    """All choices; without trust lists there are no items and no regions to choose, and no limit by them."""
    types = {kind.code: kind.name for kind in load_catalogue()}
    try:
        entries = node.trust().listed_verifiers(node.clock.now())
    except TrustUnavailableError:
        entries = ()
    items = {item.code: item.name for entry in entries for item in entry.service_items}
    places = {code for entry in entries for code in (f"{entry.division[:2]}0000", entry.division)}
    return Choices(
        tuple(types.items()),
        tuple(sorted(items.items())),
        tuple((code, region_name(code)) for code in sorted(places)),
    )
