"""After a restore: entries that were given out since the backup are unknown here, so the open lists are closed.

Copies from after the backup are in wallets with entries that the restored lists take for free. New copies therefore come
out of new lists; what is out there keeps reading a list in which its entry was never given to anybody else.
"""

from __future__ import annotations

import click

from issuer.status.store import StatusStore
from service.command_line import settings_option
from service.settings import Settings
from service.store import connect, disconnect


def begin_new_lists(settings: Settings) -> int:
    """Close every list in which entries are still given out; answers how many. Safe to repeat."""
    database = connect(settings, "issuer")
    try:
        return StatusStore(database).close_all_lists()
    finally:
        disconnect("issuer")


@click.command("new-status-lists")
@settings_option
def new_status_lists(settings: Settings) -> None:
    """Give entries out of new status lists from now on: after the store was restored with its own tools.

    `elicence restore` does this by itself. Run it while the issuer is stopped.
    """
    closed = begin_new_lists(settings)
    click.echo(
        f"已关闭 {closed} 个状态列表，新副本将使用新列表 · {closed} lists closed; new copies use new ones"
    )
