"""``elicence issuer seed-demo``: the issuer's part of the demo, for a node that was set up without it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from issuer.demo.found_trust import found_trust
from issuer.demo.seed_library import seed_step
from service.clock import SystemClock
from service.command_line.settings_option import settings_option
from service.demo.seeding import SeedContext
from service.settings import Settings


@click.command("seed-demo")
@settings_option
def seed_demo(settings: Settings) -> None:
    """Enrol the fictional authorities and their staff, and enter the sample licences. A repeat adds nothing."""
    with TemporaryDirectory(prefix="elicence-seed-") as exchange:
        context = SeedContext(settings, SystemClock(), Path(exchange), click.echo)
        for step in (found_trust, seed_step):
            step(context)
