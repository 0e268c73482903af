"""``elicence issuer audit``: whether the library is what its history says, and the history what was sealed."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import click
import orjson

from issuer.app import ensure_indexes
from issuer.chain.audit import AuditReport, audit_authority
from issuer.chain.errors import ChainBrokenError
from issuer.chain.report_json import parse_notes, reports_json
from issuer.node import IssuerNode, open_node, record_seal
from service.clock import SystemClock
from service.command_line.settings_option import settings_option
from service.settings import Settings


@click.command("audit")
@click.option("--authority", "wanted", multiple=True, help="USCC; may be repeated.  [default: all]")
@click.option("--json", "as_json", is_flag=True, help="Print the report in JSON; keep it for --against.")
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An earlier report in JSON, kept elsewhere: the chain must still hold what it named.",
)
@settings_option
def audit(*, settings: Settings, wanted: tuple[str, ...], as_json: bool, against: Path | None) -> None:
    """Check every event and every state of the library against the sealed chain of its authority.

    What waits is sealed first. Exit status 0: all is whole; 1: something is broken, and the first place is named.
    """
    notes = {} if against is None else parse_notes(against.read_bytes())
    node = open_node(settings, SystemClock())
    ensure_indexes()
    at = node.clock.now()
    reports = list(_reports(node, wanted or tuple(sorted({*node.blocks.authorities(), *notes})), notes))
    if as_json:
        click.echo(orjson.dumps(reports_json(reports, at), option=orjson.OPT_INDENT_2).decode())
    else:
        names = {one.uscc: one.name.zh for one in node.authorities.all(at)}
        for report in reports:
            click.echo(_line(report, names.get(report.authority, "")))
    if not all(report.is_whole for report in reports):
        raise SystemExit(1)


def _reports(
    node: IssuerNode, authorities: Iterable[str], notes: Mapping[str, Mapping[int, str]]
) -> Iterable[AuditReport]:
    seal = record_seal(node.master_key)
    for authority in authorities:
        with suppress(ChainBrokenError):  # the audit names the place
            node.chain.seal_authority(authority, node.clock.now())
        length = max(node.blocks.count_sealed(authority), 1)
        with click.progressbar(length=length, label=authority, file=sys.stderr) as bar:
            yield audit_authority(
                node.blocks,
                seal,
                authority,
                noted=notes.get(authority),
                told=bar.update,
            )


def _line(report: AuditReport, name: str) -> str:
    head = f"{report.head.sequence} {report.head.hash}" if report.head.sequence else "-"
    counts = f"{report.licences} 份证照 licences，{report.events} 项经过 events，{report.blocks} 块 blocks，链头 head {head}"
    if report.finding is None:
        return f"✓ {report.authority} {name}：{counts}"
    return f"✗ {report.authority} {name}：{report.finding.message.zh} {report.finding.message.en}（{counts}）"
