"""``elicence issuer documents …``: the sealed documents of this node."""

from __future__ import annotations

import click

from issuer.documents.renewal.job import renew_due
from issuer.node import open_node
from service.clock import SystemClock
from service.command_line.settings_option import settings_option
from service.settings import Settings


@click.group()
def documents() -> None:
    """Sealed documents: originals and what keeps them good."""


@documents.command("renew")
@settings_option
def renew(settings: Settings) -> None:
    """Give a new time stamp to every original whose newest one ends within 300 days. Safe to repeat and to interrupt.

    Exit status 1 when an original outlived its time stamp, or when no better stamp is to be had.
    """
    node = open_node(settings, SystemClock())
    done = renew_due(node, node.clock.now())
    click.echo(f"已续期 renewed: {done.renewed}")
    if done.overtaken:
        click.echo(f"已由其他进程续期 renewed by another process: {done.overtaken}")
    if done.waiting:
        click.echo(
            f"等待更长效的时间戳证书 waiting for a time-stamp certificate that lasts longer: {done.waiting}"
        )
    if done.missed:
        click.echo(f"保护已中断 outlived their time stamp: {done.missed}")
    if done.waiting or done.missed:
        raise SystemExit(1)
