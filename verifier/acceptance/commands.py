"""``elicence verifier records check``: whether the chain of acceptance records is whole."""

from __future__ import annotations

import click

from service.clock import SystemClock
from service.command_line import settings_option
from service.record_chain import first_break
from service.settings import Settings
from verifier.app import open_node


@click.group()
def records() -> None:
    """Acceptance records."""


@records.command("check")
@settings_option
def check(settings: Settings) -> None:
    """Check the chain of every department; exit 1 when a record was changed, taken out or put in."""
    node = open_node(settings, SystemClock())
    broken = False
    for department in node.departments.all():
        at = first_break(node.records.chain(department.uscc))
        broken = broken or at is not None
        click.echo(f"{department.uscc}  {'whole' if at is None else f'broken at record {at}'}")
    if broken:
        raise SystemExit(1)
