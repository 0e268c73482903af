"""Service items as data: ``elicence verifier items check|add|list|show``."""

from __future__ import annotations

from pathlib import Path

import click
import orjson

from keys.private_files import create_private_file, make_private_directory
from service.clock import SystemClock
from service.command_line import settings_option
from service.settings import Settings
from standards.licence_types import load_catalogue
from verifier.items.item_file import InvalidServiceItemError, parse_service_item
from verifier.items.item_json import item_json
from verifier.items.register import ITEMS_DIRECTORY, ItemRegister, load_items_with
from verifier.items.service_item import ServiceItem

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def items() -> None:
    """Service items: what each asks for. Files of the operator stand beside those that ship."""


@items.command("check")
@click.argument("file", type=_FILE)
@settings_option
def check(*, settings: Settings, file: Path) -> None:
    """Say whether a file is a service item that this node could take, and what it would ask for."""
    item, register = _with(settings, file, file.read_bytes())
    click.echo(
        f"{item.code} 第 {item.version} 版，自 {item.effective_from} 起 · version {item.version}, from {item.effective_from}"
    )
    for material in item.materials:
        ways = " / ".join(" + ".join(option) for option in material.options)
        click.echo(f"  {material.name.zh} ← {ways}（{material.paper_baseline}）")
    click.echo(f"  原需纸质材料 {item.paper_baseline} 份 · documents on paper before: {item.paper_baseline}")
    older = [one.version for one in register.versions(item.code) if one.version < item.version]
    if older:
        click.echo(f"  替代第 {older[-1]} 版 · follows version {older[-1]}")


@items.command("add")
@click.argument("file", type=_FILE)
@settings_option
def add(*, settings: Settings, file: Path) -> None:
    """Take a file into this node. Running windows know it after a reload; nothing that began changes."""
    # Read once: what is taken is what was checked.
    content = file.read_bytes()
    item, _ = _with(settings, file, content)
    directory = settings.data / ITEMS_DIRECTORY
    make_private_directory(directory)
    target = directory / f"{item.code}-{item.version}.json"
    if target.exists():
        raise InvalidServiceItemError(
            "该版本已存在；请提高版本号。",
            "This version is there already: raise its number.",
            where=str(target),
        )
    create_private_file(target, content)
    click.echo(str(target))


@items.command("list")
@settings_option
def list_items(*, settings: Settings) -> None:
    """Every item and version, and which applies today."""
    register = load_items_with(settings.data / ITEMS_DIRECTORY).on_clock(SystemClock())
    for code in register.codes():
        today = register.find(code)
        for item in register.versions(code):
            mark = "*" if item is today else " "
            until = item.effective_until or ""
            click.echo(
                f"{mark} {item.code:36} {item.version:3}  {item.effective_from} – {until!s:10}  {item.name.zh}"
            )
    for item in register.left_aside:
        click.echo(
            f"- {item.code:36} {item.version:3}  随附的版本未采用：该事项已由本单位自行维护 · ships, not used: the item is your own"
        )


@items.command("show")
@click.argument("code")
@click.option("--version", type=int, default=None, help="A version other than today's.")
@settings_option
def show(*, settings: Settings, code: str, version: int | None) -> None:
    """One item as the interface tells it, with the query that wallets get."""
    register = load_items_with(settings.data / ITEMS_DIRECTORY).on_clock(SystemClock())
    item = register.by_code(code, version=version, where=code)
    click.echo(orjson.dumps(item_json(item, register.query(item)), option=orjson.OPT_INDENT_2).decode())


def _with(settings: Settings, file: Path, content: bytes) -> tuple[ServiceItem, ItemRegister]:
    """The file's item, and the register with it; raises ``InvalidServiceItemError``."""
    item = parse_service_item(content, load_catalogue(), file_name=str(file))
    return item, load_items_with(settings.data / ITEMS_DIRECTORY).extended_by(item)
