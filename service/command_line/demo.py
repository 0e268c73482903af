"""``elicence demo``: walk the whole journey against a running node."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from keys.master_key import MasterKey
from service.api_tokens import mint
from service.clock import SystemClock
from service.command_line.settings_option import settings_of
from service.command_line.token import first_authority
from service.demo.journey.walk import Places, walk
from service.node_record import remembered_port_base
from service.settings import DEFAULT_DATA, DEFAULT_PORT_BASE
from service.supervisor.find_running import data_of_running_node
from service.supervisor.plan import NodePlan
from standards.text import Text


@click.command()
@click.option(
    "--port-base",
    type=click.IntRange(1023, 65531),
    default=None,
    help=f"As given to `elicence up`.  [default: the ports of --data, else {DEFAULT_PORT_BASE}]",
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help=f"Data directory of the node.  [default: that of the node on these ports, ELICENCE_DATA, or {DEFAULT_DATA}]",
)
def demo(port_base: int | None, data: Path | None) -> None:
    """Walk the journey over HTTP: issue in region A, keep in the wallet, show and accept in region B.

    Exit status 0 only if the window accepted.
    """
    chosen = data or data_of_running_node(port_base or DEFAULT_PORT_BASE)
    place = (chosen or Path(os.environ.get("ELICENCE_DATA") or DEFAULT_DATA)).expanduser().absolute()
    plan = NodePlan(place, port_base or remembered_port_base(place) or DEFAULT_PORT_BASE)
    settings = settings_of(plan.data)
    master, now = MasterKey.load(settings.master_key_file), SystemClock().now()
    places = Places(
        issuer_url=plan.url("issuer"),
        wallet_url=plan.url("wallet"),
        verifier_url=plan.url("verifier"),
        issuer_token=mint(master, "issuer", first_authority(settings, "issuer"), at=now, system="journey"),
        verifier_token=mint(
            master, "verifier", first_authority(settings, "verifier"), at=now, system="journey"
        ),
    )
    total = 0.0

    def tell(sentence: Text, seconds: float) -> None:
        nonlocal total
        total += seconds
        click.echo(f"  ✓ {sentence.zh} · {sentence.en}  {seconds * 1000:.0f} ms")

    outcome = walk(places, tell)
    if not outcome.accepted:
        click.secho(
            f"  ✗ 窗口没有受理 · the window did not accept  ({outcome.indication})", fg="red", err=True
        )
        sys.exit(1)
    click.echo(f"  ✓ 核验通过，窗口已受理 · passed and accepted  {total * 1000:.0f} ms")
