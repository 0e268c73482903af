"""What the operator sees while a node starts: one line a step, with its time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import click


class Progress:
    """Prints steps. On a terminal, a step that runs shows itself and is completed on the same line."""

    def __init__(self) -> None:
        self._began = monotonic()
        self._terminal = sys.stdout.isatty()

    @property
    def seconds(self) -> float:
        """Time since the beginning."""
        return monotonic() - self._began

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Run a step and print how long it took."""
        began = monotonic()
        if self._terminal:
            click.echo(f"  … {title}", nl=False)
        yield
        click.echo(f"{chr(13) if self._terminal else ''}  ✓ {title}  {monotonic() - began:.1f} s")

    def say(self, line: str) -> None:
        """Print a line."""
        click.echo(line)
