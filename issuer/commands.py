"""The issuer's commands: ``elicence issuer …``; each feature brings its own."""

from __future__ import annotations

import click

from issuer.demo.commands import seed_demo
from issuer.registrar.commands import authority, trust
from issuer.staff.commands import staff


@click.group()
def commands() -> None:
    """Licence library, authorities, staff and trust lists of an issuer node."""


commands.add_command(trust)
commands.add_command(authority)
commands.add_command(staff)
commands.add_command(seed_demo)
