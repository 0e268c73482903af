"""One version of a licence type on its way: draft, proposed, published. What was published is never edited again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from issuer.catalogue.errors import ApproverIsAuthorError, TypeVersionStateError
from issuer.library.event import Actor
from standards.licence_types import vct_of
from standards.text import Text


class VersionState(StrEnum):
    """Where a version stands."""

    DRAFT = "draft"
    """Can be edited by its authority."""
    PROPOSED = "proposed"
    """Waits for the second person."""
    PUBLISHED = "published"
    """Licences can be issued under it; it stays as it is for good."""

    @property
    def label(self) -> Text:
        """The state in words."""
        return _STATE_LABELS[self]


_STATE_LABELS: Final = {
    VersionState.DRAFT: Text("草案", "Draft"),
    VersionState.PROPOSED: Text("待批准", "Waits for approval"),
    VersionState.PUBLISHED: Text("已发布", "Published"),
}


class StepKind(StrEnum):
    """What somebody did with a version."""

    DRAFTED = "drafted"
    EDITED = "edited"
    PROPOSED = "proposed"
    SENT_BACK = "sent_back"
    APPROVED = "approved"

    @property
    def label(self) -> Text:
        """The step in words."""
        return _STEP_LABELS[self]


_STEP_LABELS: Final = {
    StepKind.DRAFTED: Text("起草", "Drafted"),
    StepKind.EDITED: Text("修改", "Edited"),
    StepKind.PROPOSED: Text("提请批准", "Sent for approval"),
    StepKind.SENT_BACK: Text("退回修改", "Sent back"),
    StepKind.APPROVED: Text("批准并发布", "Approved and published"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a version's history."""

    kind: StepKind
    at: datetime
    by: Actor
    note: str = ""


@dataclass(frozen=True, slots=True)
class TypeVersion:
    """One version of a type.

    Attributes:
        code: of the type.
        version: from 1.
        owner: USCC of the authority that made it.
        state: where it stands.
        content: the type's data (``standards.licence_types.data_file``), complete or not; without ``code`` and
            ``version``, which the node gives.
        revision: counts the changes; every change is a compare-and-set on it.
        steps: who did what, oldest first.
    """

    code: str
    version: int
    owner: str
    state: VersionState
    content: Mapping[str, Any]
    revision: int
    steps: tuple[Step, ...]

    @property
    def vct(self) -> str:
        """Credential type of copies of licences of this version."""
        return vct_of(self.code, str(self.version))

    @property
    def name(self) -> Text:
        """What the type is called, as far as the draft says."""
        name = self.content.get("name")
        zh, en = (name.get("zh"), name.get("en")) if isinstance(name, dict) else (None, None)
        return Text(str(zh or en or self.code), str(en or zh or self.code))

    def edited(self, content: Mapping[str, Any], by: Actor, at: datetime) -> TypeVersion:
        """With another content. Several edits of one person in a row are one line of the history."""
        self._require(VersionState.DRAFT)
        steps = self.steps
        if steps and steps[-1].kind is StepKind.EDITED and steps[-1].by == by:
            steps = steps[:-1]
        return replace(self, content=dict(content), steps=(*steps, Step(StepKind.EDITED, at, by)))

    def proposed(self, by: Actor, at: datetime) -> TypeVersion:
        """Waiting for the second person."""
        self._require(VersionState.DRAFT)
        return self._after(VersionState.PROPOSED, Step(StepKind.PROPOSED, at, by))

    def sent_back(self, by: Actor, note: str, at: datetime) -> TypeVersion:
        """A draft again, with what has to change."""
        self._require(VersionState.PROPOSED)
        return self._after(VersionState.DRAFT, Step(StepKind.SENT_BACK, at, by, note))

    def approved(self, by: Actor, at: datetime) -> TypeVersion:
        """Published.

        Raises:
            ApproverIsAuthorError: the approver had a hand in the draft since it was last sent back, or before.
        """
        self._require(VersionState.PROPOSED)
        if any(step.by.is_same_person(by) for step in self.steps if step.kind is not StepKind.SENT_BACK):
            raise ApproverIsAuthorError(where="/approval/approver")
        return self._after(VersionState.PUBLISHED, Step(StepKind.APPROVED, at, by))

    def _after(self, state: VersionState, step: Step) -> TypeVersion:
        return replace(self, state=state, steps=(*self.steps, step))

    def _require(self, state: VersionState) -> None:
        if self.state is state:
            return
        if self.state is VersionState.PUBLISHED:
            raise TypeVersionStateError(
                "已发布的版本不能再修改。",
                "A published version is never changed.",
                next_step=Text("请编制下一版。", "Make the next version instead."),
            )
        raise TypeVersionStateError(
            f"此版本当前为“{self.state.label.zh}”。",
            f"The version is in another state: {self.state.label.en.lower()}.",
            next_step=Text(f"需先成为“{state.label.zh}”。", f"It has to be: {state.label.en.lower()}."),
        )


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """That no new licence of a type is to be issued; in force once a second person approved.

    Attributes:
        code: of the type.
        owner: USCC of the authority that withdraws it.
        reason: why.
        proposed_by, proposed_at: who asked for it.
        approved_by, approved_at: the second person, or ``None`` while it waits.
    """

    code: str
    owner: str
    reason: str
    proposed_by: Actor
    proposed_at: datetime
    approved_by: Actor | None = None
    approved_at: datetime | None = None

    @property
    def in_force(self) -> bool:
        """Whether it was approved."""
        return self.approved_by is not None

    def approved(self, by: Actor, at: datetime) -> Withdrawal:
        """In force; raises ``ApproverIsAuthorError`` when the same person asked for it."""
        if self.proposed_by.is_same_person(by):
            raise ApproverIsAuthorError(where="/approval/approver")
        return replace(self, approved_by=by, approved_at=at)
