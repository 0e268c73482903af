"""What issuers promised for later comes by itself: in the background, bounded, one worker of the node at a time."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

import structlog

from keys.errors import SealedDataError
from service.jobs import Periodic
from standards.errors import ElicenceError, InvalidInputError
from wallet.accounts.open_account import open_unattended
from wallet.claiming.fetch_finds import fetch_finds
from wallet.claiming.search import Fate
from wallet.node import WalletNode

ROUND: Final = timedelta(seconds=15)
"""From one round to the next; issuers say themselves after how long they want to be asked."""

_BROKEN: Final = timedelta(days=1)
_MOST: Final = 200
_MOST_SECONDS: Final = 20.0
_LOG = structlog.get_logger(__name__)


def fetch_waiting(node: WalletNode, at: datetime) -> dict[str, int]:
    """One round over what is due: how many licences met which fate; what fails in one wallet does not stop the others."""
    deadline = monotonic() + _MOST_SECONDS
    due = node.searches.due(at, _MOST)
    accounts = node.accounts.get_many({account_id for account_id, _ in due})
    fates = Counter[str]()
    for account_id, search_id in due:
        if monotonic() > deadline:
            break
        account = accounts.get(account_id)
        if account is None:
            continue
        try:
            holder = open_unattended(account, node.account_envelope)
            search = fetch_finds(node, holder, search_id)
        except (SealedDataError, InvalidInputError):
            _LOG.error("search-does-not-open", account=account_id)
            node.searches.look_again(account_id, search_id, at + _BROKEN)
            continue
        except ElicenceError as error:
            # The person is at it this very moment, or has given up.
            _LOG.info("promised-licence-not-fetched", reason=type(error).__name__)
            continue
        fates.update(one.fate.value for one in search.finds if one.fate is not Fate.LATER)
    if fates:
        _LOG.info("promised-licences-fetched", **fates)
    return dict(fates)


def _run(node: WalletNode, at: datetime) -> None:
    fetch_waiting(node, at)


PERIODIC: Final = Periodic("wallet.promised-licences", ROUND, _run)
"""The entry point ``elicence.periodic_work``."""
