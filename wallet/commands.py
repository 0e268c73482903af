"""Commands of the wallet service. What they stand on is imported when they run: every command starts with this file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from wallet.node import WalletNode


@click.group("wallet")
def commands() -> None:
    """The wallet: what an operator does beside serving it."""


@commands.command("prepare")
def prepare() -> None:
    """Make the collections' indexes; safe to repeat, and done at every start anyway."""
    _node()
    click.echo("钱包的存储已就绪。 The wallet's store is ready.")


@commands.command("reseal")
def reseal() -> None:
    """Bring every account under the current master key, between the two ends of its rotation; safe to repeat."""
    from wallet.accounts.reseal_accounts import reseal_accounts

    node = _node()
    done = reseal_accounts(node.accounts, node.lookup_key, node.account_envelope)
    click.echo(
        f"账户 {done.accounts} 个，重新密封 {done.resealed} 个，新增索引 {done.lookups} 个。 "
        f"{done.accounts} accounts: {done.resealed} sealed anew, {done.lookups} new lookup values."
    )


def _node() -> WalletNode:
    from keys.master_key import MasterKey
    from service.clock import SystemClock
    from service.settings import Settings
    from wallet.app import build_node

    settings = Settings.from_environment(os.environ)
    return build_node(settings, SystemClock(), MasterKey.load(settings.master_key_file))
