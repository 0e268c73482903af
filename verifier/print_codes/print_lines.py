"""The check of a printed licence's code on a terminal: the report, then what the paper has to say."""

from __future__ import annotations

from datetime import datetime

import click
import orjson

from verifier.checking.evidence import Evidence
from verifier.checking.policy import VerificationPolicy
from verifier.checking.print_report import EXIT_STATUS, answer
from verifier.print_codes.check_alone import check_print_text
from verifier.scanning.harmless import harmless_lines
from verifier.scanning.notes import with_notes
from verifier.scanning.recognised import DocumentCode


def answer_print(found: DocumentCode, evidence: Evidence, at: datetime, *, as_json: bool) -> int:
    """Check and print; answers the exit status."""
    checked = check_print_text(found.text, evidence, policy=VerificationPolicy(), at=at)
    report = with_notes(checked.report, found)
    if as_json:
        wire = {**report.to_json(), **checked.to_json()}
        click.echo(orjson.dumps(wire, option=orjson.OPT_INDENT_2).decode())
        return EXIT_STATUS[report.indication]
    status = answer(report, as_json=False)
    if checked.lines:
        click.echo("纸面应印有 What the paper has to say:")
    for line in checked.lines:
        text = (
            "（码中未载 not in the code）"
            if line.text is None
            else harmless_lines(line.text) or "（空 nothing）"
        )
        click.echo(f"  {line.label.zh} {line.label.en}: {text}")
    return status
