"""Use case: a clerk, or a department's system, decides."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from verifier.acceptance.circumstances import Circumstances, MaterialTaken, materials_shown
from verifier.acceptance.decision import NOTHING_EXCUSED, Verdict, check_verdict
from verifier.acceptance.errors import AlreadyDecidedError
from verifier.acceptance.kept_evidence import EvidenceStore, digests_named
from verifier.acceptance.record import AcceptanceRecord, Facts, digest_of, evidence_of
from verifier.acceptance.store import RecordStore
from verifier.items import ServiceItem
from verifier.window.presentation import Answer, Presentation, Received
from verifier.window.store import PresentationStore


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides: the id and name of a member of staff, or the name of a department's system."""

    id: str
    name: str


def decide(
    presentation: Presentation,
    verdict: Verdict,
    *,
    item: ServiceItem | None,
    decider: Decider,
    records: RecordStore,
    presentations: PresentationStore,
    evidence: EvidenceStore,
    at: datetime,
    excused: frozenset[str] = NOTHING_EXCUSED,
    circumstances: Circumstances | None = None,
    channel: str = "desk",
    division: str | None = None,
) -> AcceptanceRecord:
    """Take down a decision (two durable writes, and one where a list is new to this process). A presentation is decided on once.

    The record comes first and is the truth. Should the process end before the presentation is marked, the next
    attempt to decide finds the record, marks it, and is refused.

    Args:
        presentation: as it is now.
        verdict: what was decided.
        item: what it was for, or ``None``.
        decider: who.
        records: where it is kept.
        presentations: where the presentation is marked as decided.
        evidence: keeps for good what the report stands on.
        at: now.
        excused: query ids of required materials that are there on paper or may follow.
        circumstances: around it; without them what was shown is the table of materials.
        division: of the department that decides.
        channel: without circumstances, how it was decided: ``desk`` or ``api``.

    Raises:
        StillPendingError, NotAcceptableError: the rules of :func:`verifier.acceptance.decision.check_verdict`.
        AlreadyDecidedError: somebody was first.
    """
    check_verdict(verdict, presentation, excused)
    shown = evidence_of(presentation, verdict.note).encode()
    asked = presentation.asked
    answer = presentation.answer if isinstance(presentation, Received) else None
    facts = Facts(
        id=secrets.token_urlsafe(12),
        department=asked.department,
        presentation=asked.id,
        item=asked.item,
        item_name=item.name.to_json() if item else None,
        asked={
            "dcql_query": asked.query.to_json(),
            "purpose": item.purpose.to_json() if item else None,
            "client_id": asked.client_id,
            "nonce": asked.nonce,
            "response_mode": asked.response_mode,
            "asked_at": asked.asked_at.isoformat(timespec="milliseconds"),
            "asked_by": asked.asked_by,
        },
        state=presentation.name.value,
        report=answer.report if answer else None,
        lists=answer.lists if answer else (),
        decision=verdict.decision,
        reason=verdict.reason.code if verdict.reason else None,
        decided_by=decider.id,
        decider_name=decider.name,
        decided_at=at,
        shown_digest=digest_of(shown),
        item_version=item.version if item else None,
        received_at=answer.received_at if answer else None,
        circumstances=circumstances
        or Circumstances(channel=channel, materials=_shown_materials(item, answer)),
        own_forms=item.own_forms if item else 0,
        division=division,
        issuers=_issuers(answer),
    )
    evidence.pin(digests_named(facts.lists))
    try:
        record = records.append(facts, shown)
    except AlreadyDecidedError:
        first = records.of_presentation(asked.department, asked.id)
        if first is not None:
            presentations.mark_decided(asked.id, first.record_id)
        raise
    presentations.mark_decided(asked.id, record.record_id)
    return record


def _shown_materials(item: ServiceItem | None, answer: Answer | None) -> tuple[MaterialTaken, ...]:
    against = {
        finding.get("query")
        for finding in (answer.report["findings"] if answer else ())
        if finding["outcome"] in {"failed", "indeterminate"}
    }
    licences = answer.licences if answer else {}
    return materials_shown(
        item,
        {query: shown[0].claims for query, shown in licences.items() if shown and query not in against},
        answer.short if answer else frozenset(),
    )


def _issuers(answer: Answer | None) -> tuple[dict[str, str | None], ...]:
    if answer is None:
        return ()
    return tuple(
        {"uscc": licence.issuer_uscc, "division": licence.issuer_division}
        for shown in answer.licences.values()
        for licence in shown
    )
