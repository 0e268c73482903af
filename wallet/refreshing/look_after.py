"""The wallet looks after its licences: in the background, bounded, and for a person who opens it.

One worker of the node leads the rounds (``service.jobs``); the lease of each licence keeps apart a round and the person
who opens the wallet at the same moment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

import structlog

from keys.errors import SealedDataError
from service.jobs import Periodic
from wallet.accounts.account import Holder
from wallet.accounts.open_account import open_unattended
from wallet.holdings.licence_state import LicenceState
from wallet.holdings.list_licences import Card, list_licences, show_licence, status_reader
from wallet.holdings.read_status import StatusReader
from wallet.node import WalletNode
from wallet.refreshing.need import need_of
from wallet.refreshing.refresh_licence import Outcome, next_look, refresh_licence
from wallet.refreshing.store import LEASE, Glimpse, Turn

ROUND: Final = timedelta(seconds=5)
"""From one round to the next."""

_MOST_LOOKED_AT: Final = 20_000
_CHUNK: Final = 500
_MOST_SECONDS: Final = 20.0
"""A round ends after so much, so that a worker told to stop need not wait; what is left comes first in the next."""

_AT_ONCE: Final = 4
_MOST_ON_OPENING: Final = 3
"""Licences that are refreshed before a page is shown; further ones are there a few seconds later."""

_BROKEN: Final = timedelta(days=1)
_LOG = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did: how many licences were looked at, and how many attempts each outcome had."""

    looked_at: int
    outcomes: dict[Outcome, int]


def look_after_wallets(node: WalletNode, at: datetime) -> Round:
    """One round over the licences whose turn has come; what fails in one does not stop the others.

    Two reads and one write for every :data:`_CHUNK` of licences that are well.
    """
    deadline = monotonic() + _MOST_SECONDS
    reader = status_reader(node)
    looked_at, outcomes = 0, Counter[Outcome]()
    while looked_at < _MOST_LOOKED_AT and monotonic() < deadline:
        glimpses = node.refreshes.due(at, _CHUNK)
        if not glimpses:
            break
        looked_at += len(glimpses)
        needy = _sort_out(node, glimpses, reader, at)
        outcomes.update(_refresh_all(node, needy, deadline))
        if len(glimpses) < _CHUNK:
            break
    return Round(looked_at, dict(outcomes))


def _sort_out(
    node: WalletNode, glimpses: Sequence[Glimpse], reader: StatusReader, at: datetime
) -> list[tuple[Holder, str, LicenceState]]:
    """The licences about which an issuer must be asked; the others are looked at again in their time."""
    holders = _holders(node, {glimpse.turn.account_id for glimpse in glimpses})
    next_at: dict[Turn, datetime] = {}
    needy = []
    for glimpse in glimpses:
        turn = glimpse.turn
        holder = holders.get(turn.account_id)
        try:
            holding = None if holder is None else glimpse.open(holder)
        except SealedDataError:
            holding = None
        if holder is None or holding is None:
            next_at[turn] = at + _BROKEN
            continue
        state = reader.state_of(holding.face).state
        if need_of(holding, state, at) is None:
            next_at[turn] = next_look(at)
        else:
            # Should this process die now, another takes it up; a refresh that ends says itself when to look again.
            next_at[turn] = at + LEASE
            needy.append((holder, turn.holding_id, state))
    node.refreshes.look_again(next_at)
    return needy


def refresh_for_reader(node: WalletNode, holder: Holder, cards: Iterable[Card]) -> bool:
    """Before a page is shown: what its cards could not tell. Whether anything changed, so that they are read again."""
    at = node.clock.now()
    urgent = []
    for card in cards:
        need = need_of(card.holding, card.state.state, at)
        # After a failure the person is not made to wait again; the rounds go on trying.
        if need is not None and need.is_urgent and card.holding.renewal.failures == 0:
            urgent.append((holder, card.holding.holding_id, card.state.state))
    outcomes = _refresh_all(node, urgent[:_MOST_ON_OPENING], monotonic() + _MOST_SECONDS)
    return any(outcome not in (Outcome.FAILED, Outcome.BUSY) for outcome in outcomes)


def current_licences(node: WalletNode, holder: Holder) -> Sequence[Card]:
    """The cards of a wallet for the person who opens it, newest first."""
    cards = list_licences(node, holder)
    return list_licences(node, holder) if refresh_for_reader(node, holder, cards) else cards


def current_licence(node: WalletNode, holder: Holder, holding_id: str) -> Card:
    """One card for the person who opens it; raises ``LicenceNotFoundError``."""
    card = show_licence(node, holder, holding_id)
    return show_licence(node, holder, holding_id) if refresh_for_reader(node, holder, [card]) else card


def _holders(node: WalletNode, account_ids: Iterable[str]) -> Mapping[str, Holder]:
    holders = {}
    for account_id, account in node.accounts.get_many(account_ids).items():
        try:
            holders[account_id] = open_unattended(account, node.account_envelope)
        except SealedDataError:
            _LOG.error("account-does-not-open", account=account_id)
    return holders


def _refresh_all(
    node: WalletNode, needy: Sequence[tuple[Holder, str, LicenceState]], deadline: float
) -> dict[Outcome, int]:
    outcomes: dict[Outcome, int] = {}

    def refresh(one: tuple[Holder, str, LicenceState]) -> Outcome | None:
        return None if monotonic() > deadline else refresh_licence(node, *one)

    if len(needy) == 1:
        results = [refresh(needy[0])]
    elif needy:
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="refresh") as pool:
            results = list(pool.map(refresh, needy))
    else:
        results = []
    for outcome in results:
        if outcome is not None:
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
    if outcomes:
        _LOG.info("licences-refreshed", **{outcome.value: count for outcome, count in outcomes.items()})
    return outcomes


def _run(node: WalletNode, at: datetime) -> None:
    look_after_wallets(node, at)


PERIODIC: Final = Periodic("wallet.refresh", ROUND, _run)
"""The entry point ``elicence.periodic_work``."""
