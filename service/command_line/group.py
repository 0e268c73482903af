"""The group ``elicence``. Commands are loaded when they are called, so that a small one starts fast.

Entry points (``pyproject.toml``):
    ``elicence.commands``            name → click group of a service: ``elicence issuer …``
    ``elicence.top_level_commands``  name → click command of a service: ``elicence verify …``
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import click

from standards.errors import ElicenceError

ENTRY_POINT_GROUPS = ("elicence.commands", "elicence.top_level_commands")

OWN_COMMANDS: Mapping[str, str] = {
    "up": "service.command_line.up:up",
    "serve": "service.command_line.serve:serve",
    "worker": "service.command_line.worker:worker",
    "demo": "service.command_line.demo:demo",
    "token": "service.command_line.token:token",
    "backup": "service.command_line.backup:backup",
    "restore": "service.command_line.backup:restore",
    "new-master-key": "service.command_line.master_key:new_master_key",
    "master-key": "service.command_line.master_key:master_key",
    "seed": "service.command_line.seed:seed",
}
"""Name → where the command stands."""

WRONG_USAGE = 64
"""Exit status for a command that cannot be understood (``EX_USAGE`` of BSD ``sysexits.h``); 1 is a refused one."""


class ElicenceGroup(click.Group):
    """Finds commands by name and loads only the one that is called; prints our errors for people."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands."""
        hidden = {"seed"}
        return sorted((set(OWN_COMMANDS) | set(_found())) - hidden) + super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command; ``None`` when there is none of that name."""
        own = OWN_COMMANDS.get(cmd_name)
        if own is not None:
            module, _, name = own.partition(":")
            loaded: Any = getattr(import_module(module), name)
        elif cmd_name in (found := _found()):
            loaded = found[cmd_name].load()
        else:
            return super().get_command(ctx, cmd_name)
        if not isinstance(loaded, click.Command):
            raise TypeError(f"the entry point {cmd_name!r} is no click command")
        return loaded


@click.group(cls=ElicenceGroup)
@click.version_option(package_name="elicence")
def elicence() -> None:
    """Electronic licences: issue from the licence library, keep in a wallet, accept at any window.

    电子证照：从证照库签发，存入个人卡包，任何窗口都能核验使用。
    """


def main() -> None:
    """Run the command line. Exit status: 0 done, 1 refused (the reason is printed), 64 wrong usage."""
    try:
        status = elicence.main(standalone_mode=False)
    except ElicenceError as error:
        print_error(error)
        sys.exit(1)
    except click.UsageError as error:
        error.show()
        sys.exit(WRONG_USAGE)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("", err=True)
        sys.exit(130)
    sys.exit(status if isinstance(status, int) else 0)


def print_error(error: ElicenceError) -> None:
    """Say on standard error what is wrong, where, and what to do next, in both languages."""
    where = f"  [{error.where}]" if error.where else ""
    click.secho(f"{error.message.zh}{where}", fg="red", err=True)
    click.secho(error.message.en, fg="red", err=True)
    if error.next_step is not None:
        click.echo(f"→ {error.next_step.zh}\n→ {error.next_step.en}", err=True)


def _found() -> dict[str, EntryPoint]:
    return {point.name: point for group in ENTRY_POINT_GROUPS for point in entry_points(group=group)}
