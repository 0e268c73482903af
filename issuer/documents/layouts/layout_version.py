"""One version of an authority's layout for a version of a licence type. What was published is never edited again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from issuer.catalogue.errors import ApproverIsAuthorError, TypeVersionStateError
from issuer.catalogue.type_version import Step, StepKind, VersionState
from issuer.library.event import Actor
from standards.text import Text


@dataclass(frozen=True, slots=True)
class LayoutVersion:
    """One version.

    Attributes:
        owner: USCC of the authority.
        vct: of the version of the licence type.
        number: from 1.
        state: where it stands.
        text: the layout's JSON as it was typed, right or wrong.
        revision: counts the changes; every change is a compare-and-set on it.
        steps: who did what, oldest first.
    """

    owner: str
    vct: str
    number: int
    state: VersionState
    text: str
    revision: int
    steps: tuple[Step, ...]

    @property
    def id(self) -> str:
        """Key of the version."""
        return f"{self.owner}/{self.vct}/{self.number}"

    def edited(self, text: str, by: Actor, at: datetime) -> LayoutVersion:
        """With another text. Several edits of one person in a row are one line of the history."""
        self._require(VersionState.DRAFT)
        steps = self.steps
        if steps and steps[-1].kind is StepKind.EDITED and steps[-1].by == by:
            steps = steps[:-1]
        return replace(self, text=text, steps=(*steps, Step(StepKind.EDITED, at, by)))

    def proposed(self, by: Actor, at: datetime) -> LayoutVersion:
        """Waiting for the second person."""
        self._require(VersionState.DRAFT)
        return self._after(VersionState.PROPOSED, Step(StepKind.PROPOSED, at, by))

    def sent_back(self, by: Actor, note: str, at: datetime) -> LayoutVersion:
        """A draft again, with what has to change."""
        self._require(VersionState.PROPOSED)
        return self._after(VersionState.DRAFT, Step(StepKind.SENT_BACK, at, by, note))

    def approved(self, by: Actor, at: datetime) -> LayoutVersion:
        """Published; raises ``ApproverIsAuthorError`` when the approver had a hand in the draft."""
        self._require(VersionState.PROPOSED)
        if any(step.by.is_same_person(by) for step in self.steps if step.kind is not StepKind.SENT_BACK):
            raise ApproverIsAuthorError
        return self._after(VersionState.PUBLISHED, Step(StepKind.APPROVED, at, by))

    def _after(self, state: VersionState, step: Step) -> LayoutVersion:
        return replace(self, state=state, steps=(*self.steps, step))

    def _require(self, state: VersionState) -> None:
        if self.state is not state:
            raise TypeVersionStateError(
                f"此版式当前为“{self.state.label.zh}”。",
                f"The layout is in another state: {self.state.label.en.lower()}.",
                next_step=Text("请编制下一版。", "Make the next version instead.")
                if self.state is VersionState.PUBLISHED
                else Text(f"需先成为“{state.label.zh}”。", f"It has to be: {state.label.en.lower()}."),
            )
