"""A report in JSON; what one audit writes, a later one can be held against."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from issuer.chain.audit import AuditReport
from issuer.chain.errors import InvalidNotesError
from standards.errors import InvalidInputError
from standards.json_reader import Reader, parse_json
from standards.text import Text

_MOST_AUTHORITIES: Final = 100_000


def report_json(report: AuditReport) -> dict[str, Any]:
    """The report of one authority."""
    finding = report.finding
    return {
        "authority": report.authority,
        "whole": report.is_whole,
        "blocks": report.blocks,
        "events": report.events,
        "licences": report.licences,
        "waiting": report.waiting,
        "head": {"sequence": report.head.sequence, "hash": report.head.hash},
        "finding": None
        if finding is None
        else {
            "code": finding.code,
            "message": finding.message.to_json(),
            "block": finding.block,
            "licence": finding.identifier,
            "event": finding.event,
        },
    }


def reports_json(reports: list[AuditReport], at: datetime) -> dict[str, Any]:
    """The reports of several authorities."""
    return {
        "at": at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "authorities": [report_json(report) for report in reports],
    }


def parse_notes(content: bytes) -> Mapping[str, Mapping[int, str]]:
    """Authority → sequence → hash out of an earlier report.

    Raises:
        InvalidNotesError: it is no such report.
    """
    try:
        notes: dict[str, Mapping[int, str]] = {}
        for one in Reader(parse_json(content)).objects("authorities", max_items=_MOST_AUTHORITIES):
            head = one.object("head")
            sequence = head.integer("sequence", minimum=0)
            if sequence:
                notes[one.text("authority", max_chars=40)] = {sequence: head.text("hash", max_chars=64)}
    except InvalidInputError as error:
        raise InvalidNotesError(
            f"不是先前的审计结果：{error.message.zh}",
            f"This is no earlier report: {error.message.en}",
            where=error.where,
            next_step=Text(
                "请给出先前 elicence issuer audit --json 的输出。",
                "Give what `elicence issuer audit --json` printed earlier.",
            ),
        ) from error
    return notes
