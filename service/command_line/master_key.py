"""``elicence new-master-key``: the first thing an operator makes; ``elicence master-key``: changing it."""

from __future__ import annotations

from pathlib import Path
from typing import Final, cast

import click

from keys import rotation
from keys.master_key import MasterKey, previous_key_path
from service.clock import SystemClock
from service.command_line.settings_option import settings_option
from service.key_rotation import finish_rotation
from service.settings import ServiceName, Settings
from service.supervisor.errors import NodeRunningError
from service.supervisor.lock import node_is_running
from standards.text import Text

SERVICES: Final[tuple[ServiceName, ...]] = ("issuer", "wallet", "verifier")


@click.command("new-master-key")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def new_master_key(file: Path) -> None:
    """Make a master key in FILE, readable by its owner only. An existing file is never overwritten."""
    MasterKey.create(file)
    click.echo(f"主密钥已写入 {file}。请另存一份到安全处：没有它，本节点的数据无法解开。")
    click.echo(
        f"The master key is in {file}. Keep a copy in a safe place: without it nothing of the node can be opened."
    )


@click.group("master-key")
def master_key() -> None:
    """Change the master key: begin, restart the services, reseal each, finish. See docs/operating.md."""


@master_key.command("begin")
@settings_option
def begin(settings: Settings) -> None:
    """Put a new master key in place and keep the one before beside it. The services must be stopped."""
    if node_is_running(settings.data):
        # Its processes hold the key before; what they write meanwhile would have to be brought over again.
        raise NodeRunningError(
            "节点正在运行，不能更换主密钥。",
            "The node is running; its master key cannot be changed now.",
            where=str(settings.data),
            next_step=Text("请先停止节点的全部服务。", "Stop all services of the node first."),
        )
    file = settings.master_key_file
    made = rotation.begin(file)
    before = previous_key_path(file)
    click.echo(f"新主密钥 {made.key_id} 已写入 {file}，原密钥在 {before}。请将两者另存，再启动各服务。")
    click.echo(
        f"The new master key {made.key_id} is in {file}, the one before in {before}. "
        "Keep copies of both, then start the services."
    )


@master_key.command("finish")
@click.option(
    "--service",
    "services",
    multiple=True,
    type=click.Choice(SERVICES),
    default=SERVICES,
    help="A service whose database is sealed under this master key.  [default: all three]",
)
@settings_option
def finish(settings: Settings, services: tuple[str, ...]) -> None:
    """Seal the signing keys anew and set the key before aside; refused while a row still needs it."""
    retired = finish_rotation(settings, cast("tuple[ServiceName, ...]", services), SystemClock())
    click.echo(f"主密钥轮换完成。原密钥保存于 {retired}，仅用于打开旧备份。")
    click.echo(f"The master key is changed. The one before is kept in {retired}; only old backups need it.")
