"""The wallet looks after its licences: in the background, bounded, and for a person who opens it.

One worker of the node leads the rounds (``service.jobs``); the lease of each licence keeps apart a round and the person
who opens the wallet at the same moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from time import monotonic
from typing import Final

import structlog

from keys.errors import SealedDataError
from service.jobs import Periodic
from wallet.accounts.account import Holder
from wallet.accounts.open_account import open_account_unattended
from wallet.holdings.errors import LicenceNotFoundError
from wallet.holdings.licence_state import LicenceState
from wallet.holdings.list_licences import Card, list_licences, show_licence, status_reader
from wallet.node import WalletNode
from wallet.refreshing.need import need_of
from wallet.refreshing.refresh_licence import Outcome, next_look, refresh_licence
from wallet.refreshing.store import Turn

ROUND: Final = timedelta(seconds=5)
"""From one round to the next."""

_MOST_LOOKED_AT: Final = 2_000
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
    """One round over the licences whose turn has come; what fails in one does not stop the others."""
    deadline = monotonic() + _MOST_SECONDS
    turns = sorted(node.refreshes.due(at, _MOST_LOOKED_AT), key=lambda turn: turn.account_id)
    reader = status_reader(node)
    calm: dict[Turn, datetime] = {}
    needy: list[tuple[Holder, str, LicenceState]] = []
    looked_at = 0
    for account_id, group in groupby(turns, key=lambda turn: turn.account_id):
        if monotonic() > deadline:
            break
        of_account = list(group)
        holder = _open(node, account_id)
        for turn in of_account:
            looked_at += 1
            if holder is None:
                calm[turn] = at + _BROKEN
                continue
            try:
                holding = node.holdings.get(holder, turn.holding_id, at=at)
            except (LicenceNotFoundError, SealedDataError):
                calm[turn] = at + _BROKEN
                continue
            state = reader.state_of(holding.face).state
            if need_of(holding, state, at) is None:
                calm[turn] = next_look(at)
            else:
                needy.append((holder, turn.holding_id, state))
    node.refreshes.look_again(calm)
    return Round(looked_at, _refresh_all(node, needy, deadline))


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


def _open(node: WalletNode, account_id: str) -> Holder | None:
    try:
        return open_account_unattended(
            account_id, store=node.accounts, envelope=node.account_envelope, provider=""
        )
    except SealedDataError:
        _LOG.error("account-does-not-open", account=account_id)
        return None


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
