"""The window's commands: ``elicence verifier …``; each feature brings its own."""

from __future__ import annotations

import click

from verifier.acceptance.commands import records
from verifier.departments.commands import department, staff


@click.group()
def commands() -> None:
    """Departments, staff and acceptance records of a verifier node."""


commands.add_command(department)
commands.add_command(staff)
commands.add_command(records)
