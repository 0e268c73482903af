"""``elicence backup`` and ``elicence restore``."""

from __future__ import annotations

from pathlib import Path

import click

from service.backup.make_backup import make_backup
from service.backup.restore_backup import restore_backup
from service.clock import SystemClock
from service.command_line.settings_option import settings_option
from service.settings import Settings


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--without-master-key",
    is_flag=True,
    help="Leave the master key out even where it lies in the data directory.",
)
@settings_option
def backup(settings: Settings, file: Path, *, without_master_key: bool) -> None:
    """Write the node into FILE: all three databases of one instant, sealed keys, trust. The node may be running.

    The file is readable by its owner only. The master key is put in when it lies in the data directory, because it
    would be lost with it; a master key kept elsewhere (ELICENCE_MASTER_KEY_FILE) is not put in.
    """
    made = make_backup(settings, file, SystemClock(), with_master_key=False if without_master_key else None)
    click.echo(
        f"备份完成 · backed up  {made.documents} documents, {len(made.manifest.members)} files  →  {file}"
    )
    if made.with_master_key:
        click.echo(
            "备份中含主密钥，请按主密钥的要求保管。· The master key is inside: guard the file as you guard the key."
        )
    else:
        click.echo("备份中不含主密钥，请另行保管。· The master key is not inside: keep it apart.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace a node that holds data.")
@settings_option
def restore(settings: Settings, file: Path, *, force: bool) -> None:
    """Make the node out of the backup in FILE. The node must be stopped; one that holds data needs --force."""
    restored = restore_backup(settings, file, force=force)
    click.echo(f"已恢复 {restored.manifest.made_at} 的备份 · restored  {restored.documents} documents")
