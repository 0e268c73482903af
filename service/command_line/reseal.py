"""What ``elicence issuer reseal`` and its like do on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click

from keys.errors import SealedDataError
from service.store.sealed_rows import RowsUnderKey


def reseal_on_terminal(parts: Iterable[RowsUnderKey]) -> None:
    """Bring every part under the current master key, with progress, and say what changed.

    Raises:
        SealedDataError: rows do not open; everything else was brought over.
    """
    refused: SealedDataError | None = None
    for part in parts:
        changed = 0
        label = f"{part.name.zh} · {part.name.en}"
        try:
            # On standard error: what is read by others is the outcome.
            with click.progressbar(length=part.total(), label=label, file=sys.stderr) as progress:
                for done in part.reseal():
                    changed += done
                    progress.update(1)
        except SealedDataError as error:
            refused = refused or error
        older = part.older()
        if not (part.total() or older):
            continue
        left = f"，尚余 {older} 项 · {older} left" if older else ""
        click.echo(f"{label}: 重新密封 {changed} 项 · {changed} sealed anew{left}")
    if refused is not None:
        raise refused
