"""``elicence bundle make|show|apply``: bundles by hand, for a window that a stick reaches and a network does not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from service.clock import SystemClock
from service.command_line import settings_option
from service.settings import Settings
from standards.codes.uscc import parse_uscc
from verifier.app import open_node
from verifier.departments.department import UnknownDepartmentError
from verifier.offline.bundle import MAX_FILE_BYTES, Manifest, pack, unpack
from verifier.offline.make_bundle import newest_bundle
from verifier.offline.take_bundle import apply_bundle

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def bundle() -> None:
    """Lists for windows that are cut off, as one signed file. 离线包。"""


@bundle.command("make")
@click.option(
    "--department", "uscc", default=None, help="Whose windows it is for. Default: the first. 部门代码。"
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File to write. 输出文件。"
)
@settings_option
def make(*, settings: Settings, uscc: str | None, out: Path) -> None:
    """Make the newest whole bundle of a department at its centre. 制作离线包。"""
    node = open_node(settings, SystemClock())
    departments = tuple(node.departments.all())
    chosen = next((one for one in departments if uscc is None or one.uscc == str(parse_uscc(uscc))), None)
    if chosen is None:
        raise UnknownDepartmentError(
            "没有这个部门。", "There is no such department here.", where="department"
        )
    manifest, parts = newest_bundle(node, chosen, node.clock.now())
    out.write_bytes(pack(manifest.text, parts))
    _tell(manifest, out.stat().st_size)


@bundle.command("show")
@click.argument("file", type=_FILE)
def show(file: Path) -> None:
    """What a whole bundle holds; its signature is not checked. 查看离线包。"""
    manifest, _ = unpack(_read(file))
    _tell(manifest, file.stat().st_size)


@bundle.command("apply")
@click.argument("file", type=_FILE)
@settings_option
def apply(*, settings: Settings, file: Path) -> None:
    """Check a bundle and let this window work with it, or refuse it as a whole. 启用离线包。"""
    node = open_node(settings, SystemClock())
    manifest = apply_bundle(node, _read(file), node.clock.now())
    _tell(manifest, file.stat().st_size)


def _read(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(MAX_FILE_BYTES + 1)


def _tell(manifest: Manifest, size: int) -> None:
    click.echo(
        f"{manifest.department} 第 {manifest.version} 版 · version {manifest.version}, {manifest.made_at.isoformat()}, {size} B"
    )
    for kind, count in Counter(one.kind for one in manifest.parts).items():
        click.echo(f"  {kind}: {count}")
    for origin in manifest.unreachable:
        click.echo(f"  未能取得 · not reached: {origin}")
