"""What step 7 says about somebody who shows the licence of another. No finding names a person: reports are kept open.

Who it was stands beside the licence, sealed with it (``ShownBy``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from standards.mandate import GrantRefusal
from standards.text import Text
from standards.verification_report import Finding, Outcome, Step
from verifier.checking.findings import REFUSE, SHOW_AGAIN

_BACK: Final = Text(
    "请不要受理，请持证人本人办理或重新授权。", "Do not accept it: the holder comes, or grants anew."
)


def _failed(code: str, zh: str, en: str, next_step: Text = REFUSE) -> Finding:
    return Finding(
        Step.HOLDER_BINDING,
        code,
        Outcome.FAILED,
        Text(zh, en),
        next_step,
        sub_indication="SIG_CONSTRAINTS_FAILURE",
    )


CAPACITY_NAMES: Final[Mapping[str, Text]] = {
    "legal_representative": Text("法定代表人", "legal representative"),
    "guardian": Text("监护人", "guardian"),
    "manager": Text("证照管理员", "licence manager"),
    "agent": Text("代理人", "agent"),
    "relative": Text("受托亲属", "authorised relative"),
}
"""Each capacity in words."""

SHOWN_BY: Final[Mapping[str, Finding]] = {
    capacity: Finding(
        Step.HOLDER_BINDING,
        f"shown-by-{capacity.replace('_', '-')}",
        Outcome.PASSED,
        Text(f"由持证人的{name.zh}出示。", f"Shown by the holder's {name.en}."),
    )
    for capacity, name in CAPACITY_NAMES.items()
}
REFUSED: Final[Mapping[GrantRefusal, Finding]] = {
    refusal: Finding(
        Step.HOLDER_BINDING,
        refusal.value,
        Outcome.FAILED,
        refusal.message,
        _BACK,
        sub_indication="EXPIRED" if refusal is GrantRefusal.EXPIRED else "SIG_CONSTRAINTS_FAILURE",
    )
    for refusal in GrantRefusal
}
MALFORMED: Final = _failed("acting-unreadable", "代办信息无法读取：", "Who acts for whom cannot be read:")
GRANT_NOT_SIGNED: Final = _failed(
    "grant-signature-invalid",
    "授权不是用所依据证照的密钥签署的。",
    "The grant is not signed by the key of the licence that it rests on.",
)
ROOT_HOLDER_WITHHELD: Final = _failed(
    "acting-root-holder-not-shown",
    "授权所依据的证照没有出示持证人。",
    "The licence that the right rests on does not show its holder.",
    SHOW_AGAIN,
)
ROOT_OF_OTHER_TYPE: Final = _failed(
    "acting-root-of-another-type",
    "授权所依据的证照不能证明代理关系。",
    "The right rests on a licence of a type that cannot give it.",
)
HOLDER_WITHHELD: Final = _failed(
    "acting-holder-not-shown",
    "由他人代为出示，但没有出示持证人是谁。",
    "Somebody acts for the holder, but the licence does not show who the holder is.",
    SHOW_AGAIN,
)
HOLDER_DIFFERS: Final = _failed(
    "acting-for-another-holder",
    "代办的授权人不是这份证照的持证人。",
    "Who gave the right to act is not the holder of this licence.",
)
NOT_REPRESENTATIVE: Final = _failed(
    "acting-not-representative",
    "所依据的证照没有指明出示人为其代表或监护人。",
    "The licence does not name who shows as its representative or guardian.",
)
AFTER_MAJORITY: Final = _failed(
    "guardian-after-majority",
    "被监护人已满十八周岁，监护人不能再代为出示。",
    "The child is eighteen: the guardian's right has ended.",
    _BACK,
)
LIMITS_UNKNOWN: Final = Finding(
    Step.HOLDER_BINDING,
    "acting-limits-not-checked",
    Outcome.NEUTRAL,
    Text(
        "授权限定了事项或地区；没有请求，未核对此限定。",
        "The grant is limited to service items or regions; without a request these were not compared.",
    ),
)


def of_root(finding: Finding) -> Finding:
    """A finding about the root licence, as one of step 7."""
    return Finding(
        Step.HOLDER_BINDING,
        f"acting-root-{finding.code}",
        finding.outcome,
        Text(
            f"授权所依据的证照：{finding.message.zh}",
            f"The licence that the right rests on: {finding.message.en}",
        ),
        finding.next_step,
        retry_helps=finding.retry_helps,
        sub_indication=finding.sub_indication,
    )
