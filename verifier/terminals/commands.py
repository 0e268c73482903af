"""``elicence verifier terminals …``: the administrator's page, from a shell."""

from __future__ import annotations

import click

from service.clock import SystemClock
from service.command_line import settings_option
from service.settings import Settings
from verifier.app import open_node
from verifier.departments.department import UnknownDepartmentError
from verifier.node import VerifierNode
from verifier.terminals.enrol_terminal import register_terminal, renew_code
from verifier.terminals.enrolment_code import format_enrolment_code
from verifier.terminals.errors import UnknownTerminalError
from verifier.terminals.terminal import TerminalEntry, TerminalKind, check_label

_BY = "command"
_DEPARTMENT = click.option(
    "--department", "uscc", required=True, help="Unified social credit code of the department."
)


@click.group()
def terminals() -> None:
    """Desks and self-service terminals with a key of their own."""


@terminals.command("list")
@_DEPARTMENT
@settings_option
def list_terminals(settings: Settings, uscc: str) -> None:
    """Print the terminals of a department."""
    node = open_node(settings, SystemClock())
    for entry in node.terminals.of_department(uscc):
        one = entry.terminal
        seen = f"seen {entry.seen_at:%Y-%m-%d %H:%M}Z" if entry.seen_at else "never seen"
        click.echo(f"{one.id}  {entry.state.value:8}  {one.kind.value:5}  {one.name}, {one.place}  ({seen})")


@terminals.command("add")
@_DEPARTMENT
@click.option("--name", required=True, help="As on the terminal's plate.")
@click.option("--kind", type=click.Choice([kind.value for kind in TerminalKind]), required=True)
@click.option("--place", required=True, help="Where it stands.")
@settings_option
def add(settings: Settings, uscc: str, name: str, kind: str, place: str) -> None:
    """Make a place for a terminal, and print the code to type in at its page /terminal within ten minutes."""
    node = open_node(settings, SystemClock())
    _department_known(node, uscc)
    entry, code = register_terminal(
        name=name,
        kind=TerminalKind(kind),
        place=place,
        department=uscc,
        terminals=node.terminals,
        by=_BY,
        at=node.clock.now(),
    )
    click.echo(f"{entry.terminal.id}  {format_enrolment_code(code)}  at {node.public_url}/terminal")


@terminals.command("code")
@click.argument("terminal_id")
@settings_option
def code(settings: Settings, terminal_id: str) -> None:
    """Print a further code: for another device, or after a bar."""
    node = open_node(settings, SystemClock())
    entry = _found(node, terminal_id)
    made = renew_code(entry, terminals=node.terminals, by=_BY, at=node.clock.now())
    click.echo(f"{terminal_id}  {format_enrolment_code(made)}  at {node.public_url}/terminal")


@terminals.command("rename")
@click.argument("terminal_id")
@click.option("--name", required=True)
@click.option("--place", required=True)
@settings_option
def rename(settings: Settings, terminal_id: str, name: str, place: str) -> None:
    """Change name and place."""
    node = open_node(settings, SystemClock())
    _found(node, terminal_id)
    node.terminals.rename(
        terminal_id, check_label(name, "name"), check_label(place, "place"), by=_BY, at=node.clock.now()
    )
    click.echo(f"{terminal_id}: {name}, {place}")


@terminals.command("move")
@click.argument("terminal_id")
@_DEPARTMENT
@settings_option
def move(settings: Settings, terminal_id: str, uscc: str) -> None:
    """Let another department answer for it."""
    node = open_node(settings, SystemClock())
    _found(node, terminal_id)
    _department_known(node, uscc)
    node.terminals.move(terminal_id, uscc, by=_BY, at=node.clock.now())
    click.echo(f"{terminal_id}: {uscc}")


@terminals.command("bar")
@click.argument("terminal_id")
@click.option("--reason", required=True)
@settings_option
def bar(settings: Settings, terminal_id: str, reason: str) -> None:
    """Refuse the device from its next request on, at every process."""
    node = open_node(settings, SystemClock())
    _found(node, terminal_id)
    node.terminals.bar(terminal_id, check_label(reason, "reason"), by=_BY, at=node.clock.now())
    click.echo(f"{terminal_id}: barred")


@terminals.command("require")
@_DEPARTMENT
@click.option("--yes/--no", "required", required=True, help="Whether staff work at enrolled terminals only.")
@settings_option
def require(settings: Settings, uscc: str, required: bool) -> None:
    """Let a department's staff work at enrolled terminals only, or at any browser; seen within ten seconds."""
    node = open_node(settings, SystemClock())
    _department_known(node, uscc)
    node.departments.require_terminals(uscc, required)
    click.echo(f"{uscc}: {'enrolled terminals only' if required else 'any browser'}")


def _department_known(node: VerifierNode, uscc: str) -> None:
    if node.departments.find(uscc, node.clock.now()) is None:
        raise UnknownDepartmentError("该部门尚未登记。", "This department is not enrolled.", where=uscc)


def _found(node: VerifierNode, terminal_id: str) -> TerminalEntry:
    entry = node.terminals.find(terminal_id)
    if entry is None:
        raise UnknownTerminalError("没有这台终端。", "There is no such terminal.", where=terminal_id)
    return entry
