"""A verification report on a terminal, in both languages."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

import click
import orjson

from service.command_line.settings_option import settings_of
from standards.verification_report import Finding, Indication, Outcome, VerificationReport
from verifier.checking.evidence import Evidence
from verifier.checking.offline_trust import evidence_of_file, evidence_of_node

EXIT_STATUS: Final = {Indication.PASSED: 0, Indication.FAILED: 1, Indication.INDETERMINATE: 2}
"""Exit status by verdict; wrong usage is 64, and so is a file that cannot be checked at all."""

_VERDICTS: Final = {
    Indication.PASSED: ("核验通过", "passed", "green"),
    Indication.FAILED: ("核验未通过", "not passed", "red"),
    Indication.INDETERMINATE: ("暂时无法判断", "cannot tell yet", "yellow"),
}
_MARKS: Final = {
    Outcome.PASSED: "✓",
    Outcome.FAILED: "✗",
    Outcome.INDETERMINATE: "?",
    Outcome.NEUTRAL: "–",
}


def evidence_for(trust: Path | None, at: datetime) -> Evidence:
    """Of the file that was named, else what this node kept; raises ``ElicenceError``."""
    if trust is not None:
        return evidence_of_file(trust.read_bytes(), at)
    return evidence_of_node(settings_of(None), at)


def answer(report: VerificationReport, *, as_json: bool) -> int:
    """Print a report; answers the exit status."""
    if as_json:
        click.echo(orjson.dumps(report.to_json(), option=orjson.OPT_INDENT_2).decode())
    else:
        _print_report(report)
    return EXIT_STATUS[report.indication]


def _print_report(report: VerificationReport) -> None:
    zh, en, colour = _VERDICTS[report.indication]
    detail = f" ({report.sub_indication})" if report.sub_indication else ""
    click.secho(f"{zh} · {en}{detail}", fg=colour, bold=True)
    for finding in report.findings:
        _print_finding(finding)


def _print_finding(finding: Finding) -> None:
    click.echo(f"  {_MARKS[finding.outcome]} {int(finding.step)} {finding.message.zh} {finding.message.en}")
    if finding.next_step is not None and finding.outcome is not Outcome.PASSED:
        click.echo(f"      → {finding.next_step.zh} {finding.next_step.en}")
