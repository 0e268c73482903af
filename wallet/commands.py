"""Commands of the wallet service. What they stand on is imported when they run: every command starts with this file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from service.command_line import settings_option
from wallet.provider.commands import install_certificate, new_status_lists, request_certificate

if TYPE_CHECKING:
    from service.settings import Settings
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
@settings_option
def reseal(settings: Settings) -> None:
    """Bring accounts and sessions under the new master key, between begin and finish; safe to repeat."""
    from service.clock import SystemClock
    from service.command_line.reseal import reseal_on_terminal
    from wallet.sealed_rows import sealed_rows

    reseal_on_terminal(sealed_rows(settings, SystemClock()))


commands.add_command(request_certificate)
commands.add_command(install_certificate)
commands.add_command(new_status_lists)


def _node() -> WalletNode:
    from keys.master_key import MasterKey
    from service.clock import SystemClock
    from service.settings import Settings
    from wallet.app import build_node

    settings = Settings.from_environment(os.environ)
    return build_node(settings, SystemClock(), MasterKey.load(settings.master_key_file))
