"""``elicence issuer issue``: copies for many wallets at once, from file to file."""

from __future__ import annotations

import sys
from pathlib import Path
from time import monotonic

import click

from issuer.authority_named import authority_named
from issuer.bulk.order_files import Progress
from issuer.bulk.run_order import run_order
from issuer.node import open_node
from service.clock import SystemClock
from service.command_line.settings_option import settings_option
from service.settings import Settings
from service.store import disconnect

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("issue")
@click.option(
    "--in", "order", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True,
    help='JSON Lines: {"licence": identifier, "keys": [public JWK, …]}, at most 20 keys a line.',
)  # fmt: skip
@click.option("--out", "issued", type=_FILE, required=True, help="Where the copies go, JSON Lines.")
@click.option("--refused", type=_FILE, help="Where refused lines go, with reasons.  [default: OUT.refused]")
@click.option("--authority", help="USCC of the authority.  [default: the node's first]")
@click.option("--processes", type=click.IntRange(1, 64), help="[default: one for each core]")
@settings_option
def issue(
    *,
    settings: Settings,
    order: Path,
    issued: Path,
    refused: Path | None,
    authority: str | None,
    processes: int | None,
) -> None:
    """Issue copies of many licences for the keys that a wallet service sent.

    Killed, the same command goes on where it was; nothing is issued twice. Exit status 0: every line was issued; 1: some
    were refused, see the file with the reasons.
    """
    clock = SystemClock()
    node = open_node(settings, clock)
    uscc = authority_named(node, authority).uscc
    disconnect("issuer")
    began = monotonic()
    terminal = sys.stderr.isatty()

    def told(progress: Progress, size: int) -> None:
        share = 100 * progress.offset / size if size else 100
        if terminal:
            click.echo(
                f"\r  {share:5.1f} %  {progress.copies:,} 份 copies  {progress.refusals:,} 退回 refused",
                nl=False,
                err=True,
            )

    done = run_order(
        settings,
        uscc,
        order,
        issued,
        refused or issued.with_name(f"{issued.name}.refused"),
        told=told,
        clock=clock,
        processes=processes,
    )
    if terminal:
        click.echo("", err=True)
    seconds = monotonic() - began
    click.echo(
        f"已签发 {done.copies} 份，退回 {done.refusals} 行，{seconds:.1f} 秒 · "
        f"{done.copies} copies issued, {done.refusals} lines refused, {seconds:.1f} s"
    )
    sys.exit(1 if done.refusals else 0)
