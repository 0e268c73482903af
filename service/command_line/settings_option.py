"""The option ``--data`` and the settings that every command gets."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from service.node_record import environment_of_node
from service.settings import DEFAULT_DATA, Settings

_Command = TypeVar("_Command", bound=Callable[..., Any])


def settings_option(command: _Command) -> _Command:
    """Add ``--data DIR`` to a command and call it with ``settings=``, read from the environment and checked.

    Without ``--data``, ``ELICENCE_DATA`` or the default directory is taken.
    """

    @click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        default=None,
        help=f"Data directory of the node.  [default: ELICENCE_DATA or {DEFAULT_DATA}]",
    )
    @functools.wraps(command)
    def with_settings(*arguments: Any, data: Path | None, **options: Any) -> Any:
        return command(*arguments, settings=settings_of(data), **options)

    return with_settings  # type: ignore[return-value]  # click's own decorators keep the type only for themselves


def settings_of(data: Path | None) -> Settings:
    """Settings of the node in a data directory.

    Raises:
        SettingsError: a variable is missing or unusable.
    """
    chosen = (data or Path(os.environ.get("ELICENCE_DATA") or DEFAULT_DATA)).expanduser().absolute()
    return Settings.from_environment(environment_of_node(chosen, os.environ))
