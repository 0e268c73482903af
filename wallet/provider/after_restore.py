"""After a restore: entries that were given out since the backup are unknown here, so the open lists are closed.

What refers to them goes on reading a list in which its entry is never given to anybody else. A grant that was withdrawn
after the backup stands again: the operator's manual says to withdraw it again.
"""

from __future__ import annotations

from service.settings import Settings
from service.store import connect, disconnect
from wallet.provider.store import ProviderStatusStore


def begin_new_lists(settings: Settings) -> int:
    """Close every list in which entries are given out; answers how many. Safe to repeat."""
    database = connect(settings, "wallet")
    try:
        return ProviderStatusStore(database).close_all_lists()
    finally:
        disconnect("wallet")
