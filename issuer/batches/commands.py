"""``elicence issuer offers``: in the foreground, with progress. Killed, the same command goes on where it was."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any, Final

import click

from issuer.app import ensure_indexes
from issuer.authority_named import authority_named
from issuer.batches.batch import DEFAULT_HOURS, MAX_HOURS, parse_batch_request
from issuer.batches.run_batch import begin_batch, offers_file, refusals_file
from issuer.library.selection import DECIDED_STATES
from issuer.node import open_node
from service.clock import SystemClock
from service.command_line.settings_option import settings_option
from service.jobs import Job, JobState, JobStore, run_in_foreground
from service.settings import Settings
from standards.json_reader import parse_json

_BY: Final = "elicence issuer offers"


@click.command("offers")
@click.option("--type", "type_code", help="Code of the licence type.")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([state.value for state in DECIDED_STATES]),
    help="Only these.",
)
@click.option(
    "--selection", "selection_text", default="{}", help="JSON: further conditions; see the interface."
)
@click.option("--authority", help="USCC of the authority.  [default: the node's first]")
@click.option("--tx-code", is_flag=True, help="Each offer also needs a six-digit code, told another way.")
@click.option("--by", type=click.Choice(["value", "reference"]), default="value", show_default=True)
@click.option("--hours", type=click.IntRange(1, MAX_HOURS), default=DEFAULT_HOURS, show_default=True)
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, writable=True, path_type=Path), help="The offers."
)
@click.option(
    "--refused", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Who got none, and why."
)
@settings_option
def make_offers_file(
    *,
    settings: Settings,
    type_code: str | None,
    states: tuple[str, ...],
    selection_text: str,
    authority: str | None,
    tx_code: bool,
    by: str,
    hours: int,
    out: Path,
    refused: Path | None,
) -> None:
    """Offer the licences of a selection to their holders; the links as JSON Lines, readable by you alone.

    Exit status 0: every licence has its offer; 1: some were refused, or the work stopped.
    """
    if out.exists():
        raise click.UsageError(f"{out} 已存在，不覆盖。 It is there already, and is not written over.")
    node = open_node(settings, SystemClock())
    ensure_indexes()
    JobStore(node.database).ensure_indexes()
    uscc = authority_named(node, authority).uscc
    selection: dict[str, Any] = dict(parse_json(selection_text))
    if type_code is not None:
        selection["type"] = type_code
    if states:
        selection["states"] = list(states)
    body = {"selection": selection, "tx_code": tx_code, "by": by, "hours": hours}
    request = parse_batch_request(body, uscc, node.catalogue)
    # Which batch this file is of stands beside it until the file is complete; so a repeat finds the batch again.
    note = out.with_name(f".{out.name}.batch")
    batch_id = _noted(note)
    with click.progressbar(length=1, label="生成 · Making offers", file=sys.stderr) as bar:

        def told(job: Job) -> None:
            bar.length = max(job.total or 0, job.done, 1)
            bar.update(job.done - bar.pos)

        run = partial(run_in_foreground, told=told)
        batch, job = begin_batch(node, request, by=_BY, at=node.clock.now(), batch_id=batch_id, run=run)
    if job.state is not JobState.DONE:
        if job.message is not None:
            click.echo(f"{job.message.zh} {job.message.en}", err=True)
        sys.exit(1)
    _write(out, offers_file(node, batch, by=_BY))
    if refused is not None:
        _write(refused, refusals_file(node, batch, by=_BY))
    note.unlink()
    counts = dict(job.result or {})
    click.echo(f"领取链接 offers {counts['offers']}，退回 refused {counts['refused']}: {out}")
    if counts["refused"]:
        sys.exit(1)


def _noted(note: Path) -> str:
    try:
        return note.read_text("ascii")
    except FileNotFoundError:
        batch_id = secrets.token_urlsafe(16)
        _write(note, [batch_id.encode()])
        return batch_id


def _write(path: Path, blocks: Iterable[bytes]) -> None:
    """Whole or not at all, and durable."""
    unfinished = path.with_name(f".{path.name}.part")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        for block in blocks:
            stream.write(block)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(path)
