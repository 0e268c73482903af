"""New licences out of checked rows: numbers given and checked, identifiers as they follow from the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from issuer.catalogue.make_type import refuse_withdrawn
from issuer.imports.check_rows import Candidate, RowChecker, twice_in_file
from issuer.imports.errors import InvalidHolderError, NumberTakenError, UnknownStateError
from issuer.imports.refusal import RefusedRow, RowError
from issuer.library.event import Actor, Approval, EventOutcome, LicenceEvent, Operation
from issuer.library.library import Library
from issuer.library.licence import IssuingAuthority, Licence, LicenceState, SourceMark
from issuer.library.licence_input import LicenceDraft
from issuer.library.numbering import is_running, number_of
from issuer.library.record_licence import licence_of, refuse_foreign
from issuer.library.store.bulk import BulkLicences
from issuer.sources.registers import HolderRegisters
from standards.codes.licence_identifier import parse_licence_identifier
from standards.errors import ElicenceError
from standards.text import Text

DECIDED_BY: Final = {
    LicenceState.SUSPENDED: Operation.SUSPEND,
    LicenceState.REPORTED_LOST: Operation.REPORT_LOST,
    LicenceState.DEREGISTERED: Operation.DEREGISTER,
    LicenceState.RESCINDED: Operation.RESCIND,
    LicenceState.REVOKED: Operation.REVOKE,
    LicenceState.EXPIRED: Operation.EXPIRE,
    LicenceState.OTHER: Operation.TRANSFER_OUT,
}
"""Which operation leads from a valid licence into a state; the states that are not here nobody decides."""

BY_TIME: Final = frozenset(
    {LicenceState.VALID, LicenceState.NOT_YET_EFFECTIVE, LicenceState.INSPECTION_OVERDUE}
)
"""States that a licence decided valid has by itself, as its dates say."""

_STATES: Final = frozenset(state.value for state in LicenceState)


@dataclass(frozen=True, slots=True)
class EnteringParty:
    """For whom licences are entered, and who stands behind it.

    Attributes:
        authority: who issued them.
        licence_types: which it may issue.
        actor: who brings them in.
        system: the source system or the calling system, or ``None``.
        source_name: what the history calls the source.
        approval: of what takes rights away, or ``None``.
    """

    authority: IssuingAuthority
    licence_types: Collection[str]
    actor: Actor
    system: str | None
    source_name: str
    approval: Approval | None


class RowEntrance:
    """Makes licences of rows that the library does not have yet."""

    def __init__(
        self,
        bulk: BulkLicences,
        library: Library,
        registers: HolderRegisters,
        party: EnteringParty,
        checker: RowChecker,
    ) -> None:
        self._bulk = bulk
        self._library = library
        self._registers = registers
        self._party = party
        self._checker = checker

    def licences_of(
        self,
        candidates: list[Candidate],
        marks: dict[str, SourceMark],
        first: dict[str, int],
        at: datetime,
        *,
        dry_run: bool,
    ) -> tuple[list[Licence], list[RefusedRow]]:
        """The licences of these rows, and the rows that make none. Two round trips, and one for running numbers.

        Args:
            candidates: whose identifiers the library does not have.
            marks: identifier → what to keep of the row.
            first: number → row, of rows before these that are not stored yet; the new ones are added.
            at: now.
            dry_run: no running number is used up.
        """
        refused: list[RefusedRow] = []
        drafts = [one for one in candidates if self._is_right(one, refused)]
        missing = (
            self._registers.missing(holder for one in drafts for holder in _draft(one).holders)
            if self._registers.code_types
            else frozenset()
        )
        numbered = self._numbered(drafts, dry_run=dry_run)
        type_code = _draft(drafts[0]).licence_type.code if drafts else ""
        # A running number that was just drawn is nobody else's.
        stated = [number for _, number, is_drawn in numbered if not is_drawn]
        live = self._bulk.live_numbers(self._party.authority.uscc, type_code, stated) if stated else {}
        made: list[Licence] = []
        for one, number, is_drawn in numbered:
            row = one.row
            errors = self._not_in_register(one, missing) if missing else []
            if number in live:
                errors += self._checker.errors_of(NumberTakenError(live[number][0]))
            elif not is_drawn and first.setdefault(number, row.number) != row.number:
                errors.append(twice_in_file(first[number]))
            licence = None if errors else self._licence(one, number, marks[one.identifier], at, errors)
            if licence is None:
                refused.append(RefusedRow(row.number, row.cells, tuple(errors)))
            else:
                made.append(licence)
        return made, refused

    def _not_in_register(self, one: Candidate, missing: Collection[tuple[str, str]]) -> list[RowError]:
        return [
            error
            for place, holder in enumerate(_draft(one).holders)
            if (holder.code_type, holder.number) in missing
            for error in self._checker.errors_of(InvalidHolderError(f"/holders/{place}/number"))
        ]

    def _is_right(self, one: Candidate, refused: list[RefusedRow]) -> bool:
        errors = one.errors
        if one.draft is not None:
            try:
                refuse_foreign(one.draft, self._party.authority, self._party.licence_types)
                refuse_withdrawn(self._library.catalogue, one.draft.licence_type)
            except ElicenceError as error:
                errors = self._checker.errors_of(error)
        if errors:
            refused.append(RefusedRow(one.row.number, one.row.cells, errors))
        return not errors

    def _numbered(self, drafts: list[Candidate], *, dry_run: bool) -> list[tuple[Candidate, str, bool]]:
        party = self._party.authority
        lacking = Counter(
            draft.issue_date.year
            for draft in map(_draft, drafts)
            if draft.licence_number is None and is_running(draft.licence_type)
        )
        following = {
            year: 0
            if dry_run
            else self._bulk.next_sequences(party.uscc, _draft(drafts[0]).licence_type.code, year, count)
            for year, count in lacking.items()
        }
        numbered = []
        for one in drafts:
            draft = _draft(one)
            number = draft.licence_number
            is_drawn = number is None and is_running(draft.licence_type)
            if number is None:
                sequence = 0
                if is_drawn:
                    sequence = following[draft.issue_date.year]
                    following[draft.issue_date.year] += 1
                number = number_of(draft, draft.division or party.division, sequence)
            numbered.append((one, number, is_drawn))
        return numbered

    def _licence(
        self, one: Candidate, number: str, mark: SourceMark, at: datetime, errors: list[RowError]
    ) -> Licence | None:
        party, draft = self._party, _draft(one)
        issuer = IssuingAuthority(
            party.authority.uscc, party.authority.name, draft.division or party.authority.division
        )
        reason = f"由来源“{party.source_name}”导入"
        issued = LicenceEvent(
            1,
            Operation.ISSUE,
            EventOutcome.DONE,
            reason,
            at,
            party.actor,
            system=party.system,
            code="imported",
        )
        state, ended = self._state(one, at, errors)
        if errors:
            return None
        licence = licence_of(draft, parse_licence_identifier(one.identifier), number, issuer, issued)
        events = licence.events if ended is None else (issued, ended)
        # Millions of these are made: filling in three members of a value that nobody else has yet beats copying it.
        for name, value in (("state", state), ("events", events), ("source", mark)):
            object.__setattr__(licence, name, value)
        return licence

    def _state(
        self, one: Candidate, at: datetime, errors: list[RowError]
    ) -> tuple[LicenceState, LicenceEvent | None]:
        text = one.says.state
        if not text:
            return LicenceState.VALID, None
        if text not in _STATES:
            errors += self._checker.errors_of(UnknownStateError())
            return LicenceState.VALID, None
        state = LicenceState(text)
        if state in BY_TIME or _has_lapsed(state, _draft(one), at):
            return LicenceState.VALID, None
        operation = DECIDED_BY.get(state)
        if operation is None:
            errors.append(replaced_not_entered())
            return state, None
        party = self._party
        if party.approval is None and operation not in (Operation.REPORT_LOST, Operation.EXPIRE):
            errors.append(approval_missing())
            return state, None
        proposer = party.actor if party.approval is None else party.approval.proposer
        approver = None if party.approval is None else party.approval.approver
        reason = one.says.state_reason or f"来源“{party.source_name}”记载为“{state.label.zh}”"
        return state, LicenceEvent(
            2, operation, EventOutcome.DONE, reason[:500], at, proposer, approver, system=party.system
        )


def _draft(one: Candidate) -> LicenceDraft:
    assert one.draft is not None  # only right rows come here
    return one.draft


def _has_lapsed(state: LicenceState, draft: LicenceDraft, at: datetime) -> bool:
    until: date | None = draft.period.valid_until
    return state is LicenceState.EXPIRED and until is not None and until < at.date()


def replaced_not_entered() -> RowError:
    """A version that was replaced is not entered alone."""
    return RowError(
        "replaced-version",
        "state",
        None,
        Text("已换发的旧版本不单独导入。", "A version that was replaced is not imported by itself."),
        Text("请导入新版本。", "Import the newest version."),
    )


def approval_missing() -> RowError:
    """A state that takes rights away, and no second person behind it."""
    return RowError(
        "approval-missing",
        "state",
        None,
        Text(
            "此状态限制或终止持证人的权利，须由两人负责。",
            "This state takes rights away; two persons must stand behind it.",
        ),
        Text("请在导入时写明提出人和审批人。", "Name a proposer and an approver with the import."),
    )
