"""The acceptance record: everything needed to explain a decision years later, and the chain that keeps it whole.

The records of a department are numbered from 1 and chained: each holds the hash of the one before, so that nothing
can be changed, taken out or put in between without breaking every later hash. Hashes alone can be made anew by whoever
writes into the store, so each is marked under a key of the node as well. What was shown is personal data and is
sealed; the chain holds a salted digest of it, so that it can be erased after its time without breaking the chain.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from service.record_chain import link_hash
from verifier.acceptance.circumstances import Circumstances
from verifier.acceptance.reasons import REASONS, Decision
from verifier.checking.scanned_code import is_code
from verifier.window.presentation import Presentation, Received, ShownLicence
from verifier.window.shown import licences_from_json, licences_to_json

_SALT_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class ShownEvidence:
    """The sealed part of a record.

    Attributes:
        licences: query id → licences as verified.
        vp_token: query id → presentations as received: with them the verification can be repeated.
        note: the clerk's words, which may name people.
    """

    licences: Mapping[str, tuple[ShownLicence, ...]]
    vp_token: Mapping[str, tuple[str, ...]]
    note: str

    @property
    def short(self) -> frozenset[str]:
        """Query ids of the licences of which only a code was shown."""
        return frozenset(query for query, texts in self.vp_token.items() if any(map(is_code, texts)))

    def encode(self) -> bytes:
        """The bytes to seal, with a fresh salt in them, so that their digest tells nothing."""
        return orjson.dumps(
            {
                "salt": secrets.token_hex(_SALT_BYTES),
                "licences": licences_to_json(self.licences),
                "vp_token": self.vp_token,
                "note": self.note,
            }
        )


def decode_evidence(encoded: bytes) -> ShownEvidence:
    """The reverse of :meth:`ShownEvidence.encode`."""
    value = orjson.loads(encoded)
    return ShownEvidence(
        licences=licences_from_json(value["licences"]),
        vp_token={query: tuple(texts) for query, texts in value["vp_token"].items()},
        note=value["note"],
    )


def evidence_of(presentation: Presentation, note: str) -> ShownEvidence:
    """What was shown in a presentation; empty when nothing was."""
    if isinstance(presentation, Received):
        return ShownEvidence(presentation.answer.licences, presentation.answer.vp_token, note)
    return ShownEvidence({}, {}, note)


@dataclass(frozen=True, slots=True)
class Facts:
    """The open part of a record, without its place in the chain.

    Attributes:
        id: random.
        department: USCC.
        presentation: id of the presentation decided on.
        item: code of the service item, or ``None``.
        item_name: its name at that time, zh and en, or ``None``.
        asked: what was asked: query, client_id, nonce, response_mode, asked_at.
        state: ``received``, ``refused`` or ``expired``.
        report: the verification report, or ``None`` when nothing was shown.
        lists: trust lists and status lists used: kind, uri, sequence, issued_at, age.
        decision: accept, refuse, supplement.
        reason: code of the reason, or ``None``.
        decided_by: id of the member of staff, or name of the system.
        decider_name: name at that time.
        decided_at: when, UTC, to the millisecond.
        shown_digest: SHA-256 of the sealed part's plain text, in hexadecimal.
        item_version: version of the service item, or ``None``.
        received_at: when the answer was checked, or ``None`` when nothing was shown.
        circumstances: case, terminal, channel, and how each material was satisfied.
        division: of the department; grants may be limited to some.
        own_forms: forms of the item's own that nobody fills in on paper any more.
        issuers: unified social credit code and division of each licence's issuer.
    """

    id: str
    department: str
    presentation: str
    item: str | None
    item_name: Mapping[str, str] | None
    asked: Mapping[str, Any]
    state: str
    report: Mapping[str, Any] | None
    lists: tuple[Mapping[str, Any], ...]
    decision: Decision
    reason: str | None
    decided_by: str
    decider_name: str
    decided_at: datetime
    shown_digest: str
    item_version: int | None = None
    received_at: datetime | None = None
    circumstances: Circumstances = field(default_factory=Circumstances)
    own_forms: int = 0
    division: str | None = None
    issuers: tuple[Mapping[str, str | None], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The wire shape; also what the chain hashes."""
        reason = REASONS.get(self.reason) if self.reason else None
        return {
            "id": self.id,
            "department": self.department,
            "presentation": self.presentation,
            "service_item": self.item,
            "service_item_name": self.item_name,
            "item_version": self.item_version,
            "case": self.circumstances.case,
            "terminal": self.circumstances.terminal,
            "channel": self.circumstances.channel,
            "materials": [material.to_json() for material in self.circumstances.materials],
            "own_forms": self.own_forms,
            "division": self.division,
            "issuers": list(self.issuers),
            "asked": self.asked,
            "state": self.state,
            "received_at": self.received_at.astimezone(UTC).isoformat(timespec="milliseconds")
            if self.received_at
            else None,
            "report": self.report,
            "lists": list(self.lists),
            "decision": self.decision.value,
            "reason": self.reason,
            "reason_text": reason.text.to_json() if reason else None,
            "decided_by": {"id": self.decided_by, "name": self.decider_name},
            "decided_at": self.decided_at.astimezone(UTC).isoformat(timespec="milliseconds"),
            "shown_digest": self.shown_digest,
        }


@dataclass(frozen=True, slots=True)
class AcceptanceRecord:
    """A record in its place in the chain of its department.

    Attributes:
        body: the open part as the exact bytes that were hashed.
        sequence: from 1, without gaps.
        previous: hash of the record before, or ``FIRST_PREVIOUS``.
        hash: of this record.
        evidence: the sealed part, opened, or ``None`` where it was not asked for.
        marked: whether this node made the hash, for this place of this department.
    """

    body: bytes = field(repr=False)
    sequence: int
    previous: str
    hash: str
    evidence: ShownEvidence | None = field(default=None, repr=False)
    marked: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether the record is as this node wrote it; what stands around it is the business of ``service.record_chain.first_break``."""
        return self.marked and self.hash == link_hash(self.body, self.sequence, self.previous)

    def facts(self) -> dict[str, Any]:
        """The open part."""
        value: dict[str, Any] = orjson.loads(self.body)
        return value

    @property
    def record_id(self) -> str:
        """Random id of the record."""
        return str(self.facts()["id"])

    def to_json(self) -> dict[str, Any]:
        """The open part and the place in the chain."""
        return {**self.facts(), "sequence": self.sequence, "previous": self.previous, "hash": self.hash}


def digest_of(encoded_evidence: bytes) -> str:
    """SHA-256 of the sealed part's plain text, in hexadecimal."""
    return hashlib.sha256(encoded_evidence).hexdigest()


def link(body: bytes, sequence: int, previous: str) -> AcceptanceRecord:
    """The record in its place: SHA-256 over sequence, the hash before, and the body."""
    return AcceptanceRecord(body, sequence, previous, link_hash(body, sequence, previous))
