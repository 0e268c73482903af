"""The window's commands: ``elicence verifier …``; each feature brings its own."""

from __future__ import annotations

import click

from service.clock import SystemClock
from service.command_line import settings_option
from service.command_line.reseal import reseal_on_terminal
from service.settings import Settings
from verifier.acceptance.commands import records
from verifier.archive.commands import archive
from verifier.departments.commands import department, staff
from verifier.identity_codes.commands import identity_issuers
from verifier.items.commands import items
from verifier.reports.commands import reports
from verifier.sealed_rows import sealed_rows
from verifier.terminals.commands import terminals


@click.group()
def commands() -> None:
    """Departments, staff and acceptance records of a verifier node."""


@commands.command("reseal")
@settings_option
def reseal(settings: Settings) -> None:
    """Bring everything sealed under the new master key, between begin and finish; safe to repeat."""
    reseal_on_terminal(sealed_rows(settings, SystemClock()))


commands.add_command(department)
commands.add_command(staff)
commands.add_command(records)
commands.add_command(archive)
commands.add_command(reports)
commands.add_command(terminals)
commands.add_command(items)
commands.add_command(identity_issuers)
