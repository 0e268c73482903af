"""A licence on the wire of the management interface."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from issuer.library.event import Actor, LicenceEvent
from issuer.library.licence import Licence, local_day
from issuer.library.reason_codes import reason_label
from issuer.library.standing import standing
from standards.licence_types import LicenceType


def licence_json(licence: Licence, licence_type: LicenceType, at: datetime) -> dict[str, Any]:
    """The whole licence with its history. ``state`` is where it stands at ``at``; dates are ISO 8601."""
    stands = standing(licence, licence_type, at)
    return {
        "identifier": str(licence.identifier),
        "version": licence.version,
        "type": {"code": licence.type_code, "vct": licence.vct, "name": licence_type.name.to_json()},
        "licence_number": licence.licence_number,
        "issuing_authority": {"code": licence.authority.uscc, "name": licence.authority.name},
        "division": licence.authority.division,
        "holders": [
            {"name": holder.name, "code_type": holder.code_type, "number": holder.number}
            for holder in licence.holders
        ],
        "issue_date": licence.issue_date.isoformat(),
        "valid_from": licence.valid_from and licence.valid_from.isoformat(),
        "valid_until": licence.valid_until and licence.valid_until.isoformat(),
        "fields": dict(licence.fields),
        "state": stands.value,
        "state_label": stands.label.to_json(),
        "inspection": _inspection_json(licence, licence_type, at),
        "supersedes": licence.supersedes,
        "superseded_by": licence.superseded_by,
        "proposal": None
        if licence.proposal is None
        else {
            "event": licence.proposal.event,
            "operation": licence.proposal.operation.value,
            "reason": licence.proposal.reason,
            "reason_code": licence.proposal.code,
            "changes": licence.proposal.changes,
            "proposer": licence.proposal.proposer.name,
            "at": _instant(licence.proposal.at),
        },
        "events": [event_json(event) for event in licence.events],
        "recorded_at": _instant(licence.recorded_at),
        "revision": licence.revision,
    }


def event_json(event: LicenceEvent) -> dict[str, Any]:
    """One entry of the history."""
    return {
        "event": event.number,
        "operation": event.operation.value,
        "state": event.outcome.value,
        "reason": event.reason,
        "reason_code": event.code,
        "reason_label": _label(event),
        "at": _instant(event.at),
        "proposer": event.proposer.name,
        "approver": _name(event.approver),
        "system": event.system,
        "answers": event.answers,
        "part_of": event.part_of,
    }


def _inspection_json(licence: Licence, licence_type: LicenceType, at: datetime) -> dict[str, Any] | None:
    if licence_type.inspection is None:
        return None
    inspection = licence.inspection
    return {
        "name": licence_type.inspection.name.to_json(),
        "result": inspection.result.value,
        "due": inspection.due and inspection.due.isoformat(),
        "overdue": inspection.overdue_on(local_day(at)),
        "overdue_invalidates": licence_type.inspection.overdue_invalidates,
    }


def _label(event: LicenceEvent) -> dict[str, str] | None:
    label = reason_label(event.operation, event.code)
    return None if label is None else label.to_json()


def _name(actor: Actor | None) -> str | None:
    return None if actor is None else actor.name


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
