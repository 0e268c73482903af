"""What a window demands: as usual while its services answer, and as the item says while it is cut off (R10)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from service.status_feed import StatusFeed
from verifier.checking import VerificationPolicy
from verifier.items import ServiceItem

_USUAL: Final = VerificationPolicy()


def policy_of(
    item: ServiceItem | None, status: StatusFeed, usual: VerificationPolicy = _USUAL
) -> VerificationPolicy:
    """The limits that hold now.

    Args:
        item: what is applied for; without one the usual limits stay, and the ages are said.
        status: knows whether this node is cut off.
        usual: the limits while it is not.
    """
    return limits_cut_off(item, usual) if status.cut_off else usual


def limits_cut_off(item: ServiceItem | None, usual: VerificationPolicy = _USUAL) -> VerificationPolicy:
    """The limits at a window that is cut off."""
    if item is None:
        return replace(usual, offline=True)
    limits = item.offline
    return replace(
        usual,
        offline=True,
        status_list_max_age=limits.status_max_age,
        trust_list_max_age=limits.trust_max_age,
        redemption_required=usual.redemption_required or not limits.unredeemed,
    )
