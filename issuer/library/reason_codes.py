"""Why an operation is carried out: a closed list of codes for each, beside the free text.

The lists follow the grounds that the law names (行政许可法 articles 8, 49, 50, 69 and 70, 行政处罚法 article 9) as far as
they fit every kind of licence, and ``other`` where it leaves room. They are data: a code is added here, never renamed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from issuer.library.event import Operation
from standards.text import Text

ReasonCodes = Mapping[str, Text]

MAX_CODE_CHARS: Final = 40

_OTHER: Final = {"other": Text("其他", "Other")}
_APPLICATION: Final = {"holder_application": Text("持证主体申请", "The holder applied")}
_CORRECTION: Final = {"correction": Text("更正差错", "A mistake is corrected")}
_JURISDICTION: Final = {"jurisdiction_changed": Text("管辖范围调整", "Areas of authorities changed")}

REASON_CODES: Final[Mapping[Operation, ReasonCodes]] = {
    Operation.ISSUE: {
        **_APPLICATION,
        "imported": Text("由原有系统导入", "Taken over from another system"),
        **_OTHER,
    },
    Operation.EXTEND: {**_APPLICATION, "term_ending": Text("有效期届满延续", "The term is ending"), **_OTHER},
    Operation.CHANGE: {
        **_APPLICATION,
        "facts_changed": Text("登记事项发生变化", "The registered facts changed"),
        "ownership_changed": Text("权利人变更", "The holder changed"),
        "source_update": Text("数据源更新", "A source updated its data"),
        **_CORRECTION,
        **_OTHER,
    },
    Operation.REPLACE: {
        "lost": Text("遗失", "Lost"),
        "stolen": Text("被盗", "Stolen"),
        "damaged": Text("损毁", "Damaged"),
        "new_form": Text("证照换版", "A new form is in use"),
        **_CORRECTION,
        **_OTHER,
    },
    Operation.SUSPEND: {
        "penalty": Text("行政处罚", "A penalty"),
        "investigation": Text("调查期间", "An inquiry is under way"),
        "rectification": Text("责令限期改正", "An order to put things right"),
        "court_order": Text("协助司法机关执行", "A court asked for it"),
        **_OTHER,
    },
    Operation.RETURN: {
        "term_over": Text("暂扣期满", "The time of suspension is over"),
        "rectified": Text("已改正", "Things were put right"),
        "decision_annulled": Text("原决定被撤销或变更", "The decision was annulled or altered"),
        **_OTHER,
    },
    Operation.REPORT_LOST: {"lost": Text("遗失", "Lost"), "stolen": Text("被盗", "Stolen"), **_OTHER},
    Operation.CANCEL_LOSS: {
        "found": Text("已找回", "Found again"),
        "mistaken": Text("误报", "Reported by mistake"),
    },
    Operation.DEREGISTER: {
        **_APPLICATION,
        "term_ended": Text("有效期届满未延续", "The term ended without an extension"),
        "holder_deceased": Text("公民死亡或丧失行为能力", "The person died or lost legal capacity"),
        "holder_dissolved": Text("法人或其他组织依法终止", "The legal entity was dissolved"),
        "withdrawn": Text("行政许可依法被撤回", "The grant was withdrawn in the public interest"),
        "force_majeure": Text("因不可抗力无法实施", "Force majeure makes it impossible"),
        **_OTHER,
    },
    Operation.RESCIND: {
        "fraud": Text("以欺骗、贿赂等不正当手段取得", "Obtained by fraud or bribery"),
        "abuse_of_office": Text("滥用职权、玩忽职守作出", "Given by abuse or neglect of office"),
        "beyond_powers": Text("超越法定职权作出", "Given beyond legal powers"),
        "unlawful_procedure": Text("违反法定程序作出", "Given in breach of procedure"),
        "conditions_not_met": Text("不具备申请资格或不符合法定条件", "The conditions were not met"),
        **_OTHER,
    },
    Operation.REVOKE: {
        "serious_violation": Text("违法情节严重", "A serious violation"),
        "unlawful_transfer": Text(
            "涂改、倒卖、出租、出借或非法转让证照", "Altered, sold, let, lent or passed on"
        ),
        "failed_rectification": Text("逾期未改正", "Not put right in time"),
        **_OTHER,
    },
    Operation.TRANSFER_OUT: {
        "moved": Text("持证主体迁出", "The holder moved away"),
        **_JURISDICTION,
        **_OTHER,
    },
    Operation.TRANSFER_IN: {
        "moved": Text("持证主体迁入", "The holder moved here"),
        "sent_back": Text("转出后退回", "Sent back after a transfer out"),
        **_JURISDICTION,
        **_OTHER,
    },
    Operation.EXPIRE: {"term_ended": Text("有效期届满", "The term ended")},
    Operation.INSPECT: {
        "regular": Text("定期检验", "Regular inspection"),
        "repeated": Text("复检", "Repeated after a failure"),
        "special": Text("专项检查", "Inspection for a cause"),
    },
}
"""Every operation has a list; nothing outside it is accepted."""


def reason_label(operation: Operation, code: str | None) -> Text | None:
    """The ground in words; ``None`` without a code. A code that is no longer listed stands for itself."""
    if code is None:
        return None
    return REASON_CODES[operation].get(code) or Text(code, code)
