"""A decision on a presentation, and the rules that it obeys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from standards.json_reader import Reader
from standards.text import Text
from standards.verification_report import Indication, Outcome
from verifier.acceptance.errors import InvalidDecisionError, NotAcceptableError, StillPendingError
from verifier.acceptance.reasons import REASONS, Decision, Reason
from verifier.window.presentation import Pending, Presentation, Received

ACCEPTANCES: Final = frozenset({Decision.ACCEPT, Decision.ACCEPT_PROVISIONALLY})

MATERIAL_MISSING: Final = "material-missing"
"""Code of the only finding that a material on paper, or one that may follow, makes up for."""

MAX_NOTE_CHARS: Final = 500
"""Longest note of a clerk."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the clerk decided.

    Attributes:
        decision: accept, refuse or supplement.
        reason: why; ``None`` exactly when accepted.
        note: the clerk's own words, or empty.
    """

    decision: Decision
    reason: Reason | None
    note: str = ""


def parse_verdict(body: Any) -> Verdict:
    """Read ``{"decision", "reason", "note"}``.

    Raises:
        InvalidDecisionError: an unknown decision or reason, or a refusal or supplement without its reason.
    """
    reader = Reader(body, error=InvalidDecisionError)
    reader.refuse_unknown(frozenset({"decision", "reason", "note"}))
    decision = Decision(reader.choice("decision", tuple(Decision)))
    code = reader.optional_text("reason", max_chars=80, min_chars=0)
    reason = REASONS.get(code) if code else None
    if decision in ACCEPTANCES and code:
        raise reader.fail("reason", "受理不需要理由。", "Acceptance takes no reason.")
    if decision not in ACCEPTANCES and (reason is None or reason.decision is not decision):
        raise reader.fail(
            "reason",
            "请从列表中选择理由；没有理由不能作出此决定。",
            "Choose a reason from the list; this decision needs one.",
        )
    return Verdict(
        decision,
        reason,
        reader.optional_text("note", max_chars=MAX_NOTE_CHARS, min_chars=0, strip=True) or "",
    )


NOTHING_EXCUSED: Final[frozenset[str]] = frozenset()


def rests_on(presentation: Presentation, excused: frozenset[str]) -> bool:
    """Whether what was shown passed, or lacks nothing but the excused materials.

    Args:
        presentation: as it is now.
        excused: query ids (each material's first) of required materials that are there on paper or may follow.
    """
    if not isinstance(presentation, Received):
        return False
    if presentation.answer.indication == Indication.PASSED:
        return True
    unsettled = [
        finding
        for finding in presentation.answer.report["findings"]
        if finding["outcome"] in {Outcome.FAILED.value, Outcome.INDETERMINATE.value}
    ]
    return bool(unsettled) and all(
        finding["code"] == MATERIAL_MISSING and finding.get("query") in excused for finding in unsettled
    )


def check_verdict(
    verdict: Verdict, presentation: Presentation, excused: frozenset[str] = NOTHING_EXCUSED
) -> None:
    """Whether the decision may be taken on this presentation.

    Args:
        verdict: what was decided.
        presentation: as it is now.
        excused: query ids of required materials that are there on paper, or may follow and are known to be missing.

    Raises:
        StillPendingError: the wallet has not answered, or the answer is held back until the browser that asked has
            come back from the wallet: a decision would put it on the page of the record all the same.
        NotAcceptableError: acceptance of anything that did not pass: INDETERMINATE is never acceptance.
    """
    if isinstance(presentation, Pending):
        raise StillPendingError(
            "尚未收到出示，不能作出决定。", "Nothing was shown yet, so nothing can be decided."
        )
    if isinstance(presentation, Received) and presentation.held_back:
        raise StillPendingError(
            "发起出示的浏览器尚未从钱包返回，不能作出决定。",
            "The browser that asked has not come back from the wallet yet, so nothing can be decided.",
            next_step=Text(
                "请在钱包中返回窗口页面，或重新发起出示。",
                "Return from the wallet to this page, or ask again.",
            ),
        )
    if verdict.decision in ACCEPTANCES and not rests_on(presentation, excused):
        raise NotAcceptableError(
            "核验未通过，不能受理。",
            "What was shown did not pass, so it cannot be accepted.",
            next_step=Text(
                "请选择不予受理或补正，并说明理由。", "Refuse or ask for a supplement, with a reason."
            ),
        )
