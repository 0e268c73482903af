"""``elicence verifier reports rebuild|show``: for who runs the node."""

from __future__ import annotations

import click

from service.clock import SystemClock
from service.command_line import settings_option
from service.settings import Settings
from standards.text import Text
from verifier.app import open_node
from verifier.departments.department import UnknownDepartmentError
from verifier.reports.figures import collect
from verifier.reports.follow import follow_records, rebuild
from verifier.reports.selection import day_of, parse_selection
from verifier.reports.tables import TABLES, Names


@click.group()
def reports() -> None:
    """Figures from the acceptance records."""


@reports.command("rebuild")
@click.option("--department", "uscc", help="Only this department (unified social credit code).")
@settings_option
def rebuild_rows(settings: Settings, uscc: str | None) -> None:
    """Throw the derived rows away and make them anew from the records."""
    node = open_node(settings, SystemClock())
    wanted = [one for one in node.departments.all() if uscc in (None, one.uscc)]
    if uscc and not wanted:
        raise UnknownDepartmentError("该部门尚未登记。", "This department is not enrolled.", where=uscc)
    for department in wanted:
        click.echo(f"{department.uscc}  {rebuild(node, department)} records")


@reports.command("show")
@click.argument("table", type=click.Choice(list(TABLES)))
@click.option("--department", "uscc", help="Only this department; all of them unless given.")
@click.option(
    "--from", "first", default="", help="First day, as 2026-11-01; 29 days before the last unless given."
)
@click.option("--until", "last", default="", help="Last day; today unless given.")
@settings_option
def show(settings: Settings, table: str, uscc: str | None, first: str, last: str) -> None:
    """Print a table, with every number: whoever runs the node can read the records anyway."""
    node = open_node(settings, SystemClock())
    at = node.clock.now()
    follow_records(node)
    wanted = parse_selection({"from": first, "until": last}, day_of(at))
    departments = [one.uscc for one in node.departments.all() if uscc in (None, one.uscc)]
    names = Names(node.items, lambda text: text.en)
    made = TABLES[table](collect(node.reports, departments, wanted, at), names)
    _print(
        made.title, [[text.en for text in made.head], *[[_plain(cell) for cell in row] for row in made.rows]]
    )


def _plain(cell: object) -> str:
    return "-" if cell is None else str(cell)


def _print(title: Text, rows: list[list[str]]) -> None:
    click.echo(title.en)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
