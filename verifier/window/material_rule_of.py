"""An item's own rule as step 9 of a check."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from standards.verification_report import Finding
from verifier.checking.checked import CheckedLicence, MaterialRule
from verifier.items import ServiceItem, check_materials, issuer_facts
from verifier.items.conditions import Shown


def material_rule_of(item: ServiceItem | None, earlier: Shown | None = None) -> MaterialRule | None:
    """Step 9 for an item; ``None`` for a query of the department's own, where the step is neutral.

    Args:
        item: what was applied for.
        earlier: claims that the same case has from presentations before; what is shown now counts instead of them.
    """
    if item is None:
        return None

    def rule(licences: Mapping[str, tuple[CheckedLicence, ...]], at: datetime) -> tuple[Finding, ...]:
        now = {
            query: {**shown[0].claims, **issuer_facts(shown[0].issuer_uscc, shown[0].issuer_division)}
            for query, shown in licences.items()
            if shown
        }
        return check_materials(item, {**(earlier or {}), **now}, at)

    return rule
