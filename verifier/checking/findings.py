"""How a finding is varied, and the one that stands for every step that an earlier failure made pointless.

The findings themselves are constants beside the step that makes them: one code, one sentence for a clerk in each
language, one thing to do, one sub-indication of ETSI EN 319 102-1 (tables 5 and 6).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from standards.text import Text
from standards.verification_report import Finding, Outcome, Step

ASK_ISSUER = Text("请持证人联系签发机构。", "Ask the holder to contact the issuer.")
SHOW_AGAIN = Text("请持证人重新出示。", "Ask the holder to show the licence again.")
TRY_LATER = Text("请稍后重试；在此之前不要受理。", "Try again later; do not accept until then.")
REFUSE = Text("请不要受理，并按规定报告。", "Do not accept it, and report it as your rules say.")


def with_detail(finding: Finding, detail: Text) -> Finding:
    """``finding`` with a second sentence that says what exactly."""
    message = Text(f"{finding.message.zh}{detail.zh}", f"{finding.message.en} {detail.en}")
    return _changed(finding, message, finding.query)


def about_query(findings: Iterable[Finding], query: str | None) -> tuple[Finding, ...]:
    """``findings`` labelled with the DCQL query id that they are about."""
    if not query:
        return tuple(findings)
    return tuple(_changed(finding, finding.message, query) for finding in findings)


def _changed(finding: Finding, message: Text, query: str | None) -> Finding:
    """``dataclasses.replace`` for the two fields that vary: a fifth of its cost, nine times for each licence."""
    return Finding(
        finding.step,
        finding.code,
        finding.outcome,
        message,
        finding.next_step,
        query,
        finding.retry_helps,
        finding.sub_indication,
    )


def not_checked(*steps: Step) -> tuple[Finding, ...]:
    """One neutral finding for each step that was not reached."""
    return tuple(_NOT_CHECKED[step] for step in steps)


def age_text(age: timedelta) -> Text:
    """An age as people say it: minutes, then hours, then days."""
    minutes = max(0, int(age.total_seconds()) // 60)
    if minutes < 120:
        return Text(f"{minutes} 分钟", f"{minutes} min")
    if minutes < 48 * 60:
        return Text(f"{minutes // 60} 小时", f"{minutes // 60} h")
    return Text(f"{minutes // 1440} 天", f"{minutes // 1440} days")


_NOT_CHECKED = {
    step: Finding(
        step,
        "not-checked",
        Outcome.NEUTRAL,
        Text("前面的步骤未通过，未检查此项。", "Not checked, because an earlier step did not pass."),
    )
    for step in Step
}
