"""How a licence lies in the store: a plain part to search by, and everything personal sealed.

Sealed under the key of purpose ``licence-record``, each piece bound to its identifier and place, so that a value
that is moved to another row does not open. Holders are found by keyed hash (``keys.lookup``), never by number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import orjson

from issuer.library.event import Actor, EventOutcome, LicenceEvent, Operation, Proposal
from issuer.library.licence import (
    Holder,
    InspectionResult,
    InspectionStanding,
    IssuingAuthority,
    Licence,
    LicenceState,
    SourceMark,
)
from issuer.library.representatives import representatives_of
from keys.envelope import Envelope
from keys.lookup import LookupKey
from standards.codes.licence_identifier import parse_licence_identifier

Document = dict[str, Any]

UNSEALED: Final = "unsealed"
"""Member: number of the first event that no block of the authority's chain holds yet (``issuer.chain``)."""

_NUMBER: Final = "number"
"""In the place of a code type of holders: none of those has letters, so no holder has the hash of a licence number."""


@dataclass(frozen=True, slots=True)
class RecordSeal:
    """The keys under which licences lie in the store."""

    envelope: Envelope
    lookup: LookupKey


def to_document(licence: Licence, seal: RecordSeal) -> Document:
    """The document of ``licence``; absent values are left out where an index counts on that."""
    identifier = str(licence.identifier)
    personal = {
        "number": licence.licence_number,
        "holders": [[holder.name, holder.code_type, holder.number] for holder in licence.holders],
        "fields": dict(licence.fields),
    }
    document = {
        "_id": identifier,
        "authority": licence.authority.uscc,
        "authority_name": licence.authority.name,
        "division": licence.authority.division,
        "type": licence.type_code,
        "type_version": licence.type_version,
        "issue_date": licence.issue_date.isoformat(),
        "valid_from": _iso(licence.valid_from),
        "valid_until": _iso(licence.valid_until),
        "recorded_at": licence.recorded_at,
        "supersedes": licence.supersedes,
        "holders": [seal.lookup.lookup(holder.code_type, holder.number) for holder in licence.holders],
        "number": number_hash(seal.lookup, licence.licence_number),
        "sealed": seal.envelope.seal(orjson.dumps(personal), record_context(identifier)),
        "revision": licence.revision,
        "events": [event_document(identifier, event, seal) for event in licence.events],
        UNSEALED: 1,
        **changing_part(licence),
    }
    named = representative_hashes(licence.type_code, licence.type_version, licence.fields, seal.lookup)
    if named:
        document["representatives"] = named
    if licence.source is not None:
        document["source"] = mark_document(licence.source)
    return document


def representative_hashes(
    type_code: str, type_version: str, fields: Mapping[str, Any], lookup: LookupKey
) -> list[str]:
    """Keyed hashes of those whom a licence names as acting for its holder, in the order of its type."""
    named = representatives_of(type_code, type_version, fields)
    return [lookup.lookup(one.code_type, one.number) for one in named]


def number_hash(lookup: LookupKey, number: str) -> str:
    """Keyed hash by which a licence is found by its printed number, which may be a person's."""
    return lookup.lookup(_NUMBER, number)


def number_candidates(lookup: LookupKey, number: str) -> tuple[str, ...]:
    """Every hash under which a printed number may be stored; search with ``$in``."""
    return lookup.candidates(_NUMBER, number)


def mark_document(mark: SourceMark) -> Document:
    """The mark of a source system's delivery; it holds nothing personal."""
    return {
        "system": mark.system,
        "digest": mark.digest,
        "delivery": mark.delivery,
        "row": mark.row,
        "at": mark.at,
    }


def mark_of(document: Mapping[str, Any] | None) -> SourceMark | None:
    """The mark in a document, or ``None``."""
    if document is None:
        return None
    return SourceMark(
        document["system"], document["digest"], document["delivery"], document["row"], document["at"]
    )


def changing_part(licence: Licence) -> Document:
    """What an operation may change on a version, apart from its history."""
    return {
        "state": licence.state.value,
        "inspection": _inspection_document(licence.inspection),
        "superseded_by": licence.superseded_by,
        # The history holds the words; an open proposal is only the number of its event.
        "proposal": None if licence.proposal is None else licence.proposal.event,
    }


def event_document(identifier: str, event: LicenceEvent, seal: RecordSeal) -> Document:
    """One entry of the history; reason, names and proposed changes are sealed."""
    personal: list[Any] = [event.reason, _actor(event.proposer), _actor(event.approver)]
    if event.changes is not None:
        personal.append(event.changes)
    document: Document = {
        "number": event.number,
        "operation": event.operation.value,
        "outcome": event.outcome.value,
        "at": event.at,
        "system": event.system,
        "answers": event.answers,
        "sealed": seal.envelope.seal(orjson.dumps(personal), event_context(identifier, event.number)),
    }
    if event.code is not None:
        document["code"] = event.code
    if event.inspection is not None:
        document["inspection"] = _inspection_document(event.inspection)
    if event.part_of is not None:
        document["part_of"] = event.part_of
    return document


def of_document(document: Mapping[str, Any], seal: RecordSeal) -> Licence:
    """The licence of a document; raises ``SealedDataError`` when somebody altered or moved it."""
    identifier = document["_id"]
    personal = orjson.loads(seal.envelope.open(document["sealed"], record_context(identifier)))
    events = tuple(_event(identifier, event, seal) for event in document["events"])
    return Licence(
        identifier=parse_licence_identifier(identifier),
        type_code=document["type"],
        type_version=document["type_version"],
        licence_number=personal["number"],
        authority=IssuingAuthority(document["authority"], document["authority_name"], document["division"]),
        holders=tuple(Holder(*holder) for holder in personal["holders"]),
        issue_date=date.fromisoformat(document["issue_date"]),
        valid_from=_day(document["valid_from"]),
        valid_until=_day(document["valid_until"]),
        fields=personal["fields"],
        state=LicenceState(document["state"]),
        inspection=_inspection_of(document["inspection"]),
        recorded_at=document["recorded_at"],
        revision=document["revision"],
        superseded_by=document["superseded_by"],
        supersedes=document["supersedes"],
        proposal=_proposal(document["proposal"], events),
        events=events,
        source=mark_of(document.get("source")),
    )


def renewed_part(document: Mapping[str, Any], seal: RecordSeal) -> Document:
    """What of a document names a key before the current ones, made anew; empty when nothing does.

    Raises:
        SealedDataError: somebody altered or moved it.
    """
    identifier, envelope, lookup = document["_id"], seal.envelope, seal.lookup
    renewed: Document = {}
    if envelope.is_older(document["sealed"]):
        renewed["sealed"] = envelope.reseal(document["sealed"], record_context(identifier))
    representatives = document.get("representatives", ())
    hashes = (*document["holders"], document.get("number", ""), *representatives)
    if any(lookup.is_older(value) for value in hashes):
        personal = orjson.loads(envelope.open(document["sealed"], record_context(identifier)))
        renewed["holders"] = [
            lookup.lookup(code_type, number) for _, code_type, number in personal["holders"]
        ]
        renewed["number"] = number_hash(lookup, personal["number"])
        if representatives:
            renewed["representatives"] = representative_hashes(
                document["type"], document["type_version"], personal["fields"], lookup
            )
    if any(envelope.is_older(event["sealed"]) for event in document["events"]):
        renewed["events"] = [
            {
                **event,
                "sealed": envelope.reseal(event["sealed"], event_context(identifier, event["number"])),
            }
            for event in document["events"]
        ]
    return renewed


def _event(identifier: str, document: Mapping[str, Any], seal: RecordSeal) -> LicenceEvent:
    number = document["number"]
    context = event_context(identifier, number)
    reason, proposer, approver, *more = orjson.loads(seal.envelope.open(document["sealed"], context))
    inspection = document.get("inspection")
    return LicenceEvent(
        number=number,
        operation=Operation(document["operation"]),
        outcome=EventOutcome(document["outcome"]),
        reason=reason,
        at=document["at"],
        proposer=Actor(*proposer),
        approver=None if approver is None else Actor(*approver),
        system=document["system"],
        answers=document["answers"],
        code=document.get("code"),
        changes=more[0] if more else None,
        inspection=None if inspection is None else _inspection_of(inspection),
        part_of=document.get("part_of"),
    )


def _proposal(number: int | None, events: tuple[LicenceEvent, ...]) -> Proposal | None:
    event = next((event for event in events if event.number == number), None)
    if event is None:
        return None
    return Proposal(
        event.number, event.operation, event.reason, event.proposer, event.at, event.changes, event.code
    )


def _inspection_document(inspection: InspectionStanding) -> Document:
    return {"result": inspection.result.value, "due": _iso(inspection.due)}


def _inspection_of(document: Mapping[str, Any]) -> InspectionStanding:
    return InspectionStanding(InspectionResult(document["result"]), _day(document["due"]))


def _actor(actor: Actor | None) -> list[str | None] | None:
    return None if actor is None else [actor.name, actor.account]


def record_context(identifier: str) -> str:
    """Where the sealed part of a record belongs (``keys.envelope``)."""
    return f"licence {identifier} record"


def event_context(identifier: str, number: int) -> str:
    """Where the sealed part of an event belongs."""
    return f"licence {identifier} event {number}"


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
