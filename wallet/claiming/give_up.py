"""The person does not wait any more for what an issuer promised for later."""

from __future__ import annotations

from dataclasses import replace

from wallet.accounts.account import Holder
from wallet.claiming.search import Fate, SearchState
from wallet.node import WalletNode


def give_up_waiting(node: WalletNode, holder: Holder, search_id: str) -> None:
    """End the waiting; a repeat changes nothing (two durable writes). The issuer is told nothing: there is no word for it.

    Raises:
        SearchNotFoundError: this wallet has none.
        SearchBusyError: it is being fetched at this very moment.
    """
    at = node.clock.now()
    if node.searches.get(holder, search_id, at).next_at is None:
        return
    claim = node.searches.claim(holder, search_id, SearchState.FETCHING, at)
    search = node.searches.get(holder, search_id, at)
    finds = tuple(
        replace(one, fate=Fate.GIVEN_UP, told=None, transaction_id=None, sealed_keys=(), not_before=None)
        if one.fate is Fate.LATER
        else one
        for one in search.finds
    )
    search = replace(search, finds=finds)
    if not search.count(Fate.WAITING, Fate.FAILED):
        search = replace(search, state=SearchState.DONE)
    node.searches.save(holder, search, claim, release=True)
