"""The window's commands: ``elicence verifier …``; each feature brings its own."""

from __future__ import annotations

import click

from service.clock import SystemClock
from service.command_line import settings_option
from service.settings import Settings
from verifier.acceptance.commands import records
from verifier.app import open_node
from verifier.departments.commands import department, staff


@click.group()
def commands() -> None:
    """Departments, staff and acceptance records of a verifier node."""


@commands.command("reseal")
@settings_option
def reseal(settings: Settings) -> None:
    """Bring staff and records under the current master key, between the two ends of its rotation; safe to repeat.

    Presentations are not touched: none is older than a day, so leave the key before in place for one.
    """
    node = open_node(settings, SystemClock())
    click.echo(f"{node.staff.reseal()} posts and {node.records.reseal()} records sealed anew")


commands.add_command(department)
commands.add_command(staff)
commands.add_command(records)
