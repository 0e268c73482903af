"""Use case: the holder's keys let one phone make codes for a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast

from standards.jose import PublicJwk, b64url_encode
from standards.mandate import Grant
from standards.mandate.acting import Capacity
from standards.show_code import (
    MAX_LIFETIME,
    Delegation,
    ShortActing,
    ShortGrant,
    build_delegation,
    parse_delegation,
)
from standards.text import Text
from wallet.accounts.account import Holder
from wallet.accounts.acting import Deed
from wallet.history.entry import Entry, EntryKind, new_entry_id
from wallet.node import WalletNode
from wallet.showing.compact_copy import open_compact
from wallet.showing.delegated import Delegated
from wallet.showing.errors import NothingToShowError
from wallet.showing.show_state import ShownLicence, show_state
from wallet.showing.store import as_kept

MAX_LICENCES: Final = 100
ONE_CODE: Final = timedelta(minutes=2)
_NUMBER_END: Final = 4


@dataclass(frozen=True, slots=True)
class PhoneDelegation:
    """What a phone gets for one licence.

    Attributes:
        holding_id: the licence.
        copy_id: the compact copy; another one means that the phone must ask again.
        licence: the compact licence, COSE_Sign1 bytes.
        delegation: signed by that copy's key for this phone.
        expires_at: when the phone must have asked again.
    """

    holding_id: str
    copy_id: str
    licence: bytes
    delegation: bytes
    expires_at: datetime


def make_delegations(
    node: WalletNode,
    holder: Holder,
    phone_key: PublicJwk,
    wanted: Sequence[str],
    *,
    own: Holder,
    session: str,
    once: bool = False,
) -> tuple[PhoneDelegation, ...]:
    """Delegate licences to a phone (three durable writes and a line in the log, however many licences).

    Args:
        node: stores and clock.
        holder: whose wallet, and who acts.
        phone_key: public key of the phone; its private half never leaves it.
        wanted: holding ids; those that cannot be shown by code are left out.
        own: the person who holds the phone, in their own wallet.
        session: reference of the session; signing out withdraws what it had delegated.
        once: for a single code, made at the server: two minutes are enough, and its use is line enough in the log.

    Raises:
        DeedNotAllowedError: the person may not show licences of this wallet.
        NothingToShowError: none of them can be shown by code.
    """
    holder.require(Deed.SHOW)
    now = as_kept(node.clock.now())
    at = now.replace(microsecond=0)
    chosen = [one for one in show_state(node, holder) if one.holding_id in set(wanted) and one.can_show]
    if not chosen:
        raise NothingToShowError
    lifetime = ONE_CODE if once else MAX_LIFETIME
    made = [_delegate(node, holder, one, phone_key, at=at, lifetime=lifetime) for one in chosen]
    rows, phone = [_row(holder, one, own, session) for one in made], phone_key.thumbprint()
    node.delegations.add(rows, phone, now)
    node.compact_copies.mark_delegated(holder, [one.copy_id for one in made], at)
    if not once and not node.delegations.was_told(rows, phone, now):
        node.use_log.append(holder, _entry(holder, chosen, at))
    return tuple(made)


def short_acting(holder: Holder) -> ShortActing | None:
    """Who shows the code, when it is not the holder of the licence."""
    acting = holder.acting
    if acting.is_self:
        return None
    person = holder.person
    grant = None if acting.grant is None else _short_grant(acting.grant)
    capacity = cast("Capacity", acting.capacity.value)
    return ShortActing(capacity, person.name, person.number[-_NUMBER_END:], grant)


def _short_grant(grant: Grant) -> ShortGrant:
    return ShortGrant(grant.id, not grant.scope.is_full, grant.status)


def _delegate(
    node: WalletNode,
    holder: Holder,
    shown: ShownLicence,
    phone_key: PublicJwk,
    *,
    at: datetime,
    lifetime: timedelta,
) -> PhoneDelegation:
    assert shown.copy is not None
    copy = open_compact(holder, shown.copy)
    ends = min(at + lifetime, shown.copy.expires_at.replace(microsecond=0))
    if holder.acting.grant is not None:
        ends = min(ends, holder.acting.grant.expires_at)
    delegation = Delegation(
        not_before=at,
        expires_at=ends,
        phone_key=phone_key,
        wallet_url=node.settings.wallet_url.rstrip("/"),
        acting=short_acting(holder),
    )
    signed = build_delegation(delegation, copy.data, copy.signer.sign)
    return PhoneDelegation(shown.holding_id, copy.copy_id, copy.data, signed, ends)


def _row(holder: Holder, made: PhoneDelegation, own: Holder, session: str) -> Delegated:
    digest = b64url_encode(parse_delegation(made.delegation).digest)
    return Delegated(
        digest=digest,
        account_id=holder.account_id,
        holding_id=made.holding_id,
        copy_id=made.copy_id,
        session=session,
        person_account_id=own.account_id,
        sealed_name=own.envelope.seal(own.person.name.encode(), name_context(digest)),
        right_id=holder.acting.right_id,
        expires_at=made.expires_at,
    )


def name_context(digest: str) -> str:
    """What the sealed name of a delegation is bound to."""
    return f"show code delegation {digest} name"


def _entry(holder: Holder, chosen: Sequence[ShownLicence], at: datetime) -> Entry:
    return Entry(
        entry_id=new_entry_id(),
        at=at,
        kind=EntryKind.CODE_PREPARED,
        about=chosen[0].holding_id,
        licences=tuple(one.card.title for one in chosen),
        holdings=tuple(one.holding_id for one in chosen),
        told=Text(
            f"{holder.person.name}的一台手机可以在 24 小时内亮证。",
            f"A phone of {holder.person.name} can show codes for 24 hours.",
        ),
    )
