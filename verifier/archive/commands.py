"""``elicence verifier archive export|check``: packages for the archive, and whether one is what it was."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

import click

from service.clock import SystemClock
from service.command_line import settings_option
from service.command_line.settings_option import settings_of
from service.settings import Settings
from service.trust_feed.anchors import load_anchors
from standards.bagit import read_zip
from standards.errors import ElicenceError
from verifier.app import open_node
from verifier.archive.check_package import check_package
from verifier.archive.export_packages import ToArchive, export_packages
from verifier.archive.read_directory import read_directory
from verifier.archive.time_stamp import stamp_of
from verifier.checking.print_report import answer, evidence_for
from verifier.departments.department import UnknownDepartmentError
from verifier.items import ITEMS_DIRECTORY, load_items_with

MAX_PACKAGE_BYTES: Final = 256 * 1024 * 1024


@click.group()
def archive() -> None:
    """Archive packages (BagIt): one for each closed case. 电子归档。"""


@archive.command("export")
@click.option("--department", "uscc", required=True, help="Unified social credit code. 统一社会信用代码。")
@click.option("--from", "first", required=True, type=click.DateTime(["%Y-%m-%d"]), help="First day. 起始日。")
@click.option("--until", "last", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Last day. 截止日。")
@click.option("--item", help="Only this service item (code). 仅此事项。")
@click.option(
    "--to", "target", required=True, type=click.Path(file_okay=False, path_type=Path), help="目录。"
)
@click.option(
    "--without-time-stamp", "bare", is_flag=True, help="When no time-stamp service can be had. 不加时间戳。"
)
@settings_option
def export(
    *,
    settings: Settings,
    uscc: str,
    first: datetime,
    last: datetime,
    item: str | None,
    target: Path,
    bare: bool,
) -> None:
    """Write the packages of a period into a directory; run it again after an interruption and it goes on."""
    node = open_node(settings, SystemClock())
    department = next((one for one in node.departments.all() if one.uscc == uscc), None)
    if department is None:
        raise UnknownDepartmentError("该部门尚未登记。", "This department is not enrolled.", where=uscc)
    made = kept = 0
    wanted = ToArchive(first.date(), last.date(), item)
    for one in export_packages(node, department, wanted, target, None if bare else stamp_of(node)):
        made, kept = made + one.is_new, kept + (not one.is_new)
        click.echo(f"{'+' if one.is_new else '='} {one.name}")
    click.echo(f"{made} 个新包 made, {kept} 个已有 there already")


@archive.command("check")
@click.argument("package", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--trust",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Trust anchor (PEM) or bundle. Default: what this node kept. 信任根或信任包。",
)
@click.option(
    "--time-stamp-trust",
    "clock",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Anchors (PEM) of a third party's time stamps, believed for the time alone. 时间戳根证书。",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON. 输出 JSON。")
def check(*, package: Path, trust: Path | None, clock: Path | None, as_json: bool) -> int:
    """Check a package, zipped or as a directory, without a network: its files, its signature, each record over again.

    Exit status 退出码: 0 passed 通过, 1 failed 未通过, 2 indeterminate 无法判断, 64 no package 不是归档包.
    """
    try:
        anchors = evidence_for(trust, SystemClock().now()).trust.validator.anchors
        if not package.is_dir() and package.stat().st_size > MAX_PACKAGE_BYTES:
            raise click.UsageError("The package is too large. 归档包过大。")
        bag = read_directory(package) if package.is_dir() else read_zip(package.read_bytes())
        items = load_items_with(settings_of(None).data / ITEMS_DIRECTORY)
        report = check_package(bag, anchors, items, load_anchors(clock) if clock else ())
    except ElicenceError as cause:
        place = f" ({cause.where})" if cause.where else ""
        raise click.UsageError(f"{cause.message.zh} {cause.message.en}{place}") from cause
    return answer(report, as_json=as_json)
