"""What a row changes on a licence that the library has: inspection, content, state, each by its own operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from issuer.discrepancies import Compared
from issuer.imports.check_rows import Candidate, RowChecker
from issuer.imports.enter_rows import (
    BY_TIME,
    DECIDED_BY,
    EnteringParty,
    replaced_not_entered,
)
from issuer.imports.errors import UnknownStateError
from issuer.imports.refusal import RowError
from issuer.library.change_input import ChangeRequest, parse_change_request
from issuer.library.change_licence import change_licence
from issuer.library.errors import LicenceChangedError, LicenceNotFoundError
from issuer.library.event import Operation
from issuer.library.library import Library
from issuer.library.licence import Licence, LicenceState, SourceMark, local_day
from issuer.library.standing import standing
from issuer.sources import Source, face_of, face_of_draft, judge
from standards.errors import ElicenceError

_RECORD: Final = frozenset({"licence_number", "valid_from", "valid_until"})
_TRIES: Final = 3
"""How often a row is tried when somebody else changes its licence at the same time."""

_LEADS_BACK: Final = {
    LicenceState.SUSPENDED: Operation.RETURN,
    LicenceState.REPORTED_LOST: Operation.CANCEL_LOSS,
    LicenceState.OTHER: Operation.TRANSFER_IN,
}


class Outcome(StrEnum):
    """What became of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    PROPOSED = "proposed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, repr=False)
class Applied:
    """What a row did.

    Attributes:
        outcome: CHANGED, PROPOSED, UNCHANGED or REFUSED.
        identifier: of the newest version afterwards.
        errors: why it was refused.
        compared: for the discrepancies, or ``None`` where the source's own word counts for everything.
    """

    outcome: Outcome
    identifier: str
    errors: tuple[RowError, ...] = ()
    compared: Compared | None = None


class RowApplication:
    """Applies rows to licences of the library; used from several threads."""

    def __init__(
        self, library: Library, party: EnteringParty, source: Source | None, checker: RowChecker
    ) -> None:
        self._library = library
        self._party = party
        self._source = source
        self._checker = checker

    def apply(self, one: Candidate, newest: str, mark: SourceMark, at: datetime, *, dry_run: bool) -> Applied:
        """Bring what the row says to the licence; what is so already changes nothing, so a repeat is harmless.

        Args:
            one: the row.
            newest: identifier of the licence's newest version.
            mark: kept with a new version that the row makes.
            at: now.
            dry_run: only say what would be done.
        """
        if one.says.state == LicenceState.REPLACED:
            # An export with all versions: the newest one has a row of its own.
            replaced = newest != one.identifier
            return Applied(
                Outcome.UNCHANGED if replaced else Outcome.REFUSED,
                newest,
                () if replaced else (replaced_not_entered(),),
            )
        if one.errors:
            return Applied(Outcome.REFUSED, newest, one.errors)
        for attempt in range(_TRIES):
            try:
                return self._apply(one, newest, mark, at, dry_run=dry_run)
            except LicenceChangedError as error:
                if attempt == _TRIES - 1:
                    return Applied(Outcome.REFUSED, newest, self._checker.errors_of(error))
            except ElicenceError as error:
                return Applied(Outcome.REFUSED, newest, self._checker.errors_of(error))
        raise AssertionError("unreachable")

    def _apply(
        self, one: Candidate, newest: str, mark: SourceMark, at: datetime, *, dry_run: bool
    ) -> Applied:
        licence = self._read(newest)
        licence_type = self._library.type_of(licence)
        incoming = _said(one)
        judgement = judge(licence_type, self._source, face_of(licence), incoming)
        compared = None
        if self._source is not None:
            compared = Compared(
                str(licence.identifier), licence.type_code, frozenset(incoming), judgement.refused
            )
        requests = self._requests(
            one, licence, {name: judgement.accepted[name] for name in judgement.changed}, at
        )
        outcome = Outcome.UNCHANGED
        for body in requests:
            outcome = Outcome.CHANGED
            request = self._request(body, licence, at)
            if dry_run:
                continue
            change = change_licence(
                self._library,
                licence,
                replace(request, source=mark),
                caller=self._party.actor,
                system=self._party.system,
                at=at,
            )
            licence = change.successor or change.licence
            if change.is_proposed:
                # What else the row says comes with the next delivery, once somebody has decided.
                outcome = Outcome.PROPOSED
                break
        return Applied(outcome, str(licence.identifier), (), compared)

    def _read(self, identifier: str) -> Licence:
        authority = self._party.authority.uscc
        licence = self._library.store.find(identifier, authority)
        while licence is not None and licence.superseded_by is not None:
            licence = self._library.store.find(licence.superseded_by, authority)
        if licence is None:
            raise LicenceNotFoundError
        return licence

    def _requests(
        self, one: Candidate, licence: Licence, changed: Mapping[str, Any], at: datetime
    ) -> list[dict[str, Any]]:
        """The operations that the row amounts to, in the order in which they make sense."""
        reason = f"来源“{self._party.source_name}”报送"
        wanted: list[dict[str, Any]] = []
        if (
            "inspection" in one.says.body
            and one.draft is not None
            and one.draft.inspection != licence.inspection
        ):
            wanted.append(
                {"operation": "inspect", "reason": reason, "inspection": one.says.body["inspection"]}
            )
        if changed:
            lapsed = standing(licence, self._library.type_of(licence), at) is LicenceState.EXPIRED
            operation = Operation.EXTEND if lapsed and "valid_until" in changed else Operation.CHANGE
            # A change may take rights away too: a holder leaves, the last day is earlier.
            wanted.append(
                {
                    "operation": operation.value,
                    "reason": reason,
                    "changes": _changes(changed),
                    **self._approved(),
                }
            )
        operation_for_state = self._state_operation(one, licence, at)
        if operation_for_state is not None:
            wanted.append(
                {
                    "operation": operation_for_state.value,
                    "reason": (one.says.state_reason or reason)[:500],
                    **self._approved(),
                }
            )
        return wanted

    def _approved(self) -> dict[str, Any]:
        approval = self._party.approval
        if approval is None:
            return {}
        return {"approval": {"proposer": approval.proposer.name, "approver": approval.approver.name}}

    def _state_operation(self, one: Candidate, licence: Licence, at: datetime) -> Operation | None:
        text = one.says.state
        if not text:
            return None
        try:
            state = LicenceState(text)
        except ValueError:
            raise UnknownStateError from None
        if state is licence.state or state is standing(licence, self._library.type_of(licence), at):
            return None
        if state in BY_TIME:
            return None if licence.state in BY_TIME else _LEADS_BACK.get(licence.state, Operation.RETURN)
        return DECIDED_BY[state]

    def _request(self, body: dict[str, Any], licence: Licence, at: datetime) -> ChangeRequest:
        return parse_change_request(
            body, licence, self._library.type_of(licence), self._library.catalogue, today=local_day(at)
        )


def _said(one: Candidate) -> dict[str, Any]:
    """The face of what the row itself says, without what the draft's parser filled in."""
    assert one.draft is not None  # rows with errors do not come here
    face = face_of_draft(one.draft)
    for name in ("valid_from", "valid_until"):
        if name not in one.says.body:
            face.pop(name, None)
    return face


def _changes(changed: Mapping[str, Any]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for name, value in changed.items():
        if name == "holders":
            changes[name] = [
                {"name": holder.name, "code_type": holder.code_type, "number": holder.number}
                for holder in value
            ]
        elif name in _RECORD:
            changes[name] = value
        else:
            changes.setdefault("fields", {})[name] = value
    return changes
