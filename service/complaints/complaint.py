"""A complaint at a desk, and the rules of its states.

received ──answer──▶ answered ──close, or in time──▶ closed
    └──withdraw──▶ withdrawn ◀──withdraw──┘
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from service.complaints.deadlines import Deadlines
from service.complaints.errors import ComplaintOverError
from standards.complaints import Cause, ComplaintState, Finding, Standing


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint in a desk's books.

    Attributes:
        complaint_id: random.
        department: unified social credit code.
        reference: the department's name of the use complained about.
        state: where it stands.
        number: receipt number at the wallet.
        cause: what it is about.
        words: in the complainant's words.
        contact: how to reach them, or empty.
        used_at: when the use was.
        received_at: when the complaint came.
        answer_by: until when it is answered.
        finding: what was found, once it is answered.
        answer: the department's words.
        answered_by: name of the member of staff who answered.
        answered_at: when.
        ended_at: when it was closed or withdrawn.
        satisfied: what the complainant said at its close; ``None`` when nothing.
    """

    complaint_id: str
    department: str
    reference: str
    state: ComplaintState
    number: str
    cause: Cause
    words: str
    contact: str
    used_at: datetime
    received_at: datetime
    answer_by: datetime
    finding: Finding | None = None
    answer: str = ""
    answered_by: str = ""
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    satisfied: bool | None = None

    def at(self, now: datetime, deadlines: Deadlines) -> Complaint:
        """The complaint as it stands now: an answer that nobody disputes closes it in time."""
        if self.state is ComplaintState.ANSWERED and self.answered_at is not None:
            ends = self.answered_at + deadlines.close
            if ends <= now:
                return replace(self, state=ComplaintState.CLOSED, ended_at=ends)
        return self

    def is_due(self, now: datetime, deadlines: Deadlines) -> bool:
        """Whether the answer is due soon."""
        return self.state is ComplaintState.RECEIVED and self.answer_by - deadlines.remind <= now

    def is_overdue(self, now: datetime) -> bool:
        """Whether the answer is late."""
        return self.state is ComplaintState.RECEIVED and self.answer_by < now

    def standing(self) -> Standing:
        """What the wallet is told: never who answered."""
        return Standing(
            self.complaint_id,
            self.state,
            self.received_at,
            self.answer_by,
            self.finding,
            self.answer,
            self.answered_at,
        )


def answer_complaint(
    complaint: Complaint, finding: Finding, answer: str, *, by: str, at: datetime
) -> Complaint:
    """The complaint with its answer.

    Raises:
        ComplaintOverError: it was answered or withdrawn before.
    """
    if complaint.state is not ComplaintState.RECEIVED:
        raise ComplaintOverError
    return replace(
        complaint,
        state=ComplaintState.ANSWERED,
        finding=finding,
        answer=answer,
        answered_by=by,
        answered_at=at,
    )
