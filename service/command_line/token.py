"""``elicence token``: a bearer token for the system of a department."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, cast

import click

from keys.master_key import MasterKey
from service.api_tokens import DEFAULT_LIFETIME, LONGEST_LIFETIME, mint
from service.clock import SystemClock
from service.command_line.settings_option import settings_option
from service.errors import SettingsError
from service.node_record import read_node_record
from service.settings import Settings
from standards.codes.uscc import parse_uscc
from standards.text import Text


@click.command()
@click.argument("service", type=click.Choice(["issuer", "verifier"]))
@click.option("--authority", default=None, help="USCC of the department.  [default: the demo's first]")
@click.option(
    "--hours",
    type=click.IntRange(1, LONGEST_LIFETIME // timedelta(hours=1)),
    default=DEFAULT_LIFETIME // timedelta(hours=1),
    show_default=True,
    help="How long the token is valid.",
)
@click.option(
    "--system", default="command-line", show_default=True, help="Name of the calling system, for the logs."
)
@settings_option
def token(settings: Settings, service: str, authority: str | None, hours: int, system: str) -> None:
    """Print a bearer token with which a department's system calls SERVICE."""
    if authority is not None:
        parse_uscc(authority, where="--authority")  # a slip of the pen would only show at the first call
    named = cast("Literal['issuer', 'verifier']", service)
    text = mint(
        MasterKey.load(settings.master_key_file),
        named,
        authority or first_authority(settings, named),
        at=SystemClock().now(),
        lifetime=timedelta(hours=hours),
        system=system,
    )
    click.echo(text)


def first_authority(settings: Settings, service: str) -> str:
    """USCC of the demo's first department at a service.

    Raises:
        SettingsError: the node was started without demo data, or is not here.
    """
    first = read_node_record(settings.data).get("first_authority")
    uscc = first.get(service) if isinstance(first, dict) else None
    if not isinstance(uscc, str):
        raise SettingsError(
            "这个节点没有示例机构，请指明机构。",
            "This node has no demo authority; name the authority.",
            where="--authority",
            next_step=Text(
                "请加 --authority 和统一社会信用代码，或用 --data 指明节点的数据目录。",
                "Add --authority USCC, or name the node's data directory with --data.",
            ),
        )
    return uscc
