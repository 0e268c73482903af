"""``elicence issuer documents …``: the sealed documents of this node."""

from __future__ import annotations

from pathlib import Path

import click

from issuer.documents.errors import InvalidSealPolicyError
from issuer.documents.policy import load_policies, parse_policies
from issuer.documents.renewal.job import renew_due
from issuer.node import open_node
from service.clock import SystemClock
from service.command_line.settings_option import settings_option
from service.settings import Settings
from standards.licence_types import load_catalogue


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


@documents.command("policy")
@click.option(
    "--check",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Judge a file instead of the one in the data directory.",
)
@settings_option
def policy(settings: Settings, file: Path | None) -> None:
    """How long documents of each type are made to last: seals on originals and copies, days of a copy.

    证照文件的印章策略。Changes stand in {data}/documents/seal-policy.json and count from the next start.
    """
    try:
        policies = load_policies(settings.data)
        if file is not None:
            policies = parse_policies(file.read_bytes(), load_policies())
    except InvalidSealPolicyError as cause:
        place = f" ({cause.where})" if cause.where else ""
        raise click.ClickException(f"{cause.message.zh} {cause.message.en}{place}") from cause
    for code, name, one in [
        ("", "default", policies.default),
        *(
            (kind.code, f"{kind.name.zh} {kind.name.en}", policies.of(kind.code))
            for kind in load_catalogue().all()
        ),
        *((code, "", one) for code, one in policies.by_type.items() if load_catalogue().find(code) is None),
    ]:
        own = "  *" if code in policies.by_type else ""
        click.echo(
            f"{code:<21}  原件 original {one.original:<5}  加注件 copy {one.copy:<5}  "
            f"{one.copy_days:>4} / {one.longest_copy_days:<4} 天 days  {name}{own}"
        )
