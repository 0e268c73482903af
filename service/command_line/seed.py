"""``elicence seed``: fill a node with the demo's world. Called by ``elicence up``; safe to repeat."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import click

from service.clock import SystemClock
from service.command_line.settings_option import settings_option
from service.demo.seeding import SeedContext, seed_steps
from service.settings import Settings


@click.command(hidden=True)
@settings_option
def seed(settings: Settings) -> None:
    """Fill the node with the demo's people, authorities, licences and service items."""
    with TemporaryDirectory(prefix="elicence-seed-") as exchange:
        context = SeedContext(settings, SystemClock(), Path(exchange), lambda line: click.echo(f"    {line}"))
        for name, step in seed_steps():
            began = monotonic()
            step(context)
            click.echo(f"    {name}  {monotonic() - began:.1f} s")
