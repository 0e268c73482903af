"""The closed table of reasons: a refusal, or a demand for more, always says why (R12, R21)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from standards.text import Text


class Decision(StrEnum):
    """What a clerk can decide."""

    ACCEPT = "accept"
    ACCEPT_PROVISIONALLY = "accept-provisionally"
    """Accepted though a material is missing that may follow within some days (容缺受理)."""
    REFUSE = "refuse"
    SUPPLEMENT = "supplement"


DECISION_NAMES: Final[Mapping[Decision, Text]] = {
    Decision.ACCEPT: Text("受理", "Accepted"),
    Decision.ACCEPT_PROVISIONALLY: Text("容缺受理", "Accepted, supplement to follow"),
    Decision.REFUSE: Text("不予受理", "Refused"),
    Decision.SUPPLEMENT: Text("补正", "Supplement needed"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, with the words that the applicant reads."""

    code: str
    decision: Decision
    text: Text


def _reason(decision: Decision, code: str, zh: str, en: str) -> Reason:
    return Reason(code, decision, Text(zh, en))


_REFUSE, _SUPPLEMENT = Decision.REFUSE, Decision.SUPPLEMENT

REASONS: Final[Mapping[str, Reason]] = {
    reason.code: reason
    for reason in (
        _reason(
            _REFUSE,
            "licence-not-valid",
            "证照已失效、暂扣、挂失或逾期未检",
            "The licence has ended, or is suspended, reported lost or overdue for inspection",
        ),
        _reason(
            _REFUSE,
            "licence-not-genuine",
            "证照未通过真实性核验",
            "The licence did not pass the check of authenticity",
        ),
        _reason(
            _REFUSE,
            "issuer-not-authorised",
            "签发机构无权签发该类证照",
            "The issuer may not issue this type of licence",
        ),
        _reason(_REFUSE, "not-the-holder", "出示人与持证人不符", "The person showing it is not the holder"),
        _reason(
            _REFUSE,
            "conditions-not-met",
            "证照内容不符合办理条件",
            "What the licences say does not meet the conditions of the item",
        ),
        _reason(_REFUSE, "not-competent", "不属于本部门受理范围", "The matter is not for this department"),
        _reason(
            _REFUSE,
            "applicant-declined",
            "申请人拒绝出示或撤回申请",
            "The applicant declined to show or withdrew",
        ),
        _reason(
            _SUPPLEMENT,
            "material-missing",
            "缺少材料，请补充出示",
            "A material is missing and has to be shown",
        ),
        _reason(
            _SUPPLEMENT,
            "details-differ",
            "证照之间信息不一致，请先更正",
            "Details differ between licences and have to be corrected first",
        ),
        _reason(
            _SUPPLEMENT,
            "renewal-needed",
            "证照即将到期，请先换证",
            "The licence expires soon and has to be renewed first",
        ),
        _reason(
            _SUPPLEMENT,
            "cannot-verify-yet",
            "暂时无法核验，请稍后重新出示",
            "It cannot be verified yet and has to be shown again later",
        ),
    )
}
"""By code. The code is part of the outside interface; a new reason is a new row."""


def reasons_for(decision: Decision) -> tuple[Reason, ...]:
    """The reasons that go with a decision, in the order in which they are offered."""
    return tuple(reason for reason in REASONS.values() if reason.decision is decision)


@dataclass(frozen=True, slots=True)
class PaperReason:
    """Why a material is taken on paper.

    Attributes:
        code: stable.
        text: what the report and the applicant read.
        in_spite: whether it may be given for a material that a licence satisfies already: the law of the item wants the
            paper itself. Whatever else is asked for then breaks the rule (国务院令 716 号 article 7), so it is not offered.
    """

    code: str
    text: Text
    in_spite: bool


PAPER_REASONS: Final[Mapping[str, PaperReason]] = {
    reason.code: reason
    for reason in (
        PaperReason(
            "no-electronic-licence",
            Text("该证照没有电子证照", "There is no electronic form of it"),
            in_spite=False,
        ),
        PaperReason(
            "holder-prefers-paper",
            Text("申请人自愿提交纸质材料", "The applicant chose to hand in paper"),
            in_spite=False,
        ),
        PaperReason(
            "cannot-verify-now",
            Text("系统故障，暂时无法核验", "It cannot be verified: a system is out of order"),
            in_spite=False,
        ),
        PaperReason(
            "licence-data-wrong",
            Text(
                "电子证照信息有误，已告知更正",
                "The electronic licence is wrong; its correction was asked for",
            ),
            in_spite=True,
        ),
        PaperReason(
            "original-kept-by-law",
            Text("法律、行政法规规定须收存原件", "A law requires the original to be kept"),
            in_spite=True,
        ),
        PaperReason(
            "doubt-under-inquiry",
            Text("对真实性有疑义，正在核查", "Its truth is doubted and being inquired into"),
            in_spite=True,
        ),
    )
}
"""By code (R12): paper in spite of a satisfied material needs one of those with ``in_spite``, and is counted."""


def paper_reason(code: str, *, in_spite: bool) -> PaperReason | None:
    """The reason of this code, if it may be given: for a satisfied material only those with ``in_spite``."""
    reason = PAPER_REASONS.get(code)
    return reason if reason is not None and (reason.in_spite or not in_spite) else None
