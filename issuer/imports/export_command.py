"""``elicence issuer export``: the licences of a selection into a file, in the foreground; logged, with the cause."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from issuer.app import ensure_indexes
from issuer.authority_named import authority_named
from issuer.imports.export import parse_export
from issuer.imports.reading import FileFormat
from issuer.imports.receive_file import transfers_of
from issuer.imports.run_export import exported_licences, new_export
from issuer.node import open_node
from service.clock import SystemClock
from service.command_line.settings_option import settings_option
from service.settings import Settings
from standards.json_reader import parse_json

_BY = "elicence issuer export"


@click.command("export")
@click.option("--type", "type_code", required=True, help="Code of the licence type.")
@click.option("--authority", help="USCC of the authority.  [default: the node's first]")
@click.option(
    "--selection", "selection_text", default="{}", help="JSON: states, division, dates … see the interface."
)
@click.option(
    "--format", "format_", default="csv", show_default=True, type=click.Choice([f.value for f in FileFormat])
)
@click.option("--cause", required=True, help="Why; logged.")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, writable=True, path_type=Path), help="The file."
)
@settings_option
def export_file(
    *,
    settings: Settings,
    type_code: str,
    authority: str | None,
    selection_text: str,
    format_: str,
    cause: str,
    out: Path,
) -> None:
    """Write licences into a file that "elicence issuer import" reads again; only its owner can read it."""
    node = open_node(settings, SystemClock())
    ensure_indexes()
    uscc = authority_named(node, authority).uscc
    selection: Any = {**parse_json(selection_text), "type": type_code}
    request = parse_export({"selection": selection, "format": format_, "cause": cause}, uscc, node.catalogue)
    export = new_export(uscc, request, by=_BY, at=node.clock.now())
    transfers_of(node).exports.add(export)
    unfinished = out.with_name(f".{out.name}.part")
    total = node.finder.count(export.selection, 10**7)
    with (
        os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream,
        click.progressbar(length=max(total, 1), label="导出 · Exporting", file=sys.stderr) as bar,
    ):
        for block in exported_licences(node, export, told=bar.update):
            stream.write(block)
    unfinished.replace(out)
    count = transfers_of(node).exports.find(uscc, export.id).count
    click.echo(f"已导出 {count} 份 / {count} exported: {out}")
