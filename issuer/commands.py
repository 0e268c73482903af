"""The issuer's commands: ``elicence issuer …``; each feature brings its own."""

from __future__ import annotations

import click

from issuer.batches.commands import make_offers_file
from issuer.bulk.commands import issue
from issuer.chain.commands import audit
from issuer.demo.commands import seed_demo
from issuer.documents.commands import documents
from issuer.documents.layouts.commands import layouts
from issuer.imports.commands import import_file, propose
from issuer.imports.export_command import export_file
from issuer.issuance.commands import refresh
from issuer.library.commands import index_representatives
from issuer.registrar.commands import authority, trust
from issuer.sealed_rows import sealed_rows
from issuer.staff.commands import staff
from issuer.status.after_restore import new_status_lists
from service.clock import SystemClock
from service.command_line import settings_option
from service.command_line.reseal import reseal_on_terminal
from service.settings import Settings


@click.group()
def commands() -> None:
    """Licence library, authorities, staff and trust lists of an issuer node."""


@commands.command("reseal")
@settings_option
def reseal(settings: Settings) -> None:
    """Bring everything sealed under the new master key, between begin and finish; safe to repeat."""
    reseal_on_terminal(sealed_rows(settings, SystemClock()))


commands.add_command(trust)
commands.add_command(authority)
commands.add_command(staff)
commands.add_command(refresh)
commands.add_command(index_representatives)
commands.add_command(seed_demo)
commands.add_command(new_status_lists)
commands.add_command(issue)
commands.add_command(import_file)
commands.add_command(propose)
commands.add_command(export_file)
commands.add_command(make_offers_file)
commands.add_command(audit)
commands.add_command(layouts)
commands.add_command(documents)
