"""``elicence new-master-key``: the first thing an operator makes; ``elicence master-key``: changing it."""

from __future__ import annotations

from pathlib import Path
from typing import Final, cast

import click

from keys import rotation
from keys.master_key import MasterKey, next_key_path, previous_key_path
from keys.pkcs11 import TokenAddress, parse_token_address
from service.clock import SystemClock
from service.command_line.settings_option import settings_option
from service.key_rotation import finish_rotation
from service.settings import ServiceName, Settings
from service.supervisor.lock import node_is_running
from service.supervisor.reloading import ask_to_reload
from standards.text import Text

SERVICES: Final[tuple[ServiceName, ...]] = ("issuer", "wallet", "verifier")

_TOKEN: Final = click.option(
    "--token",
    metavar="URI",
    help="Make the key in a hardware module: pkcs11:token=…;object=…?module-path=…&pin-source=file:… (RFC 7512).",
)


@click.command("new-master-key")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_TOKEN
def new_master_key(file: Path, token: str | None) -> None:
    """Make a master key in FILE, readable by its owner only. An existing file is never overwritten."""
    MasterKey.create(file, _address(token))
    if token is not None:
        click.echo(f"主密钥在硬件密码模块中，{file} 只存其地址。请按模块的办法备份密钥。")
        click.echo(
            f"The master key is in the hardware module, {file} holds its address. Back it up by the module's means."
        )
        return
    click.echo(f"主密钥已写入 {file}。请另存一份到安全处：没有它，本节点的数据无法解开。")
    click.echo(
        f"The master key is in {file}. Keep a copy in a safe place: without it nothing of the node can be opened."
    )


@click.group("master-key")
def master_key() -> None:
    """Change the master key while the services serve: prepare, begin, reseal each, finish. See docs/operating.md."""


@master_key.command("prepare")
@_TOKEN
@settings_option
def prepare(settings: Settings, token: str | None) -> None:
    """Put a new master key beside the one in hand. Processes that start from now on open what either sealed.

    For services that somebody else starts: reload each of them now (SIGHUP), and only then begin.
    """
    made = rotation.prepare(settings.master_key_file, _address(token))
    following = next_key_path(settings.master_key_file)
    click.echo(
        f"备用主密钥 {made.key_ids[1]} 已写入 {following}。请另存；各服务重新载入后再执行 master-key begin。"
    )
    click.echo(
        f"The next master key {made.key_ids[1]} is in {following}. Keep a copy; reload every service, then run master-key begin."
    )


@master_key.command("begin")
@_TOKEN
@settings_option
def begin(settings: Settings, token: str | None) -> None:
    """Put the new master key in place and keep the one before beside it.

    A node that runs under `elicence up` goes on answering: its processes are started anew before and after. Services
    that somebody else starts must be stopped, or reloaded after `prepare` and again after this.
    """
    file, running = settings.master_key_file, node_is_running(settings.data)
    rotation.prepare(file, _address(token))
    if running:
        # First every process can open what the new key seals; only then the first one seals under it.
        _reload(settings.data)
    made = rotation.begin(file)
    if running:
        _reload(settings.data)
    before = previous_key_path(file)
    last = Text(
        "" if running else "，再启动或重新载入各服务",
        "" if running else ", then start or reload the services",
    )
    click.echo(f"新主密钥 {made.key_id} 已写入 {file}，原密钥在 {before}。请将两者另存{last.zh}。")
    click.echo(
        f"The new master key {made.key_id} is in {file}, the one before in {before}. Keep copies of both{last.en}."
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


def _address(token: str | None) -> TokenAddress | None:
    return None if token is None else parse_token_address(token)


def _reload(data: Path) -> None:
    click.echo(
        "正在逐个重新启动各服务的进程……  Starting the processes of the services anew, one after another …"
    )
    ask_to_reload(data)
