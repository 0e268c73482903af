"""Commands of the wallet service."""

from __future__ import annotations

import os

import click

from keys.master_key import MasterKey
from service.clock import SystemClock
from service.settings import Settings


@click.group("wallet")
def commands() -> None:
    """The wallet: what an operator does beside serving it."""


@commands.command("prepare")
def prepare() -> None:
    """Make the collections' indexes; safe to repeat, and done at every start anyway."""
    from wallet.app import build_node

    settings = Settings.from_environment(os.environ)
    build_node(settings, SystemClock(), MasterKey.load(settings.master_key_file))
    click.echo("The wallet's store is ready.")
