"""``elicence issuer index-representatives``: once after an upgrade, so that older licences are found by whom they name."""

from __future__ import annotations

import click

from issuer.library.store.representative_index import RepresentativeIndex
from issuer.node import record_seal
from keys.master_key import MasterKey
from service.command_line import settings_option
from service.settings import Settings
from service.store import connect


@click.command("index-representatives")
@settings_option
def index_representatives(settings: Settings) -> None:
    """Enter which persons older licences name as acting for their holders; safe to repeat, beside a running node."""
    seal = record_seal(MasterKey.load(settings.master_key_file))
    entered = 0
    for entered in RepresentativeIndex(connect(settings, "issuer"), seal).enter():
        click.echo(f"\r{entered}", nl=False, err=True)
    click.echo(f"{entered} 件证照已登记代表人 · licences entered")
