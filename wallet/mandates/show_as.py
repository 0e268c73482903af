"""Use case: show a licence for somebody: whether the right carries it, the count of its uses, the proof for others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, cast

from standards.mandate import Acting, GrantRefusal, Party, build_grant
from standards.mandate import Capacity as ShownCapacity
from standards.sd_jwt import parse_sd_jwt
from standards.sd_jwt_vc import select_disclosures
from standards.text import Text
from wallet.accounts.account import Holder
from wallet.accounts.acting import Capacity, Deed
from wallet.holdings.holding import Holding
from wallet.holdings.sealing import OpenedCopy, open_copy
from wallet.mandates.errors import GrantRefusedError, RootLicenceMissingError
from wallet.mandates.open_right import current_root
from wallet.mandates.right import Right, SignedGrant
from wallet.mandates.root_licence import disclosed_by_root
from wallet.node import WalletNode

_BY_GRANT: Final = frozenset({Capacity.MANAGER, Capacity.AGENT, Capacity.RELATIVE})


@dataclass(frozen=True, slots=True)
class Occasion:
    """At what a licence is shown.

    Attributes:
        item_code: code of the service item, or ``None`` without one.
        division: of the verifier, or ``None`` when not known.
        at: the instant.
    """

    item_code: str | None
    division: str | None
    at: datetime


def refusal(holder: Holder, type_code: str | None, occasion: Occasion) -> GrantRefusal | None:
    """Why the right of who acts does not carry a show; the rule that the window applies too."""
    for grant in (holder.acting.grant, holder.acting.above):
        if grant is not None:
            refused = grant.covers(type_code, occasion.item_code, occasion.division, occasion.at)
            if refused is not None:
                return refused
    return None


def require_covered(
    holder: Holder, type_code: str | None, occasion: Occasion, licence: Text | None = None
) -> None:
    """Raises ``DeedNotAllowedError`` or ``GrantRefusedError`` when who acts may not show this, here, now."""
    holder.require(Deed.SHOW)
    refused = refusal(holder, type_code, occasion)
    if refused is not None:
        raise GrantRefusedError(refused, licence)


def take_use(node: WalletNode, holder: Holder) -> bool:
    """Count a show before anything is sent (one durable write; none where uses are not limited).

    Returns whether one was taken, to be given back if nothing was sent.

    Raises:
        GrantRefusedError: no use is left, or the right has ended meanwhile.
    """
    grant = holder.acting.grant
    if grant is None or grant.scope.uses is None:
        return False
    if not node.rights.take_use(holder.account_id, grant.id):
        raise GrantRefusedError(None)
    return True


def take_uses(node: WalletNode, keepers: Iterable[Holder]) -> Sequence[Holder]:
    """One use of each keeper's right, all or none; those that were counted. Raises as :func:`take_use`."""
    counted: list[Holder] = []
    try:
        for keeper in keepers:
            if take_use(node, keeper):
                counted.append(keeper)  # noqa: PERF401 -- what was counted before a refusal is given back
    except GrantRefusedError:
        give_back_uses(node, counted)
        raise
    return counted


def give_back_uses(node: WalletNode, counted: Iterable[Holder]) -> None:
    """Nothing was sent after :func:`take_uses`."""
    for keeper in counted:
        give_back_use(node, keeper)


def give_back_use(node: WalletNode, holder: Holder) -> None:
    """Nothing was sent: the use that was taken is there again (one durable write)."""
    if holder.acting.grant is not None:
        node.rights.give_back_use(holder.account_id, holder.acting.grant.id)


def acting_of(node: WalletNode, holder: Holder) -> Acting | None:
    """The statement for the key binding, with all that others need to check it; ``None`` for who shows his own.

    The grants are signed by the copy of the root licence that goes along. When that copy is gone (a newer version came),
    another one signs the same terms, once (one durable write for each grant).

    Raises:
        RootLicenceMissingError: the wallet has no licence that speaks for the holder.
    """
    acting = holder.acting
    if acting.is_self or acting.right_id is None:
        return None
    root = current_root(node, holder)
    if root is None:
        raise RootLicenceMissingError
    copy = mandate_copy(node, holder, root)
    person = holder.person
    shown = select_disclosures(
        parse_sd_jwt(copy.credential), disclosed_by_root(root.face, acting.capacity, person.number)
    )
    grants = []
    if acting.capacity in _BY_GRANT:
        ids = [one.id for one in (acting.grant, acting.above) if one is not None]
        grants = [_signed(node, holder, right_id, copy) for right_id in ids]
    return Acting(
        capacity=cast("ShownCapacity", acting.capacity.value),
        person=Party(person.code_type, person.number, person.name),
        grants=tuple(grants),
        root=shown,
    )


def mandate_copy(node: WalletNode, holder: Holder, root: Holding) -> OpenedCopy:
    """The copy of the root licence that signs grants and goes along with them: the last one, kept for that.

    It counts as seen from then on, so that it is shown as a licence only when the unseen ones are used up.
    """
    copy = root.copies[-1]
    if copy.used_at is None:
        node.holdings.mark_used(holder, root.holding_id, copy.copy_id, node.clock.now())
    return open_copy(holder, copy)


def sign_right(right: Right, copy: OpenedCopy) -> Right:
    """The right with its terms signed by a copy of the root licence."""
    return replace(right, signed=SignedGrant(build_grant(right.grant(), copy.signer.sign), copy.copy_id))


def _signed(node: WalletNode, holder: Holder, right_id: str, copy: OpenedCopy) -> str:
    sealed = node.rights.get(holder.account_id, right_id)
    right = None if sealed is None else sealed.open(holder.envelope)
    if right is None or right.terms is None:
        raise GrantRefusedError(GrantRefusal.MISSING)
    if right.signed is None or right.signed.copy_id != copy.copy_id:
        right = sign_right(right, copy)
        node.rights.keep_signed(right, holder.envelope)
    return right.signed.text if right.signed is not None else ""
