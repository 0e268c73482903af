"""The issuer's commands: ``elicence issuer …``; each feature brings its own."""

from __future__ import annotations

import click


@click.group()
def commands() -> None:
    """Licence library, authorities, staff and trust lists of an issuer node."""
