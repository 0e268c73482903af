"""``elicence issuer import FILE``: in the foreground, with progress. Killed, the same command goes on where it was."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from time import sleep
from typing import Any, Final

import click
import orjson

from issuer.app import ensure_indexes
from issuer.authority_named import authority_named
from issuer.imports.errors import ImportNotFoundError
from issuer.imports.import_json import counts_of
from issuer.imports.imported_file import OWN_HAND, ImportedFile
from issuer.imports.mapping import ColumnMapping, parse_mapping
from issuer.imports.receive_file import Sender, begin_import, job_of, receive_file, transfers_of
from issuer.imports.refused_file import refused_file
from issuer.library.event import Actor
from issuer.library.lifecycle import approve
from issuer.node import IssuerNode, open_node
from service.clock import SystemClock
from service.command_line.settings_option import settings_option
from service.jobs import Job, JobState, JobStore, run_in_foreground, run_job
from service.settings import Settings
from standards.json_reader import parse_json
from standards.licence_types import LicenceType

_BLOCK_BYTES: Final = 1024 * 1024
_FOLLOWED_EVERY_SECONDS: Final = 0.5

_BY: Final = "elicence issuer import"

_IMPORTED_BEFORE: Final = (
    "\n此文件此前已导入完毕，未再写入；以下是当时的结果。更换对应关系后请加 --again。\n"
    "This file was imported completely before; nothing was done now, the counts are from then. "
    "To run it again, with another mapping say, add --again."
)

_COUNTS: Final = (
    ("new", "新增 new"),
    ("changed", "变更 changed"),
    ("unchanged", "无变化 unchanged"),
    ("proposed", "待审批 proposed"),
    ("refused", "退回 refused"),
    ("conflicts", "多源冲突 conflicts"),
)


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--type", "type_code", required=True, help="Code of the licence type of all rows.")
@click.option("--authority", help="USCC of the authority.  [default: the node's first]")
@click.option("--source", default=OWN_HAND, show_default=True, help="Code of a registered source system.")
@click.option(
    "--mapping",
    "mapping_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON: which column says what.  [default: the kept one, or what the columns' names suggest]",
)
@click.option("--dry-run", is_flag=True, help="Only check; write nothing.")
@click.option("--again", is_flag=True, help="Run again over a file that was imported completely.")
@click.option("--proposer", help="Who stands behind states that take rights away.")
@click.option("--approver", help="The second person behind them.")
@click.option(
    "--refused",
    "refused_path",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Where to write the refused rows, to be corrected and sent again.",
)
@settings_option
def import_file(
    *,
    settings: Settings,
    file: Path,
    type_code: str,
    authority: str | None,
    source: str,
    mapping_file: Path | None,
    dry_run: bool,
    again: bool,
    proposer: str | None,
    approver: str | None,
    refused_path: Path | None,
) -> None:
    """Import FILE (CSV, JSON Lines or XLSX) into the licence library.

    Exit status 0: every row is in; 1: rows were refused or the import stopped.
    """
    node = open_node(settings, SystemClock())
    ensure_indexes()
    JobStore(node.database).ensure_indexes()
    licence_type = node.catalogue.by_code(type_code)
    mapping = None
    if mapping_file is not None:
        mapping = parse_mapping(parse_json(mapping_file.read_bytes()), licence_type)
    if (proposer is None) != (approver is None):
        raise click.UsageError(
            "--proposer 与 --approver 须同时给出 / Give both --proposer and --approver, or neither."
        )
    approval = None
    if proposer is not None and approver is not None:
        approval = approve(Actor(proposer), Actor(approver))
    sender = Sender(authority_named(node, authority), source, _BY, Actor(proposer or _BY), approval)
    received = _received(node, sender, file, licence_type, mapping, again=again)
    ended = _run(node, received, mapping, dry_run=dry_run)
    received = transfers_of(node).imports.find(received.authority, received.id)
    _report(ended)
    if refused_path is not None and ended.errors:
        with os.fdopen(os.open(refused_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            os.fchmod(out.fileno(), 0o600)
            for block in refused_file(received, transfers_of(node).refusals):
                out.write(block)
        click.echo(f"退回行已写入 / Refused rows written: {refused_path}")
    if ended.errors or ended.state is not JobState.DONE:
        sys.exit(1)


def _received(
    node: IssuerNode,
    sender: Sender,
    path: Path,
    licence_type: LicenceType,
    mapping: ColumnMapping | None,
    *,
    again: bool,
) -> ImportedFile:
    """The file in the store; sent once, found again by its content."""
    file_id = _id_of(sender, path, licence_type)
    imports = transfers_of(node).imports
    try:
        found = imports.find(sender.authority.uscc, file_id)
    except ImportNotFoundError:
        found = None
    job = None if found is None else job_of(node, found)
    is_complete = job is not None and job.state is JobState.DONE and found is not None and not found.dry_run
    if found is not None and not (is_complete and again):
        return found
    return receive_file(
        node,
        sender,
        _shown(_blocks(path), path.stat().st_size, "读入 · Reading"),
        name=path.name,
        licence_type=licence_type,
        mapping=mapping,
        file_id=None if found is not None else file_id,
        at=node.clock.now(),
    )


def _id_of(sender: Sender, path: Path, licence_type: LicenceType) -> str:
    content = hashlib.sha256()
    for block in _blocks(path):
        content.update(block)
    named = f"{sender.authority.uscc}/{sender.source}/{licence_type.code}/{content.hexdigest()}"
    return hashlib.sha256(named.encode()).hexdigest()[:32]


def _run(node: IssuerNode, file: ImportedFile, mapping: ColumnMapping | None, *, dry_run: bool) -> Job:
    at = node.clock.now()
    before = job_of(node, file)
    with click.progressbar(length=max(file.rows, 1), label="导入 · Importing", file=sys.stderr) as bar:

        def told(job: Job) -> None:
            if bar.pos == 0:
                transfers_of(node).imports.note_job(file.id, job.id)
            if job.total:
                bar.length = max(job.total, 1)
            bar.update(job.done - bar.pos)

        if before is not None and before.state is JobState.DONE and not file.dry_run:
            click.echo(_IMPORTED_BEFORE, err=True)
            return before
        if before is not None and before.state is not JobState.DONE and file.dry_run == dry_run:
            return _taken_up(node, before, told)
        run = partial(run_in_foreground, told=told)
        return begin_import(node, file, by=_BY, at=at, dry_run=dry_run, mapping=mapping, run=run)[1]


def _taken_up(node: IssuerNode, job: Job, told: Callable[[Job], None]) -> Job:
    """Go on with a run of this file, or follow the worker that has it."""
    if job.state.is_ended:
        JobStore(node.database).retry(job.owner, job.id, node.clock.now())
    while True:
        job = run_job(node, job.id, told=told)
        if job.state.is_ended:
            return job
        told(job)
        sleep(_FOLLOWED_EVERY_SECONDS)


def _report(job: Job) -> None:
    if job.message is not None:
        click.echo(f"{job.message.zh} {job.message.en}", err=True)
    counts = counts_of(job)
    click.echo("，".join(f"{label} {counts[name]}" for name, label in _COUNTS))


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            yield block


def _shown(blocks: Iterator[bytes], size: int, label: str) -> Iterator[bytes]:
    with click.progressbar(length=size, label=label, file=sys.stderr) as bar:
        for block in blocks:
            yield block
            bar.update(len(block))


@click.command("import-mapping")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--type", "type_code", required=True, help="Code of the licence type.")
@settings_option
def propose(*, settings: Settings, file: Path, type_code: str) -> None:
    """Print the mapping that the columns of FILE suggest, to be corrected and given to "import --mapping"."""
    from issuer.imports.mapping import propose_mapping
    from issuer.imports.reading import detect_shape

    node = open_node(settings, SystemClock())
    with file.open("rb") as stream:
        shape = detect_shape(stream)
    proposed: dict[str, Any] = propose_mapping(node.catalogue.by_code(type_code), shape.header).to_json()
    click.echo(orjson.dumps(proposed, option=orjson.OPT_INDENT_2).decode())
