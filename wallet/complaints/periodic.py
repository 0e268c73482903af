"""Asking the desks, in the background: an answer reaches the log of somebody who does not look."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog

from keys.errors import SealedDataError
from service.jobs import Periodic
from wallet.accounts.open_account import open_unattended
from wallet.complaints.errors import FiledComplaintNotFoundError
from wallet.complaints.follow_complaint import RETRY, look_at_complaint
from wallet.node import WalletNode

EVERY: Final = timedelta(minutes=1)
_MOST: Final = 100
_LOG = structlog.get_logger(__name__)


def look_at_complaints(node: WalletNode, at: datetime) -> int:
    """One round over the complaints whose turn has come; how many were asked about."""
    due = node.complaints.due(at, _MOST)
    accounts = node.accounts.get_many({account_id for account_id, _ in due})
    for account_id, complaint_id in due:
        # Should this process die now, another asks later; whoever ends says itself when to ask again.
        node.complaints.look_again(account_id, complaint_id, at + RETRY)
        account = accounts.get(account_id)
        if account is None:
            continue
        try:
            holder = open_unattended(account, node.account_envelope)
            look_at_complaint(node, holder, node.complaints.get(holder, complaint_id))
        except SealedDataError:
            _LOG.error("account-does-not-open", account=account_id)
        except FiledComplaintNotFoundError:
            continue
    return len(due)


def _run(node: WalletNode, at: datetime) -> None:
    look_at_complaints(node, at)


PERIODIC: Final = Periodic("wallet.complaints", EVERY, _run)
"""The entry point ``elicence.periodic_work``."""
