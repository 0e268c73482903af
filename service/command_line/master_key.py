"""``elicence new-master-key``: the first thing an operator makes."""

from __future__ import annotations

from pathlib import Path

import click

from keys.master_key import MasterKey


@click.command("new-master-key")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def new_master_key(file: Path) -> None:
    """Make a master key in FILE, readable by its owner only. An existing file is never overwritten."""
    MasterKey.create(file)
    click.echo(f"主密钥已写入 {file}。请另存一份到安全处：没有它，本节点的数据无法解开。")
    click.echo(
        f"The master key is in {file}. Keep a copy in a safe place: without it nothing of the node can be opened."
    )
